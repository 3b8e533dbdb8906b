#include "bench/analysts.h"

#include <memory>
#include <vector>

#include "bench/analyst.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(60);

}  // namespace

Analysts::Analysts(std::uint16_t port, std::uint32_t count)
    : thread_([this, port, count] { run(port, count); }) {}

Analysts::~Analysts() {
  stopped_ = true;
  if (thread_.joinable()) thread_.join();
}

void Analysts::run(std::uint16_t port, std::uint32_t count) try {
  Loop loop;
  std::vector<std::unique_ptr<Analyst>> all;
  for (std::uint32_t i = 0; i < count; ++i) all.push_back(std::make_unique<Analyst>(loop, port));
  for (const auto& analyst : all) {
    loop.run_until("connecting", kConnectMax, [&] { return analyst->open(); });
    analyst->begin();
  }
  begun_ = true;
  while (!stopped_) {
    loop.poll(std::chrono::milliseconds(5));
    for (const auto& analyst : all) {
      if (!analyst->has_ended()) continue;
      events_ += analyst->count();
      analyst->begin();
    }
  }
  for (const auto& analyst : all) {
    events_ += analyst->count();
    require(events_ > 0, "an analyst got nothing");
  }
} catch (const Incomplete& incomplete) {
  failure_ = incomplete.what();
  failed_ = true;
}

std::uint64_t Analysts::finish() {
  stopped_ = true;
  thread_.join();
  require(!failed_, failure_);
  return events_;
}

}  // namespace commonwatch::bench
