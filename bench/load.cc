#include "bench/load.h"

#include <algorithm>

#include "bench/audiences.h"
#include "bench/clock.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kRunMax(300);

}  // namespace

Load::Load(Loop& loop, std::uint16_t port, const Size& size, Publisher::Flow flow)
    : loop_(loop), size_(size) {
  for (std::uint32_t i = 0; i < size.partners; ++i) {
    const std::string source = size.partner.empty()
                                   ? source_name(i)
                                   : size.partner + "/" + std::to_string(size.first_source + i);
    auto& publisher = publishers_.emplace_back(std::make_unique<Publisher>(
        loop, port, source, flow, size.partner.empty() ? "" : token_of(size.partner)));
    for (Batch& batch : make_batches(source, size.events, size.batch_events, size.age_s)) {
      publisher->enqueue(std::move(batch));
    }
    loop_.run_until("opening " + source, kRunMax, [&] { return publisher->open(); });
  }
}

double Load::run() {
  const std::uint64_t began = now_ns();
  for (const auto& publisher : publishers_) publisher->pump();
  loop_.run_until("publishing", kRunMax, [&] {
    return std::all_of(publishers_.begin(), publishers_.end(), [](const auto& publisher) {
      publisher->open();  // says so if the connection is gone
      return publisher->is_idle();
    });
  });
  const double took = seconds_since(began);
  for (const auto& publisher : publishers_) {
    require(publisher->acknowledged() == size_.events && publisher->stored() == size_.events,
            publisher->source() + ": " + std::to_string(publisher->acknowledged()) +
                " acknowledged and " + std::to_string(publisher->stored()) + " stored of " +
                std::to_string(size_.events));
  }
  return took;
}

Histogram Load::latency() const {
  Histogram all;
  for (const auto& publisher : publishers_) all.merge(publisher->latency());
  return all;
}

}  // namespace commonwatch::bench
