#include "hub/pipeline/calibrator.h"

#include <atomic>
#include <thread>

#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

TEST_CASE("A calibrator that is stopped by another thread while it begins ends for good") {
  const TemporaryDirectory directory;
  const SystemClock clock;
  storage::LogOptions options;
  options.directory = directory.path();
  const auto log = storage::EventLog::open(options, clock).value();
  hotspot::Settings settings;
  settings.null_days = 14;
  // Of no place: simulated at once.
  const hotspot::NullModel model{
      settings, "all", 7, 9, 365, 0, 2.5, 0, {}, {}, hotspot::ZoneTable(9, 15), {}};
  for (int round = 0; round < 200; ++round) {
    pipeline::Calibrator calibrator(*log);
    std::atomic<int> begun{0};
    std::atomic<bool> stopped{false};
    std::thread other([&] {
      while (!stopped) begun += calibrator.start(model, "all") ? 1 : 0;
    });
    while (begun < round % 4) std::this_thread::yield();
    calibrator.stop();
    const model::Offset end = log->durable().end;
    stopped = true;
    other.join();
    CHECK(!calibrator.start(model, "all"));
    CHECK(log->durable().end == end);
  }
}

}  // namespace
}  // namespace commonwatch::tests
