// Alerts, from the log to the history that HTTP serves.
#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

using std::chrono::hours;

// A hub that has seen the quiet days and the burst, and the one alert of it.
class Watched {
 public:
  Watched() : core(directory_.path()) {
    REQUIRE(core.publish("county-ems/cad", city()).has_value());
    core.settle();
  }

  model::Alert alert() {
    const auto alerts = core.all_alerts();
    REQUIRE(alerts.size() == 1);
    return alerts[0];
  }
  // Takes the first `count` of the burst back, an hour after its end.
  void retract(int from, int to) {
    std::vector<std::string> retractions;
    for (int n = from; n < to; ++n) {
      retractions.push_back(retraction("c" + std::to_string(n), kBurstAt + hours(5), 1));
    }
    REQUIRE(core.publish("county-ems/cad", retractions).has_value());
    core.settle();
  }

 private:
  TemporaryDirectory directory_;

 public:
  Core core;
};

model::RecordName record(const std::string& id) {
  return {*model::SourceName::parse("county-ems/cad"), id};
}

}  // namespace

TEST_CASE("A burst opens one alert, at the burst, whose evidence adds up") {
  Watched watched;
  const model::Alert alert = watched.alert();
  CHECK(alert.state == model::AlertState::kOpen);
  CHECK(alert.asks);
  CHECK(alert.hotspot.severity == model::Severity::kAlert);
  CHECK(alert.hotspot.count == kBurst);
  CHECK(alert.hotspot.provisional);
  CHECK(alert.opened > kStart + kBurstAt);
  CHECK(alert.opened < kStart + kBurstAt + hours(2));
  const model::Evidence& e = alert.evidence;
  const double rate = (e.baseline_persons + e.prior_persons) / e.exposure_days;
  CHECK(alert.hotspot.expected ==
        Approx(rate * e.profile_days * e.completeness * e.trend).margin(0.001));
  CHECK(alert.hotspot.score > e.alert_score);
}

TEST_CASE("A quiet city opens no alert") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  core.settle();
  CHECK(core.all_alerts().empty());
}

TEST_CASE("An answer is in the alert, which asks no longer, and asks again at twice the count") {
  Watched watched;
  const model::Alert before = watched.alert();
  watched.core.say(wire::AlertAcknowledged{before.id, before.version, model::AlertAction::kSeen,
                                           "anna"});
  watched.core.settle();
  const model::Alert answered = watched.alert();
  REQUIRE(answered.acknowledgements.size() == 1);
  CHECK(answered.acknowledgements[0].principal == "anna");
  CHECK(answered.version == before.version + 1);
  CHECK_FALSE(answered.asks);
  const auto more = [&](int from, int to) {
    std::vector<std::string> events;
    for (int n = from; n < to; ++n) {
      events.push_back(overdose("more" + std::to_string(n), kBurstAt + hours(5)));
    }
    REQUIRE(watched.core.publish("county-ems/cad", events).has_value());
    watched.core.settle();
  };
  more(0, kBurst - 1);
  CHECK(watched.alert().hotspot.count == 2 * kBurst - 1);
  CHECK_FALSE(watched.alert().asks);
  more(kBurst - 1, kBurst);
  CHECK(watched.alert().hotspot.count == 2 * kBurst);
  CHECK(watched.alert().asks);
}

TEST_CASE("Two records that an operator linked count as one") {
  Watched watched;
  const auto decide = [&](model::PairVerdict verdict) {
    watched.core.say(wire::Decided{{"anna", model::PairDecision{record("c0"), record("c1"),
                                                                verdict}}});
    watched.core.settle();
    return watched.alert().hotspot.count;
  };
  CHECK(decide(model::PairVerdict::kLinked) == kBurst - 1);
  CHECK(decide(model::PairVerdict::kSplit) == kBurst);
}

TEST_CASE("Records that are retracted weaken an alert, and all of them withdraw it") {
  Watched watched;
  watched.retract(0, 6);
  CHECK(watched.alert().state == model::AlertState::kOpen);
  CHECK(watched.alert().hotspot.count == kBurst - 6);
  CHECK(watched.alert().assessment == model::Assessment::kWeakened);
  watched.retract(6, kBurst);
  const model::Alert withdrawn = watched.alert();
  CHECK(withdrawn.state == model::AlertState::kWithdrawn);
  CHECK_FALSE(withdrawn.asks);
  // It was shown, and is not recomputed into never having been.
  CHECK(withdrawn.peak == model::Severity::kAlert);
}

}  // namespace commonwatch::tests
