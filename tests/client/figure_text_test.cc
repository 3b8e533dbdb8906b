#include "clients/cli/figure_text.h"

#include <catch2/catch.hpp>

#include "clients/cli/watch_table.h"
#include "tests/client/messages.h"

namespace commonwatch::test {
namespace {

v1::PublishedCount make_count(v1::FigureState state, std::uint32_t persons) {
  v1::PublishedCount count;
  count.set_id("police/88388b/2026-04-11T00:00:00Z");
  count.set_shared_with("police");
  count.set_cell(0x88388b0000000000);
  count.mutable_period_start()->set_seconds(1775865600);
  count.mutable_period_end()->set_seconds(1775952000);
  count.set_state(state);
  count.set_persons(persons);
  return count;
}

}  // namespace

TEST_CASE("a figure is one line of period, zone and persons") {
  auto count = make_count(v1::FIGURE_STATE_SHOWN, 12);
  count.set_fatal(2);
  count.set_other(10);
  count.set_revision_pending(true);
  v1::PublishedAlert alert;
  alert.set_severity(v1::SEVERITY_ALERT);
  alert.set_interval(v1::INTERVAL_BAND_1_YEAR);
  const auto row = cli::figure_row(count, &alert);
  CHECK(row.find("2026-04-11T00:00:00Z  2026-04-12T00:00:00Z") == 0);
  CHECK(row.find(" 88388b ") != std::string::npos);
  CHECK(row.find(" 12 ") != std::string::npos);
  CHECK(row.find(
            "shared with police, 2 fatal, 10 other, ALERT: once a year at most, may be revised") !=
        std::string::npos);
}

TEST_CASE("a figure that is not shown has no number") {
  CHECK(cli::persons_text(make_count(v1::FIGURE_STATE_HIDDEN, 0)) == "hidden (few or none)");
  CHECK(cli::persons_text(make_count(v1::FIGURE_STATE_NO_DATA, 0)) == "no data");
}

TEST_CASE(
    "the table of an audience that is shown figures lists them, and says no word of hotspots") {
  client::HotspotState state;
  state.apply(make_snapshot(10));
  auto tile = make_tile(7, 4, {});
  *tile.mutable_tile()->add_published_counts() = make_count(v1::FIGURE_STATE_HIDDEN, 0);
  auto& health = *tile.mutable_tile()->add_banded_health();
  health.set_id("health:");
  health.set_state(v1::HEALTH_STATE_SILENT);
  health.set_sources(7);
  state.apply(tile);
  state.apply(make_progress(10));
  const auto screen = cli::draw_table(state, {}, {}, cli::Instant{});
  CHECK(screen.find("hidden (few or none)") != std::string::npos);
  CHECK(screen.find("small sources of all partners (7) are silent") != std::string::npos);
  CHECK(screen.find("hotspot") == std::string::npos);
}

}  // namespace commonwatch::test
