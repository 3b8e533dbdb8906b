#include "hub/model/event.h"

#include <catch2/catch.hpp>
#include <limits>

namespace commonwatch::model {
namespace {

const Instant kNow = *parse_rfc3339("2026-03-01T12:00:00Z");

Event overdose() {
  Event event;
  event.record_id = "A-1";
  event.revision = 1;
  event.has_occurred_at = true;
  event.occurred_at = kNow - std::chrono::minutes(5);
  event.has_location = true;
  event.location = {40.1, -75.3, 10, LocationKind::kScene, "42091"};
  event.report = Overdose{};
  return event;
}

Event area_count() {
  Event event = overdose();
  event.report = AreaCount{5, event.occurred_at - std::chrono::days(7)};
  return event;
}

Event retraction() {
  Event event = overdose();
  event.report = Retraction{};
  event.has_location = false;
  return event;
}

// The same event with something spoilt is refused with this code and field.
template <class Spoil>
void check_refused(Event event, ErrorCode code, const std::string& field, Spoil spoil) {
  CAPTURE(field);
  REQUIRE(validate(event, {}, kNow).has_value());
  spoil(event);
  const auto refused = validate(event, {}, kNow);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == code);
  CHECK(refused.error().field == field);
  CHECK(refused.error().message.size() > 20);
}

TEST_CASE("An event of each kind that keeps every rule is valid") {
  CHECK(validate(overdose(), {}, kNow).has_value());
  CHECK(validate(area_count(), {}, kNow).has_value());
  CHECK(validate(retraction(), {}, kNow).has_value());
  CHECK(overdose().kind() == EventKind::kOverdose);
  CHECK(area_count().kind() == EventKind::kAreaCount);
  CHECK(retraction().kind() == EventKind::kRetraction);
}

TEST_CASE("An event without record, time, report or place names what is missing") {
  const auto missing = ErrorCode::kFieldMissing;
  check_refused(overdose(), missing, "record_id", [](Event& e) { e.record_id.clear(); });
  check_refused(overdose(), missing, "occurred_at", [](Event& e) { e.has_occurred_at = false; });
  check_refused(overdose(), missing, "report", [](Event& e) { e.report = std::monostate{}; });
  check_refused(overdose(), missing, "location", [](Event& e) { e.has_location = false; });
  check_refused(area_count(), missing, "location", [](Event& e) { e.has_location = false; });
}

TEST_CASE("Coordinates out of range, infinite or not a number are refused") {
  for (const double bad : {90.0001, -90.0001, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    check_refused(overdose(), ErrorCode::kOutOfRange, "location.latitude",
                  [bad](Event& e) { e.location.latitude = bad; });
    check_refused(overdose(), ErrorCode::kOutOfRange, "location.longitude",
                  [bad](Event& e) { e.location.longitude = bad > 0 ? bad + 91 : bad - 91; });
  }
  for (const float bad : {-1.0F, 100'001.0F, std::numeric_limits<float>::quiet_NaN()}) {
    check_refused(overdose(), ErrorCode::kOutOfRange, "location.accuracy_m",
                  [bad](Event& e) { e.location.accuracy_m = bad; });
  }
  check_refused(retraction(), ErrorCode::kOutOfRange, "location.latitude", [](Event& e) {
    e.has_location = true;
    e.location.latitude = 91;
  });
}

TEST_CASE("The ends of every range are allowed") {
  Event event = overdose();
  event.location = {-90, 180, 100'000, LocationKind::kArea, std::string(32, 'x')};
  event.record_id = std::string(128, 'r');
  Overdose report;
  report.persons.resize(64);
  report.persons[0].administrations.resize(32);
  report.persons[0].administrations[0].dose_mg = 1000;
  report.substances.resize(16);
  report.match_key = std::string(64, 'k');
  event.report = report;
  CHECK(validate(event, {}, kNow).has_value());
  event.occurred_at = *parse_rfc3339("1990-01-01T00:00:00Z");
  CHECK(validate(event, {}, kNow).has_value());
  event.occurred_at = kNow + std::chrono::hours(24);
  CHECK(validate(event, {}, kNow).has_value());
}

TEST_CASE("A text or list beyond its limit is refused by its name") {
  const auto code = ErrorCode::kOutOfRange;
  const auto report = [](Event& e) -> Overdose& { return std::get<Overdose>(e.report); };
  check_refused(overdose(), code, "record_id", [](Event& e) { e.record_id.assign(129, 'r'); });
  check_refused(overdose(), code, "location.area_code",
                [](Event& e) { e.location.area_code.assign(33, 'x'); });
  check_refused(overdose(), code, "overdose.persons",
                [&](Event& e) { report(e).persons.resize(65); });
  check_refused(overdose(), code, "overdose.substances",
                [&](Event& e) { report(e).substances.resize(17); });
  check_refused(overdose(), code, "overdose.match_key",
                [&](Event& e) { report(e).match_key.assign(65, 'k'); });
  check_refused(overdose(), code, "overdose.persons.administrations", [&](Event& e) {
    report(e).persons.resize(2);
    report(e).persons[1].administrations.resize(33);
  });
  for (const float bad : {-0.1F, 1000.5F, std::numeric_limits<float>::quiet_NaN()}) {
    check_refused(overdose(), code, "overdose.persons.administrations.dose_mg", [&](Event& e) {
      report(e).persons.resize(1);
      report(e).persons[0].administrations.resize(1);
      report(e).persons[0].administrations[0].dose_mg = bad;
    });
  }
}

TEST_CASE("A time before 1990 or too far ahead of the hub's clock is refused") {
  check_refused(overdose(), ErrorCode::kOutOfRange, "occurred_at",
                [](Event& e) { e.occurred_at = *parse_rfc3339("1989-12-31T23:59:59Z"); });
  check_refused(overdose(), ErrorCode::kTimeInFuture, "occurred_at", [](Event& e) {
    e.occurred_at = kNow + std::chrono::hours(24) + std::chrono::microseconds(1);
  });
  check_refused(overdose(), ErrorCode::kTimeInFuture, "occurred_at",
                [](Event& e) { e.occurred_at = *parse_rfc3339("2099-01-01T00:00:00Z"); });
}

TEST_CASE("A count's span begins before its end, by at most 400 days, and is not too large") {
  const auto count = [](Event& e) -> AreaCount& { return std::get<AreaCount>(e.report); };
  const auto code = ErrorCode::kOutOfRange;
  check_refused(area_count(), code, "area_count.incidents",
                [&](Event& e) { count(e).incidents = 1'000'001; });
  check_refused(area_count(), code, "area_count.span_start",
                [&](Event& e) { count(e).span_start = e.occurred_at; });
  check_refused(area_count(), code, "area_count.span_start", [&](Event& e) {
    count(e).span_start = e.occurred_at - std::chrono::days(400) - std::chrono::microseconds(1);
  });
}

TEST_CASE("An overdose counts at least one person, and as fatal whoever died") {
  Overdose report;
  CHECK(report.person_count() == 1);
  CHECK(report.fatal_count() == 0);
  report.outcome = Outcome::kFatal;
  CHECK(report.fatal_count() == 1);
  report.persons.resize(3);
  report.persons[0].outcome = Outcome::kFatal;
  report.persons[2].outcome = Outcome::kFatal;
  CHECK(report.person_count() == 3);
  CHECK(report.fatal_count() == 2);
  report.outcome = Outcome::kNonfatal;
  CHECK(report.fatal_count() == 2);
}

}  // namespace
}  // namespace commonwatch::model
