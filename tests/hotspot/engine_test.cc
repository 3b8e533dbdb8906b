#include "hub/hotspot/engine.h"

#include <catch2/catch.hpp>

#include "hub/statistics/likelihood.h"
#include "tests/hotspot/quiet_city.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

TEST_CASE("A burst in a quiet city is an alert with its evidence") {
  QuietCity city;
  city.observe(390);
  city.burst(5, 10);
  city.engine().apply(usual_calibration());
  city.advance();
  const auto best = city.best();
  REQUIRE(best.has_value());
  CHECK(model::touch(best->zone, {model::ZoneKind::kCell, cell_at(kCorner), {}}));
  CHECK(best->window_hours == 6);
  CHECK(best->count == 5);
  CHECK(best->severity == model::Severity::kAlert);
  CHECK(best->last_occurred == kNow - minutes(1));
  CHECK(best->exposure_days == 365);
  CHECK_FALSE(best->provisional);
  CHECK(best->score == Approx(statistics::log_likelihood_ratio(5, best->expected, 0)).margin(0.2));
}

TEST_CASE("Nothing opens without a calibration") {
  QuietCity city;
  city.observe(390);
  city.burst(9, 5);
  CHECK(city.advance().empty());
  city.engine().apply(usual_calibration());
  CHECK_FALSE(city.advance(kNow + minutes(1)).empty());
}

TEST_CASE("Nothing opens below 28 days of exposure, and what opens within the first year is provisional") {
  QuietCity young;
  young.observe(27 + 7);
  young.burst(9, 5);
  young.engine().apply(usual_calibration());
  CHECK(young.advance().empty());

  QuietCity older;
  older.observe(28 + 7);
  older.burst(9, 5);
  older.engine().apply(usual_calibration());
  older.advance();
  REQUIRE(older.best().has_value());
  CHECK(older.best()->provisional);
  CHECK(older.best()->exposure_days == 28);
}

TEST_CASE("Fewer than three persons are no hotspot, however rare") {
  QuietCity city;
  city.observe(390);
  city.burst(2, 5);
  city.engine().apply({kWholeJurisdiction, 1, 2, 365, 36'500, 1, {0.01, 0.02}, {7, 3650}});
  city.advance();
  REQUIRE_FALSE(city.engine().findings().empty());
  for (const Finding& finding : city.engine().findings()) CHECK(finding.hotspot.count >= 3);
}

TEST_CASE("A block catches what lies around a corner where four cells meet") {
  const model::Cell cell = cell_at(kCorner).parent(12);
  const model::LatLng corner = cell.vertices()[0];
  QuietCity city;
  city.observe(390);
  for (const double north : {-0.001, 0.001}) {
    for (const double east : {-0.001, 0.001}) {
      for (int i = 0; i < 2; ++i) {
        city.report(kNow - minutes(5 + i), {corner.latitude + north, corner.longitude + east});
      }
    }
  }
  city.engine().apply(usual_calibration());
  city.advance();
  const auto best = city.best();
  REQUIRE(best.has_value());
  CHECK(best->zone.kind == model::ZoneKind::kBlock);
  CHECK(best->zone.cell.level() > 12);
  CHECK(best->count == 8);
}

TEST_CASE("A cluster across midnight is one") {
  Settings settings;
  settings.time_zone = "America/New_York";
  const Instant now = *parse_rfc3339("2026-03-12T06:10:00Z");  // ten past two on the clock there
  QuietCity city(settings);
  city.observe(390, now);
  city.burst(6, 50, kCorner, now);  // from ten in the evening on
  city.engine().apply(usual_calibration());
  city.advance(now);
  REQUIRE(city.best().has_value());
  CHECK(city.best()->count == 6);
  CHECK(city.best()->window_hours == 6);
}

TEST_CASE("The window shown is that in which the cluster scores highest") {
  for (const std::uint32_t window : {6U, 24U, 48U, 96U, 168U}) {
    QuietCity city;
    city.observe(390);
    // Evenly spread over the window, which ends with the hour of now.
    city.burst(12, static_cast<int>(window - 1) * 60 / 12);
    city.engine().apply(usual_calibration());
    city.advance();
    REQUIRE(city.best().has_value());
    CHECK(city.best()->window_hours == window);
    CHECK(city.best()->count == 12);
  }
}

TEST_CASE("A hotspot ends when its windows have passed, without any report") {
  QuietCity city;
  city.observe(390);
  city.burst(5, 10);
  city.engine().apply(usual_calibration());
  city.advance();
  Instant last = kNow;
  while (city.best()) {
    const auto next = city.engine().next_change();
    REQUIRE(next.has_value());
    REQUIRE(*next > last);
    last = *next;
    city.advance(last);
    REQUIRE(last - kNow < hours(170));
  }
  CHECK(last - kNow > hours(5));
}

TEST_CASE("A retraction takes a hotspot back at the next tick, and says where") {
  QuietCity city;
  city.observe(390);
  city.burst(2, 10);
  const auto key = city.report(kNow - minutes(30));
  city.engine().apply({kWholeJurisdiction, 1, 2, 365, 36'500, 1, {3, 6}, {7, 3650}});
  city.advance();
  REQUIRE(city.best().has_value());
  city.engine().apply(key, std::nullopt);
  CHECK(city.engine().advance(model::Version(100), kNow + minutes(1)));
  CHECK_FALSE(city.best().has_value());
  REQUIRE(city.engine().touched().size() == 1);
  CHECK(city.engine().touched()[0].cell == cell_at(kCorner));
  CHECK(city.engine().touched()[0].occurred == kNow - minutes(30));
}

TEST_CASE("What occurs in a later hour counts when that hour has come") {
  QuietCity city;
  city.observe(390);
  for (int i = 0; i < 5; ++i) city.report(kNow + hours(2));
  city.engine().apply(usual_calibration());
  city.advance();
  CHECK_FALSE(city.best().has_value());
  city.advance(*parse_rfc3339("2026-03-11T13:59:59Z"));
  CHECK_FALSE(city.best().has_value());
  city.advance(*parse_rfc3339("2026-03-11T14:00:00Z"));
  REQUIRE(city.best().has_value());
  CHECK(city.best()->count == 5);
}

TEST_CASE("A tick at which nothing changes says so") {
  QuietCity city;
  city.observe(390);
  CHECK(city.engine().advance(model::Version(1), kNow));
  CHECK_FALSE(city.engine().advance(model::Version(2), kNow + minutes(1)));
  CHECK(city.engine().advance(model::Version(3), kNow + hours(1)));
  CHECK(city.engine().version() == model::Version(3));
  CHECK(city.engine().as_of() == kNow + hours(1));
}

TEST_CASE("Versions that do not rise and time that falls are a programmer's fault") {
  QuietCity city;
  city.engine().advance(model::Version(5), kNow);
  CHECK_THROWS_AS(city.engine().advance(model::Version(5), kNow), std::logic_error);
  CHECK_THROWS_AS(city.engine().advance(model::Version(6), kNow - minutes(1)), std::logic_error);
  CHECK_THROWS_AS(city.engine().advance(model::Version(6), Instant::max()), std::logic_error);
}

TEST_CASE("What is older than the engine looks back is forgotten, and memory with it") {
  QuietCity city;
  city.observe(399);
  city.advance();
  CHECK(city.engine().incidents() == 399);
  const std::size_t before = city.engine().bytes();
  city.report(kNow - days(401));
  city.advance(kNow + minutes(1));
  CHECK(city.engine().incidents() == 399);
  city.advance(kNow + days(60));
  CHECK(city.engine().incidents() == 340);
  city.advance(kNow + days(900));
  CHECK(city.engine().incidents() == 0);
  CHECK(city.engine().bytes() < before);
}

TEST_CASE("Times at the ends of the calendar, no persons and no cell leave the engine sound") {
  QuietCity city;
  city.observe(390);
  city.burst(4, 10);
  city.report(instant_from_micros(std::numeric_limits<std::int64_t>::max()));
  city.report(instant_from_micros(std::numeric_limits<std::int64_t>::min()));
  city.report(kNow, cell_at(kCorner), 0);
  city.report(kNow, model::Cell());
  city.engine().apply(usual_calibration());
  city.advance();
  REQUIRE(city.best().has_value());
  CHECK(city.best()->count == 4);
  city.advance(kNow + days(1));
  CHECK(city.engine().incidents() == 390 + 4 + 1);
}

const NamedArea kNorth = {"Northtown", "north",
                          {{40.1153, -75.6}, {40.1153, -75.0}, {40.5, -75.0}, {40.5, -75.6}}, 3};
const NamedArea kSouth = {"Southtown", "south",
                          {{39.7, -75.6}, {39.7, -75.0}, {40.1153, -75.0}, {40.1153, -75.6}}, 0};

TEST_CASE("What two jurisdictions share a border with is not counted together") {
  Settings settings;
  settings.areas = {kNorth, kSouth};
  QuietCity city(settings);
  for (int day = 1; day <= 390; ++day) {
    const double aside = 0.01 * (day * 17 % 25);
    city.report(kNow - days(day), {40.15 + aside, -75.5 + aside});
    city.report(kNow - days(day), {40.05 - aside, -75.5 + aside});
  }
  for (int i = 0; i < 12; ++i) {
    city.report(kNow - minutes(5 * i), {40.1157, -75.34});
    city.report(kNow - minutes(5 * i), {40.1149, -75.34});
  }
  city.engine().apply(usual_calibration("north"));
  city.advance();
  REQUIRE(city.best().has_value());
  for (const Finding& finding : city.engine().findings()) {
    CHECK(finding.jurisdiction == "north");
    CHECK(finding.hotspot.count == 12);
  }
  CHECK(city.find("area:Northtown").has_value());
  city.engine().apply(usual_calibration("south"));
  city.advance(kNow + minutes(1));
  REQUIRE(city.find("area:Southtown").has_value());
  CHECK(city.find("area:Southtown")->count == 12);
  const model::Zone north{model::ZoneKind::kArea, model::Cell(), "Northtown"};
  CHECK(city.engine().covers("north", north, cell_at({40.1157, -75.34})));
  CHECK_FALSE(city.engine().covers("north", north, cell_at({40.1149, -75.34})));
  CHECK_FALSE(city.engine().covers("south", north, cell_at({40.1157, -75.34})));
}

// Midnight in Auckland, in March, is eleven in the morning of UTC.
TEST_CASE("A jurisdiction with a time zone of its own ends its days by it, the others by the common one") {
  Settings settings;
  settings.areas = {kNorth, kSouth};
  settings.jurisdictions = {{"north", "Pacific/Auckland"}};
  QuietCity city(settings);
  for (int day = 1; day <= 60; ++day) {
    city.report(kNow - days(day), {40.15, -75.34});
    city.report(kNow - days(day), {40.05, -75.34});
  }
  const auto day_of = [&city](const std::string& area) {
    for (const model::Comparison& comparison : city.engine().comparisons()) {
      if (comparison.area == area) return comparison.day;
    }
    return std::string("none");
  };
  city.advance(*parse_rfc3339("2026-03-11T10:59:00Z"));
  CHECK(day_of("Northtown") == "2026-03-10");
  CHECK(day_of("Southtown") == "2026-03-10");
  city.advance(*parse_rfc3339("2026-03-11T11:01:00Z"));
  CHECK(day_of("Northtown") == "2026-03-11");
  CHECK(day_of("Southtown") == "2026-03-10");
  city.advance(*parse_rfc3339("2026-03-12T00:01:00Z"));
  CHECK(day_of("Northtown") == "2026-03-11");
  CHECK(day_of("Southtown") == "2026-03-11");
}

TEST_CASE("Settings state a jurisdiction's time zone, and are the same text without any") {
  Settings settings;
  settings.areas = {kNorth};
  const std::string without = settings.canonical();
  CHECK(without.find("jurisdiction.") == std::string::npos);
  settings.jurisdictions = {{"north", "Pacific/Auckland"}};
  CHECK(settings.canonical() == without + "jurisdiction.north = \"Pacific/Auckland\"\n");
  CHECK_NOTHROW(check(settings));
  settings.jurisdictions = {{"nowhere", "UTC"}};
  CHECK_THROWS_AS(check(settings), Failure);
  settings.jurisdictions = {{"north", "Mars/Olympus"}};
  CHECK_THROWS_AS(check(settings), Failure);
}

const model::LatLng kJail{40.1509, -75.1274};
const model::Zone kJailZone{model::ZoneKind::kFacility, model::Cell(), "Jail"};

// One person a week at the jail.
void observe_jail(QuietCity& city) {
  city.observe(390);
  for (int day = 1; day <= 390; day += 7) city.report(kNow - days(day), kJail);
}

TEST_CASE("A facility is its own zone, expected by its own rate, and twelve in twelve hours alert") {
  QuietCity city;
  observe_jail(city);
  city.engine().apply(usual_calibration());
  city.engine().decide({cell_at(kJail), model::SiteKind::kFacility, "Jail"});
  city.advance();
  CHECK_FALSE(city.find("facility:Jail").has_value());
  const auto usual = city.engine().inspect(kWholeJurisdiction, kJailZone, 12, kNow + minutes(30));
  CHECK(usual.evidence.baseline_persons == 53);
  CHECK(usual.hotspot.expected == Approx((53 + 1.5) * 0.5 / 365).margin(0.06));
  CHECK(usual.hotspot.count == 0);

  city.burst(12, 55, kJail);
  city.advance(kNow + minutes(1));
  const auto alert = city.find("facility:Jail");
  REQUIRE(alert.has_value());
  CHECK(alert->count == 12);
  CHECK(alert->window_hours == 12);
  CHECK(alert->severity == model::Severity::kAlert);
  CHECK(alert->center == model::zone_center({model::ZoneKind::kCell, cell_at(kJail), {}}));
}

TEST_CASE("A placeholder leaves the cells and counts for the jurisdiction") {
  QuietCity city;
  city.observe(390);
  city.burst(6, 10);
  city.engine().apply(usual_calibration());
  city.engine().decide({cell_at(kCorner), model::SiteKind::kPlaceholder, ""});
  city.advance();
  CHECK_FALSE(city.best().has_value());
  REQUIRE(city.find("area:all").has_value());
  CHECK(city.find("area:all")->count >= 6);
  city.engine().decide({cell_at(kCorner), model::SiteKind::kOrdinary, ""});
  city.advance(kNow + minutes(1));
  CHECK(city.best().has_value());
}

TEST_CASE("A geocode with many persons is proposed until an operator decides") {
  QuietCity city;
  observe_jail(city);
  city.advance();
  REQUIRE(city.engine().proposals().size() == 1);
  const model::Proposal& proposal = city.engine().proposals()[0];
  CHECK(proposal.kind == model::ProposalKind::kFacility);
  CHECK(proposal.cell == cell_at(kJail));
  CHECK(proposal.persons == 56);
  city.engine().decide({cell_at(kJail), model::SiteKind::kOrdinary, ""});
  city.advance(kNow + minutes(1));
  CHECK(city.engine().proposals().empty());
}

TEST_CASE("A partner that joined last month opens nothing by itself, one that is known does") {
  for (const bool known : {false, true}) {
    QuietCity city;
    city.observe(390);
    for (int day = 0; day < (known ? 380 : 30); ++day) {
      city.report(kNow - days(day) - hours(20), cell_at({40.3, -76}), 1, 1);
    }
    for (int i = 0; i < 6; ++i) city.report(kNow - minutes(i), cell_at(kCorner), 1, 1);
    city.engine().apply(usual_calibration());
    city.advance();
    CHECK(city.best().has_value() == known);
  }
}

TEST_CASE("A silent partner lowers what is expected of its hours") {
  QuietCity city;
  city.observe(390);
  for (int day = 1; day <= 390; ++day) city.report(kNow - days(day), cell_at({40.3, -76}), 1, 1);
  city.burst(5, 10);
  city.engine().apply(usual_calibration());
  city.advance();
  const auto before = city.best();
  REQUIRE(before.has_value());
  city.engine().set_silences({{1, 0}});
  city.advance(kNow + minutes(1));
  CHECK(city.best()->expected == Approx(before->expected / 2).margin(0.001));
  const auto seen = city.engine().inspect(kWholeJurisdiction, city.best()->zone, 6,
                                          kNow + minutes(30));
  CHECK(seen.evidence.completeness == 0.5);
  CHECK(seen.evidence.silent == std::vector<std::string>{"police"});
  city.engine().set_silences({});
  city.advance(kNow + minutes(2));
  CHECK(city.best() == before);
}

// Findings of cells, of the whole jurisdiction, of a facility.
void find_several(QuietCity& city) {
  observe_jail(city);
  city.engine().decide({cell_at(kJail), model::SiteKind::kFacility, "Jail"});
  city.burst(7, 25);
  city.burst(12, 55, kJail);
  city.engine().apply(usual_calibration());
  city.advance();
  REQUIRE(city.engine().findings().size() >= 3);
}

TEST_CASE("To inspect a finding's own zone and window gives the finding") {
  QuietCity city;
  find_several(city);
  for (const Finding& finding : city.engine().findings()) {
    const auto seen =
        city.engine().inspect(finding.jurisdiction, finding.hotspot.zone,
                              finding.hotspot.window_hours, kNow + minutes(30));
    CHECK(seen.hotspot == finding.hotspot);
    CHECK(seen.evidence.window_end == kNow + minutes(30));
    CHECK(seen.evidence.window_end - seen.evidence.window_start ==
          hours(finding.hotspot.window_hours));
    CHECK(seen.evidence.exposure_days == 365);
    if (finding.hotspot.zone.cell.is_valid()) CHECK(seen.evidence.permutation_score > 0);
    REQUIRE(seen.evidence.agencies.size() == 1);
    CHECK(seen.evidence.agencies[0].persons == finding.hotspot.count);
    // The sum by hand.
    const auto& e = seen.evidence;
    const double expected = (e.baseline_persons + e.prior_persons) / e.exposure_days *
                            e.profile_days * e.completeness * e.trend;
    CHECK(expected == Approx(finding.hotspot.expected).margin(0.0006));
    CHECK(statistics::log_likelihood_ratio(finding.hotspot.count, expected, e.dispersion) ==
          Approx(finding.hotspot.score).margin(0.0006));
  }
}

TEST_CASE("To inspect a window that is over gives what was found in it") {
  QuietCity city;
  city.observe(390);
  city.burst(7, 25);
  city.engine().apply(usual_calibration());
  city.advance();
  const auto found = city.best();
  REQUIRE(found.has_value());
  city.advance(kNow + hours(9));
  const auto same_day = city.engine().inspect(kWholeJurisdiction, found->zone, found->window_hours,
                                              kNow + minutes(30));
  CHECK(same_day.hotspot == *found);
  city.report(kNow - minutes(2), cell_at(kCorner), 2);
  city.advance(kNow + days(20));
  const auto later = city.engine().inspect(kWholeJurisdiction, found->zone, found->window_hours,
                                           kNow + minutes(30));
  CHECK(later.hotspot.count == found->count + 2);
  CHECK(later.evidence.baseline_persons == same_day.evidence.baseline_persons);
}

TEST_CASE("The parts of zones are what each one's inspection says") {
  QuietCity city;
  find_several(city);
  std::vector<model::Zone> zones;
  for (const Finding& finding : city.engine().findings()) zones.push_back(finding.hotspot.zone);
  const model::Cell empty = cell_at({45, -100}).parent(14);
  zones.push_back({model::ZoneKind::kCell, empty, {}});
  for (const Instant end : {kNow + minutes(30), kNow + minutes(30) - days(20)}) {
    const auto parts = city.engine().parts(kWholeJurisdiction, zones, 12, end);
    REQUIRE(parts.size() == zones.size());
    for (std::size_t i = 0; i < zones.size(); ++i) {
      const auto seen = city.engine().inspect(kWholeJurisdiction, zones[i], 12, end).hotspot;
      CHECK(parts[i] == Part{seen.count, seen.expected});
    }
    CHECK(parts.back().count == 0);
    CHECK(parts.back().expected > 0);
  }
  CHECK(city.engine().parts(kWholeJurisdiction, zones, 12, kNow + minutes(30))[0].count > 0);
  CHECK(city.engine().parts("elsewhere", zones, 12, kNow + minutes(30))[0] == Part{});
}

// Ticks every hour to an hour before `until`; the versions at which something was due.
std::vector<Instant> due_times(QuietCity& city, Instant from, Instant until) {
  std::vector<Instant> times;
  std::vector<Due> last = city.engine().due();
  for (Instant now = from; now < until; now += hours(1)) {
    city.advance(now);
    if (!city.engine().due().empty() && city.engine().due() != last) times.push_back(now);
    last = city.engine().due();
  }
  return times;
}

TEST_CASE("The first calibration is due at 28 days, and anew each night at four there until made") {
  Settings settings;
  settings.time_zone = "America/New_York";
  QuietCity city(settings);
  const Instant first = *parse_rfc3339("2026-01-05T17:00:00Z");
  for (int day = 0; day < 60; ++day) city.report(first + days(day));
  const auto times = due_times(city, first, first + days(36));
  // Seven days of guard; the day of exposure ends with the day in UTC; in winter four is nine.
  REQUIRE(times.size() == 3);
  CHECK(times[0] == *parse_rfc3339("2026-02-09T00:00:00Z"));
  CHECK(times[1] == *parse_rfc3339("2026-02-09T09:00:00Z"));
  CHECK(times[2] == *parse_rfc3339("2026-02-10T09:00:00Z"));
  CHECK(city.engine().due()[0].jurisdiction == kWholeJurisdiction);
  CHECK(city.engine().next_calibration_time(times[2]) == times[2] + days(1));
  Calibration made = usual_calibration();
  made.exposure_days = 29;
  made.rate_per_day = 1;
  city.engine().apply(made);
  CHECK(city.engine().due().empty());
}

TEST_CASE("A calibration is due again when the exposure has grown by a quarter") {
  QuietCity city;
  const Instant first = *parse_rfc3339("2026-01-05T17:00:00Z");
  for (int day = 0; day < 80; ++day) city.report(first + days(day));
  city.advance(first + days(50));
  Calibration made = usual_calibration();
  made.exposure_days = 43;
  made.rate_per_day = 1;
  city.engine().apply(made);
  const auto times = due_times(city, first + days(50) + hours(1), first + days(63));
  REQUIRE_FALSE(times.empty());
  // 54 days, the first whole number from 1.25 times 43 on, and the guard.
  CHECK(times[0] == *parse_rfc3339("2026-03-07T04:00:00Z"));
}

TEST_CASE("A calibration is due again when the rate has moved by more than a fifth") {
  for (const double rate : {1 / 1.19, 1.0, 1 / 0.81, 1 / 1.21, 1 / 0.79}) {
    QuietCity city;
    city.observe(390);
    city.advance();
    Calibration made = usual_calibration();
    made.exposure_days = 365;
    made.rate_per_day = rate;
    city.engine().apply(made);
    city.advance(kNow + days(1));
    const bool moved = rate < 1 / 1.2 || rate > 1 / 0.8;
    CHECK(city.engine().due().empty() != moved);
  }
}

TEST_CASE("Comparisons are of the local day that is over, with the rolling day beside it") {
  Settings settings;
  settings.time_zone = "America/New_York";
  settings.areas = {kNorth};
  QuietCity city(settings);
  for (int day = 1; day < 60; ++day) city.report(kNow - days(day), {40.2, -75.3});
  city.advance(*parse_rfc3339("2026-03-11T04:10:00Z"));  // ten past midnight there
  const auto of = [&](const std::string& area) {
    for (const auto& comparison : city.engine().comparisons()) {
      if (comparison.area == area) return comparison;
    }
    return model::Comparison{};
  };
  CHECK(of("Northtown").day == "2026-03-10");
  CHECK(of("Northtown").count == 1);
  CHECK(of("Northtown").fixed_threshold == 3);
  CHECK(of("north").count == 1);
  // A late report on the evening before, which is today in UTC.
  city.report(*parse_rfc3339("2026-03-11T02:00:00Z"), {40.2, -75.3});
  city.advance(*parse_rfc3339("2026-03-11T05:00:00Z"));
  CHECK(of("Northtown").rolling_24h == 2);
  // What is of whole days is made anew when a day turns, here or in UTC.
  CHECK(of("Northtown").count == 1);
  city.advance(*parse_rfc3339("2026-03-12T00:00:00Z"));
  CHECK(of("Northtown").day == "2026-03-10");
  CHECK(of("Northtown").count == 2);
}

TEST_CASE("When every report was retracted nothing stays shown behind the turn of the day") {
  Settings settings;
  settings.proposal_persons_min = 3;
  QuietCity city(settings);
  std::vector<model::RecordKey> keys;
  for (int day = 1; day < 100; ++day) keys.push_back(city.report(kNow - days(day)));
  city.advance();
  REQUIRE_FALSE(city.engine().places().empty());
  REQUIRE_FALSE(city.engine().comparisons().empty());
  for (const model::RecordKey& key : keys) city.engine().apply(key, std::nullopt);
  city.advance(kNow + minutes(1));
  for (int hour = 0; hour < 24 && city.engine().next_change(); ++hour) {
    city.advance(*city.engine().next_change());
  }
  CHECK_FALSE(city.engine().next_change().has_value());
  CHECK(city.engine().places().empty());
  CHECK(city.engine().comparisons().empty());
  CHECK(city.engine().proposals().empty());
}

TEST_CASE("A place is where there is persistently more, not where there was a burst") {
  QuietCity city;
  city.observe(390);
  for (int day = 1; day <= 390; day += 10) city.report(kNow - days(day), kJail);
  city.advance();
  std::vector<std::uint32_t> periods;
  for (const model::Place& place : city.engine().places()) {
    if (!model::touch(place.zone, {model::ZoneKind::kCell, cell_at(kJail), {}})) continue;
    periods.push_back(place.days);
    CHECK(place.count >= place.days / 10);
    CHECK(place.q_value <= 0.05);
    if (place.days == 365) CHECK(place.trend != model::PlaceTrend::kUnspecified);
  }
  CHECK(std::count(periods.begin(), periods.end(), 365) == 1);
  CHECK(std::count(periods.begin(), periods.end(), 90) == 1);
}

TEST_CASE("A setting out of range is refused by its name") {
  const model::NameTable partners;
  const auto refused = [&](const auto& spoil) {
    Settings settings;
    spoil(settings);
    try {
      const Engine engine(settings, partners);
    } catch (const Failure& failure) {
      return std::string(failure.what());
    }
    return std::string();
  };
  CHECK_THAT(refused([](Settings& s) { s.level_min = 8; }), Catch::Contains("level_min"));
  CHECK_THAT(refused([](Settings& s) { s.level_max = 16; }), Catch::Contains("level_max"));
  CHECK_THAT(refused([](Settings& s) { s.windows_hours = {}; }), Catch::Contains("windows_hours"));
  CHECK_THAT(refused([](Settings& s) { s.windows_hours = {6, 6}; }),
             Catch::Contains("windows_hours"));
  CHECK_THAT(refused([](Settings& s) { s.prior_persons = std::nan(""); }),
             Catch::Contains("prior_persons"));
  CHECK_THAT(refused([](Settings& s) { s.guard_days = 6; }), Catch::Contains("guard_days"));
  CHECK_THAT(refused([](Settings& s) { s.watch_days = 20; }), Catch::Contains("watch_days"));
  CHECK_THAT(refused([](Settings& s) { s.time_zone = "Nowhere/Town"; }),
             Catch::Contains("Nowhere/Town"));
}

TEST_CASE("The canonical settings are lines that differ when a setting does") {
  const std::string plain = Settings{}.canonical();
  Settings settings;
  settings.prior_persons = 1.6;
  CHECK(settings.canonical() != plain);
  settings = Settings{};
  settings.areas = {kNorth};
  CHECK_THAT(settings.canonical(), Catch::StartsWith(plain));
  CHECK_THAT(settings.canonical(), Catch::Contains("area.Northtown"));
}

}  // namespace
}  // namespace commonwatch::hotspot::test
