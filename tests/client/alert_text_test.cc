// How alerts, their evidence and the state of sources read.
#include "clients/cli/alert_text.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "clients/cli/explain_text.h"
#include "clients/cli/interval_text.h"
#include "clients/cli/text_values.h"
#include "clients/cli/watch_table.h"
#include "tests/client/messages.h"

namespace commonwatch::test {
namespace {

v1::Alert make_alert() {
  v1::Alert alert;
  alert.set_id("89c45db1-1");
  alert.set_version(3);
  alert.set_state(v1::ALERT_STATE_OPEN);
  alert.set_jurisdiction("Montgomery");
  alert.set_peak(v1::SEVERITY_ALERT);
  alert.set_asks(true);
  alert.mutable_opened_at()->set_seconds(1'457'687'340);
  auto& hotspot = *alert.mutable_hotspot();
  hotspot.set_id("89c45db1-3x3");
  hotspot.mutable_zone()->set_kind(v1::ZONE_KIND_BLOCK);
  hotspot.set_count(6);
  hotspot.set_expected(0.5);
  hotspot.set_window_hours(24);
  hotspot.set_interval_days(480);
  hotspot.set_score_nats(9.41);
  hotspot.set_severity(v1::SEVERITY_WATCH);
  hotspot.set_provisional(true);
  hotspot.set_exposure_days(92);
  auto& evidence = *alert.mutable_evidence();
  evidence.set_baseline_persons(40);
  evidence.set_prior_persons(10);
  evidence.set_exposure_days(100);
  evidence.set_profile_days(1.25);
  evidence.set_completeness(0.8);
  evidence.set_trend(1);
  evidence.add_agencies()->set_partner("county-ems");
  evidence.mutable_agencies(0)->set_persons(5);
  evidence.add_silent("hospital");
  return alert;
}

void answer(v1::Alert& alert, const char* principal, v1::AlertAction action) {
  alert.set_asks(false);
  alert.add_acknowledgements()->set_principal(principal);
  alert.mutable_acknowledgements()->rbegin()->set_action(action);
}

}  // namespace

TEST_CASE("An interval reads in days, then in years, and as over 10 y at its end") {
  CHECK(cli::interval_text(0) == "-");
  CHECK(cli::interval_text(30.4) == "30 d");
  CHECK(cli::interval_text(480) == "480 d");
  CHECK(cli::interval_text(1460) == "4.0 y");
  CHECK(cli::interval_text(3649.9) == "10.0 y");
  CHECK(cli::interval_text(3650) == "over 10 y");
}

TEST_CASE("An alert's state says whether it asks, who answered, and what became of it") {
  v1::Alert alert = make_alert();
  CHECK(cli::alert_state_text(alert) == "open, asks");
  answer(alert, "anna", v1::ALERT_ACTION_SEEN);
  answer(alert, "ben", v1::ALERT_ACTION_TAKEN);
  CHECK(cli::alert_state_text(alert) == "open, taken by ben");
  alert.set_asks(true);
  alert.set_assessment(v1::ALERT_ASSESSMENT_WEAKENED);
  CHECK(cli::alert_state_text(alert) == "open, weakened, taken by ben, asks");
  alert.set_state(v1::ALERT_STATE_CLOSED);
  alert.set_found_late(true);
  answer(alert, "ben", v1::ALERT_ACTION_NOT_REAL);
  CHECK(cli::alert_state_text(alert) == "closed, found late, not real by ben");
  alert = make_alert();
  alert.set_state(v1::ALERT_STATE_MERGED);
  alert.set_merged_into("89c45db1-0");
  CHECK(cli::alert_state_text(alert) == "merged into 89c45db1-0");
}

TEST_CASE("The score of six where half a one was expected, by hand") {
  CHECK(cli::score_of(6, 0.5, 0) == Approx(6 * std::log(12) - 5.5));
  CHECK(cli::score_of(6, 0.5, 0.1) ==
        Approx(6 * std::log(12) - 16 * std::log(1.6 / 1.05)));
  CHECK(cli::score_of(6, 0.5, 1e-9) == Approx(cli::score_of(6, 0.5, 0)).epsilon(1e-6));
  CHECK(cli::score_of(3, 3, 0.1) == 0);
}

TEST_CASE("The explanation leads from the evidence to the expectation and the score") {
  const auto text = cli::explain_text(make_alert());
  INFO(text);
  CHECK_THAT(text, Catch::Contains("89c45db1-1, open, asks"));
  CHECK_THAT(text, Catch::Contains("6 persons in 24 h, where 0.500 were to be expected"));
  CHECK_THAT(text, Catch::Contains("a day of Montgomery comes that far once in 480 d"));
  CHECK_THAT(text, Catch::Contains("provisional: rests on 92 days"));
  CHECK_THAT(text, Catch::Contains("(40.000 persons of the zone + 10.000 of the prior) / 100.00 "
                                   "days = 0.50000 persons a day"));
  CHECK_THAT(text, Catch::Contains("x 1.250 days") && Catch::Contains("x 0.800 reported by now"));
  CHECK_THAT(text, Catch::Contains("with C = 6, B = 0.50000 gives 9.409"));
  CHECK_THAT(text, Catch::Contains("county-ems 5"));
  CHECK_THAT(text, Catch::Contains("hospital; what they know is not in the count"));
}

TEST_CASE("The explanation of an overdispersed count shows the negative binomial's formula") {
  auto alert = make_alert();
  alert.mutable_evidence()->set_dispersion(0.1);
  CHECK_THAT(cli::explain_text(alert),
             Catch::Contains("(C + 1/a) ln((1 + aC) / (1 + aB))") && Catch::Contains("a = 0.1000"));
}

TEST_CASE("The explanation names every answer and every alert that was taken in") {
  auto alert = make_alert();
  answer(alert, "anna", v1::ALERT_ACTION_TAKEN);
  alert.add_merged("89c45db3-1");
  const auto text = cli::explain_text(alert);
  CHECK_THAT(text, Catch::Contains("taken by anna") && Catch::Contains("89c45db3-1"));
}

TEST_CASE("The table has open alerts above, then silent sources, then hotspots") {
  client::HotspotState state;
  auto tile = make_tile(0, 4, {"89c45db1"});
  *tile.mutable_tile()->add_alerts() = make_alert();
  auto& source = *tile.mutable_tile()->add_sources();
  source.set_id("source:hospital/ed");
  source.set_name("hospital/ed");
  source.set_state(v1::HEALTH_STATE_SILENT);
  source.set_expected(21);
  tile.mutable_tile()->mutable_hotspots(0)->set_severity(v1::SEVERITY_WATCH);
  tile.mutable_tile()->mutable_hotspots(0)->set_interval_days(3650);
  state.apply(make_snapshot(10));
  state.apply(tile);
  state.apply(make_progress(10));
  const auto table =
      cli::draw_table(state, {client::LinkState::kOpen, "", {}}, cli::TableStyle{}, cli::Instant{});
  INFO(table);
  const auto alert = table.find("89c45db1-1");
  const auto silent = table.find("hospital/ed is silent: 0 of 21 usual events");
  const auto hotspot = table.find("over 10 y");
  REQUIRE(alert != std::string::npos);
  REQUIRE(silent != std::string::npos);
  REQUIRE(hotspot != std::string::npos);
  CHECK(alert < silent);
  CHECK(silent < hotspot);
}

TEST_CASE("The table of a state without alerts and with sources on time is hotspots alone") {
  client::HotspotState state;
  auto tile = make_tile(0, 4, {});
  tile.mutable_tile()->add_sources()->set_state(v1::HEALTH_STATE_ON_TIME);
  state.apply(make_snapshot(10));
  state.apply(tile);
  state.apply(make_progress(10));
  const auto table =
      cli::draw_table(state, {client::LinkState::kOpen, "", {}}, cli::TableStyle{}, cli::Instant{});
  CHECK_THAT(table, Catch::Contains("no hotspots"));
  CHECK_THAT(table, !Catch::Contains("silent") && !Catch::Contains("PEAK"));
}

TEST_CASE("The table calls live what is as young as the hub's heartbeats, by the hub's clock") {
  client::HotspotState state;
  auto progress = make_progress(10);
  progress.mutable_progress()->mutable_as_of()->set_seconds(1'772'323'200);
  state.apply(make_snapshot(10));
  state.apply(progress);
  client::LinkStatus link{client::LinkState::kOpen, ""};
  link.heartbeat = std::chrono::seconds(10);
  const auto after = [&](std::chrono::seconds age) {
    const auto now = cli::from_timestamp(state.as_of()) + age;
    return cli::draw_table(state, link, cli::TableStyle{}, now);
  };
  CHECK_THAT(after(std::chrono::seconds(15)), Catch::Contains("live  as of"));
  CHECK_THAT(after(std::chrono::seconds(16)), Catch::Contains("DELAYED  as of"));
  link.hub_ahead = std::chrono::seconds(-60);
  CHECK_THAT(after(std::chrono::seconds(70)), Catch::Contains("live  as of"));
  CHECK_THAT(after(std::chrono::seconds(80)), Catch::Contains("DELAYED  as of"));
}

}  // namespace commonwatch::test
