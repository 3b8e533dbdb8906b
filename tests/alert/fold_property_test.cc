// Whatever happens in the city: the alerts are a fold.
//
// Invariants checked:
// - A fold that is restored from its checkpoint at any tick gives the same changes and bytes.
// - Leaving out ticks at which nothing can change gives the same changes.
// - Every change given out is one; versions rise by one; id, opening, jurisdiction and way of
//   opening stay; the peak never falls.
// - What is over stays over: closed may become withdrawn, withdrawn and merged are final. What is
//   over asks nobody.
// - An open alert has a version that was given out, and `live` shows all of them.
#include <map>
#include <random>

#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

using model::Alert;
using model::AlertState;

constexpr int kTicks = 700;
constexpr auto kTickLength = std::chrono::minutes(20);

struct Action {
  std::vector<Finding> now;
  std::vector<Finding> late;
  std::vector<Touch> touched;
};

// One random city: reports in clusters and alone, some late, some retracted, some answered.
class RandomCity {
 public:
  explicit RandomCity(std::uint32_t seed) : random_(seed) {}

  Action next(Instant as_of) {
    if (chance(20)) city.add({as_of - minutes(0, 60), anywhere(), 1});
    if (chance(3)) {
      const model::LatLng corner = anywhere();
      const Instant from = as_of - minutes(0, 90);
      for (int i = between(3, 8); i > 0; --i) reports_.push_back(city.add({from, corner, 1}));
    }
    if (chance(4)) {
      const model::LatLng corner = anywhere();
      const Instant from = as_of - minutes(400, 60 * 24 * 12);
      for (int i = between(1, 5); i > 0; --i) reports_.push_back(city.add({from, corner, 1}));
    }
    for (int i = chance(5) ? between(1, 4) : 0; i > 0 && !reports_.empty(); --i) {
      city.retract(
          reports_[static_cast<std::size_t>(between(0, static_cast<int>(reports_.size()) - 1))]);
    }
    Action action;
    action.touched = city.touched();
    action.now = city.findings(as_of);
    if (!action.touched.empty() && chance(10)) {
      action.late = city.findings(as_of - std::chrono::days(between(8, 12)));
    }
    return action;
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  int between(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint32_t>(high - low + 1));
  }

  City city;

 private:
  Duration minutes(int low, int high) { return std::chrono::minutes(between(low, high)); }
  model::LatLng anywhere() {
    if (chance(10)) return kJail;
    if (chance(20)) return {kNorth.latitude, kNorth.longitude + 0.1 * between(0, 6)};
    return east(1.1 * between(0, 12));
  }

  std::mt19937 random_;
  std::vector<std::size_t> reports_;
};

void require_step(const Alert& before, const Alert& after) {
  REQUIRE(after.id == before.id);
  REQUIRE(after.version == before.version + 1);
  REQUIRE(after.opened == before.opened);
  REQUIRE(after.jurisdiction == before.jurisdiction);
  REQUIRE(after.found_late == before.found_late);
  REQUIRE(after.peak >= before.peak);
  REQUIRE(after.peak >= after.hotspot.severity);
  REQUIRE(after.changed >= before.changed);
  REQUIRE(after.acknowledgements.size() >= before.acknowledgements.size());
  Alert otherwise = before;
  otherwise.version = after.version;
  otherwise.changed = after.changed;
  REQUIRE_FALSE(otherwise == after);
  if (before.state == AlertState::kOpen) return;
  REQUIRE(after.closed == before.closed);
  REQUIRE_FALSE(after.asks);
  if (before.state == AlertState::kClosed) {
    REQUIRE((after.state == AlertState::kClosed || after.state == AlertState::kWithdrawn));
  } else {
    REQUIRE(after.state == before.state);
    REQUIRE(after.hotspot == before.hotspot);
  }
}

// Holds what a subscriber was given against the invariants.
class Subscriber {
 public:
  void receive(const std::vector<Alert>& changes, Instant as_of) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const Alert& alert = changes[i];
      REQUIRE((i == 0 || changes[i - 1].id < alert.id));
      REQUIRE(alert.changed == as_of);
      const auto [at, is_new] = alerts.try_emplace(alert.id, alert);
      if (is_new) {
        REQUIRE(alert.version == 1);
        REQUIRE(alert.opened == as_of);
      } else {
        require_step(at->second, alert);
        at->second = alert;
      }
      ++states[alert.state];
      assessed += alert.assessment != model::Assessment::kUnspecified ? 1 : 0;
      late += alert.found_late && is_new ? 1 : 0;
    }
  }

  std::map<std::string, Alert> alerts;
  std::map<AlertState, int> states;
  int assessed = 0;
  int late = 0;
};

void require_live(const Episodes& episodes, const Subscriber& subscriber) {
  std::vector<Alert> expected;
  for (const auto& [id, alert] : subscriber.alerts) {
    const bool recent = episodes.as_of() - alert.changed < std::chrono::days(7);
    if (alert.state == AlertState::kOpen || recent) expected.push_back(alert);
  }
  REQUIRE(episodes.live() == expected);
}

TEST_CASE("A fold restored at any tick goes on with the same changes and bytes") {
  Subscriber all;
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    RandomCity random(seed);
    Settings settings;
    settings.open_max = 6;
    settings.zones_max = 4;
    settings.rescored_days = 3;
    Episodes whole(settings);
    Episodes broken(settings);
    Subscriber subscriber;
    for (int i = 1; i <= kTicks; ++i) {
      const Instant as_of = kStart + i * kTickLength;
      const model::Version version(static_cast<std::uint64_t>(i));
      const Action action = random.next(as_of);
      if (!subscriber.alerts.empty() && random.chance(10)) {
        auto alert = subscriber.alerts.begin();
        std::advance(alert, random.between(0, static_cast<int>(subscriber.alerts.size()) - 1));
        const auto action_taken = static_cast<model::AlertAction>(random.between(1, 4));
        const model::Acknowledgement answer{"nurse", action_taken, alert->second.version, as_of};
        REQUIRE(whole.acknowledge(alert->first, answer) ==
                broken.acknowledge(alert->first, answer));
      }
      auto restored = Episodes::restore(settings, broken.checkpoint());
      REQUIRE(restored.has_value());
      broken = std::move(*restored);
      const auto changes =
          whole.advance(version, as_of, action.now, action.late, action.touched, random.city);
      REQUIRE(broken.advance(version, as_of, action.now, action.late, action.touched,
                             random.city) == changes);
      REQUIRE(broken.checkpoint() == whole.checkpoint());
      subscriber.receive(changes, as_of);
      require_live(whole, subscriber);
    }
    for (const auto& [state, count] : subscriber.states) all.states[state] += count;
    all.assessed += subscriber.assessed;
    all.late += subscriber.late;
  }
  // The cities were rich enough to mean something.
  CHECK(all.states[AlertState::kClosed] > 20);
  CHECK(all.states[AlertState::kWithdrawn] > 10);
  CHECK(all.states[AlertState::kMerged] > 3);
  CHECK(all.assessed > 20);
  CHECK(all.late > 5);
}

TEST_CASE("Leaving out ticks at which nothing can change gives the same changes") {
  int left_out = 0;
  for (std::uint32_t seed = 100; seed < 106; ++seed) {
    CAPTURE(seed);
    RandomCity random(seed);
    Episodes every{Settings{}};
    Episodes sparing{Settings{}};
    std::vector<Finding> last;
    for (int i = 1; i <= kTicks; ++i) {
      const Instant as_of = kStart + i * kTickLength;
      const model::Version version(static_cast<std::uint64_t>(i));
      const Action action = random.next(as_of);
      const auto changes =
          every.advance(version, as_of, action.now, action.late, action.touched, random.city);
      const auto due = sparing.next_change();
      const auto same = [](const Finding& a, const Finding& b) {
        return a.hotspot == b.hotspot && a.window_end == b.window_end;
      };
      const bool idle =
          action.touched.empty() && action.late.empty() &&
          std::equal(last.begin(), last.end(), action.now.begin(), action.now.end(), same);
      last = action.now;
      if (idle && (!due || as_of < *due)) {
        ++left_out;
        REQUIRE(changes.empty());
        REQUIRE(sparing.live() == every.live());
        continue;
      }
      REQUIRE(sparing.advance(version, as_of, action.now, action.late, action.touched,
                              random.city) == changes);
    }
  }
  CHECK(left_out > 500);
}

}  // namespace
}  // namespace commonwatch::alert::test
