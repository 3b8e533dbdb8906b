#include <atomic>

#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

// Whose boot time a test moves ahead.
class AheadClock final : public Clock {
 public:
  Instant wall() const override { return system_.wall(); }
  Duration boot() const override { return system_.boot() + ahead.load(); }
  std::atomic<Duration> ahead{Duration(0)};

 private:
  SystemClock system_;
};

}  // namespace

TEST_CASE("Aggregation is not ready while the log stands still, and is again when it goes on") {
  const TemporaryDirectory directory;
  const model::TickLength tick(std::chrono::milliseconds(250));
  AheadClock clock;
  storage::LogOptions options;
  options.directory = directory.path();
  options.tick = tick;
  pipeline::set_own_events(options);
  const auto log = storage::EventLog::open(options, clock).value();
  pipeline::Channels channels(pipeline::recover_epochs(*log, open_settings(), tick).value(),
                              {64U << 20U, std::chrono::hours(1)}, Core::frames());
  const Limits limits;
  telemetry::Metrics metrics;
  pipeline::Aggregation aggregation(*log, channels, tick, clock, limits, metrics,
                                    [](const Error& error) { FAIL(error.message); });
  aggregation.start();
  const auto wait_until = [&](bool ready) {
    while (aggregation.is_ready() != ready) {
      if (!ready) clock.ahead = clock.ahead.load() + std::chrono::minutes(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  };
  wait_until(true);
  CHECK(aggregation.age() < std::chrono::seconds(30));
  // As a disk that does not answer.
  std::promise<void> answer;
  log->append_hub_event(wire::encode_hub_event(wire::End{}),
                        [hangs = answer.get_future().share()](const auto&) { hangs.wait(); });
  wait_until(false);
  CHECK(aggregation.age() > std::chrono::seconds(30));
  answer.set_value();
  wait_until(true);
  aggregation.stop();
  log->close();
}

TEST_CASE("Aggregation shows after a restart what it showed before") {
  const TemporaryDirectory directory;
  std::vector<model::Hotspot> before;
  std::vector<model::Alert> alerts;
  model::Position position;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", city()).has_value());
    core.settle();
    before = core.feed().hotspots().second;
    alerts = core.all_alerts();
    position = core.feed().position();
  }
  REQUIRE_FALSE(before.empty());
  REQUIRE_FALSE(alerts.empty());
  Core core(directory.path());
  core.settle();
  CHECK(core.feed().hotspots().second == before);
  CHECK(core.all_alerts() == alerts);
  CHECK(core.feed().position() == position);
  CHECK(core.feed().can_resume(position));
}

TEST_CASE("Aggregation begins at the last checkpoint where filling the ring is too much to fold") {
  const TemporaryDirectory directory;
  std::vector<model::Hotspot> before;
  model::Position position;
  model::Position earlier;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
    core.settle();
    earlier = core.feed().position();
    REQUIRE(core.publish("county-ems/cad", burst()).has_value());
    core.settle();
    before = core.feed().hotspots().second;
    position = core.feed().position();
  }
  REQUIRE_FALSE(before.empty());
  const auto check = [&](std::uint32_t refold_events_max, bool resumes) {
    Limits limits;
    limits.ring_ms_max = 86'400'000;
    limits.refold_events_max = refold_events_max;
    Core core(directory.path(), quick_settings(), limits);
    core.settle();
    CHECK(core.feed().hotspots().second == before);
    CHECK(core.feed().position() == position);
    CHECK(core.feed().can_resume(position));
    CHECK(core.feed().can_resume(earlier) == resumes);
  };
  check(1000, true);
  check(0, false);
}

TEST_CASE("Aggregation starts a new engine epoch only when the settings are others") {
  const TemporaryDirectory directory;
  model::EngineEpoch first;
  {
    Core core(directory.path());
    first = core.channel().epoch.get()->id;
  }
  Core core(directory.path());
  CHECK(core.channel().epoch.get()->id == first);
  hotspot::Settings other = quick_settings();
  other.count_min = 5;
  const auto changed = pipeline::begin_epochs(core.log(), open_settings(other), kTick);
  REQUIRE(changed.has_value());
  CHECK(changed->back().id != first);
}

TEST_CASE("An epoch that begins while the fold runs shows what a start with its settings shows") {
  const bool prepared = GENERATE(true, false);
  INFO((prepared ? "folded before the event" : "folded behind the event"));
  const TemporaryDirectory directory;
  hotspot::Settings other = quick_settings();
  other.count_min = 5;
  std::vector<std::string> events = city();
  const std::vector<std::string> later(events.end() - 4, events.end());
  events.resize(events.size() - 4);
  std::vector<model::Hotspot> shown;
  std::vector<model::Alert> alerts;
  model::Position position;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", events).has_value());
    core.settle();
    const model::Position before = core.feed().position();
    std::optional<pipeline::Fold> fold;
    if (prepared) {
      auto made = pipeline::prepare_fold(core.log(), open_settings(other), kTick, [] { return true; });
      REQUIRE(made.has_value());
      fold.emplace(*std::move(made));
    }
    const auto epochs = pipeline::begin_epochs(core.log(), open_settings(other), kTick);
    REQUIRE(epochs.has_value());
    const pipeline::Epoch& epoch = epochs->back();
    std::vector<pipeline::NextEpoch> next;
    next.push_back({epoch, std::move(fold)});
    core.aggregation().begin_epochs(std::move(next));
    REQUIRE(core.publish("county-ems/cad", later).has_value());
    core.settle();
    position = core.feed().position();
    CHECK(position.epoch == epoch.id);
    CHECK(core.channel().epoch.get()->id == epoch.id);
    CHECK(position.version > before.version);
    CHECK_FALSE(core.feed().can_resume(before));
    shown = core.feed().hotspots().second;
    alerts = core.all_alerts();
  }
  REQUIRE_FALSE(alerts.empty());
  Core core(directory.path(), other);
  core.settle();
  CHECK(core.feed().position() == position);
  CHECK(core.feed().hotspots().second == shown);
  CHECK(core.all_alerts() == alerts);
}

TEST_CASE("A fold for another epoch is given up when nobody wants it any more") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const auto made = pipeline::prepare_fold(core.log(), open_settings(), kTick, [] { return false; });
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::kShuttingDown);
}

}  // namespace commonwatch::tests
