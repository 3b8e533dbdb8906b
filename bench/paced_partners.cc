#include "bench/paced_partners.h"

#include <algorithm>
#include <string>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(60);

}  // namespace

PacedPartners::PacedPartners(Loop& loop, std::uint16_t port, const Size& size) {
  const auto batch_events = static_cast<double>(size.batch_events);
  const double batches = size.events_per_second * size.seconds / size.partners / batch_events;
  events_each_ =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(batches)) * size.batch_events;
  interval_ns_ =
      static_cast<std::uint64_t>(1e9 * size.partners * batch_events / size.events_per_second);
  for (std::uint32_t i = 0; i < size.partners; ++i) {
    const std::string source = "paced-" + std::to_string(i) + "/cad";
    auto& publisher = publishers_.emplace_back(
        std::make_unique<Publisher>(loop, port, source, Publisher::Flow::kCredit));
    loop.run_until("opening " + source, kConnectMax, [&] { return publisher->open(); });
    paced_.emplace_back(*publisher,
                        make_batches(source, events_each_, size.batch_events, size.age_s),
                        interval_ns_);
  }
}

void PacedPartners::begin(std::uint64_t at_ns) {
  for (std::size_t i = 0; i < paced_.size(); ++i) {
    paced_[i].begin(at_ns + i * interval_ns_ / paced_.size());
  }
}

void PacedPartners::publish_due() {
  for (Paced& one : paced_) one.publish_due();
}

bool PacedPartners::is_done() {
  return std::all_of(paced_.begin(), paced_.end(), [](Paced& one) { return one.is_done(); });
}

Histogram PacedPartners::latency() const {
  Histogram all;
  for (const auto& publisher : publishers_) {
    require(publisher->stored() == events_each_, publisher->source() + ": not all is stored");
    all.merge(publisher->latency());
  }
  return all;
}

}  // namespace commonwatch::bench
