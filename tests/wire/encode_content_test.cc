// Alerts, places, sources, comparisons and proposals in tiles and deltas.
#include <catch2/catch.hpp>
#include <string>

#include "hub/wire/server_message.h"
#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using samples::parse_frame;

v1::TileState tile_of(const model::TileContent& content) {
  const model::TileState state{
      model::Tile(), model::Version(12), instant_from_micros(1'000'000), content};
  return parse_frame(encode(state, Encoding::kBinary)).tile();
}

v1::Delta delta_of(const model::TileContent& content) {
  model::TileDelta delta;
  delta.tile = model::Cell::at({40.12, -75.34}, model::kTileLevel);
  delta.version = model::Version(12);
  delta.previous = model::Version(9);
  delta.changed = content;
  delta.removed = {"x"};
  return parse_frame(encode(delta, Encoding::kBinary)).delta();
}

TEST_CASE("no field of the schema is left unset by a tile whose content has none at its default") {
  auto content = samples::full_content();
  content.alerts.push_back(content.alerts.front());
  content.alerts.back().id = "z";
  content.alerts.back().asks = true;
  content.hotspots.push_back(content.hotspots.front());
  content.hotspots.back().provisional = true;
  const auto unset = samples::unset_fields(tile_of(content));
  CHECK(unset == std::set<std::string>{"commonwatch.v1.TileState.tile"});
}

TEST_CASE("a delta and a tile write the same content alike") {
  const auto tile = tile_of(samples::full_content());
  const auto delta = delta_of(samples::full_content());
  REQUIRE(delta.changed_size() == 1);
  CHECK(delta.changed(0).SerializeAsString() == tile.hotspots(0).SerializeAsString());
  REQUIRE(delta.alerts_size() == 1);
  CHECK(delta.alerts(0).SerializeAsString() == tile.alerts(0).SerializeAsString());
  REQUIRE(delta.places_size() == 1);
  CHECK(delta.places(0).SerializeAsString() == tile.places(0).SerializeAsString());
  REQUIRE(delta.sources_size() == 1);
  CHECK(delta.sources(0).SerializeAsString() == tile.sources(0).SerializeAsString());
  REQUIRE(delta.comparisons_size() == 1);
  CHECK(delta.comparisons(0).SerializeAsString() == tile.comparisons(0).SerializeAsString());
  REQUIRE(delta.proposals_size() == 1);
  CHECK(delta.proposals(0).SerializeAsString() == tile.proposals(0).SerializeAsString());
}

TEST_CASE("an alert states its state, its answers and what became of it") {
  const auto tile = tile_of(samples::full_content());
  const v1::Alert& alert = tile.alerts(0);
  CHECK(alert.id() == "89c6961c-1");
  CHECK(alert.version() == 3);
  CHECK(alert.state() == v1::ALERT_STATE_MERGED);
  CHECK(alert.assessment() == v1::ALERT_ASSESSMENT_WEAKENED);
  CHECK(alert.jurisdiction() == "Montgomery");
  CHECK(alert.hotspot().interval_days() == 480.5);
  CHECK(alert.peak() == v1::SEVERITY_ALERT);
  CHECK(alert.opened_at().seconds() == 1'457'687'340);
  CHECK(alert.changed_at().seconds() == 1'457'690'940);
  CHECK(alert.closed_at().seconds() == 1'457'694'540);
  CHECK(alert.found_late());
  CHECK(alert.asks());
  CHECK(alert.merged_into() == "older");
  REQUIRE(alert.merged_size() == 1);
  CHECK(alert.merged(0) == "younger");
  REQUIRE(alert.acknowledgements_size() == 1);
  CHECK(alert.acknowledgements(0).principal() == "anna");
  CHECK(alert.acknowledgements(0).action() == v1::ALERT_ACTION_TAKEN);
  CHECK(alert.acknowledgements(0).alert_version() == 2);
  CHECK(alert.acknowledgements(0).recorded_at().seconds() == 1'457'687'340);
}

TEST_CASE("evidence states every number that the score is made of") {
  const auto tile = tile_of(samples::full_content());
  const v1::Evidence& evidence = tile.alerts(0).evidence();
  CHECK(evidence.window_start().seconds() == 1'457'687'340);
  CHECK(evidence.window_end().seconds() == 1'457'687'340 + 86'400);
  CHECK(evidence.baseline_persons() == 11.5);
  CHECK(evidence.prior_persons() == 2.25);
  CHECK(evidence.exposure_days() == 92);
  CHECK(evidence.profile_days() == 0.9);
  CHECK(evidence.completeness() == 0.8);
  CHECK(evidence.trend() == 1.1);
  CHECK(evidence.dispersion() == 0.05);
  CHECK(evidence.note_score_nats() == 5);
  CHECK(evidence.watch_score_nats() == 7);
  CHECK(evidence.alert_score_nats() == 9);
  CHECK(evidence.permutation_zone() == 40);
  CHECK(evidence.permutation_window() == 50);
  CHECK(evidence.permutation_all() == 600);
  CHECK(evidence.permutation_score_nats() == 4.5);
  REQUIRE(evidence.agencies_size() == 2);
  CHECK(evidence.agencies(1).partner() == "police");
  CHECK(evidence.agencies(1).persons() == 2);
  REQUIRE(evidence.silent_size() == 1);
  CHECK(evidence.silent(0) == "hospital");
}

TEST_CASE("a place, a source and a proposal state their numbers") {
  const auto tile = tile_of(samples::full_content());
  const v1::PersistentPlace& place = tile.places(0);
  CHECK(place.zone().kind() == v1::ZONE_KIND_BLOCK);
  CHECK(place.days() == 90);
  CHECK(place.count() == 31);
  CHECK(place.expected() == 12.5);
  CHECK(place.q_value() == 0.0123);
  CHECK(place.gi_star() == 3.456);
  CHECK(place.trend() == v1::PLACE_TREND_INTENSIFYING);
  const v1::SourceHealth& source = tile.sources(0);
  CHECK(source.name() == "county-ems/cad-1");
  CHECK(source.state() == v1::HEALTH_STATE_LATE);
  CHECK(source.last_received_at().seconds() == 1'457'687'340);
  CHECK(source.last_occurred_at().seconds() == 1'457'687'340 - 540);
  CHECK(source.watermark().seconds() == 1'457'687'340 - 2400);
  CHECK(source.received() == 17);
  CHECK(source.expected() == 20.5);
  CHECK(source.delay_median_s() == 300);
  CHECK(source.delay_p90_s() == 1800);
  const v1::Proposal& proposal = tile.proposals(0);
  CHECK(proposal.kind() == v1::PROPOSAL_KIND_PLACEHOLDER);
  CHECK(proposal.cell() == samples::full_content().proposals[0].cell.id());
  CHECK(proposal.persons() == 56);
  CHECK(proposal.share_unnamed() == 0.875);
}

TEST_CASE("a comparison states the figures that can be given and leaves the others out") {
  auto content = samples::full_content();
  const auto full = tile_of(content).comparisons(0);
  CHECK(full.area() == "Norristown");
  CHECK(full.day() == "2016-03-11");
  CHECK(full.count() == 4);
  CHECK(full.rolling_24h() == 5);
  CHECK(full.ears_c1() == 2.5);
  CHECK(full.ears_c2() == 3.5);
  CHECK(full.ears_c3() == 4.5);
  CHECK(full.fixed_threshold() == 3);
  CHECK(full.recommended_threshold() == 6);
  CHECK(full.mean_plus_2sd() == 7.25);
  CHECK(full.cusum_poisson() == 1.5);
  CHECK(full.cusum_negative_binomial() == 1.25);

  content.comparisons[0].ears_c1 = model::kNoScore;
  content.comparisons[0].ears_c2 = 0;
  content.comparisons[0].fixed_threshold = 0;
  const auto part = tile_of(content).comparisons(0);
  CHECK(!part.has_ears_c1());
  CHECK(part.has_ears_c2());
  CHECK(!part.has_fixed_threshold());
}

TEST_CASE("JSON leaves out a figure that cannot be given, and prints one that is 0") {
  model::TileState state;
  state.content = samples::full_content();
  state.content.comparisons[0].ears_c1 = model::kNoScore;
  state.content.comparisons[0].ears_c2 = 0;
  const auto json = encode(state, Encoding::kJson);
  CHECK(json.find("\"earsC1\"") == std::string::npos);
  CHECK(json.find("\"earsC2\":0,") != std::string::npos);
}

TEST_CASE("an open alert has no closing time, and a source that sent nothing has no times") {
  auto content = samples::full_content();
  content.alerts[0].closed = {};
  content.sources[0].last_received = {};
  content.sources[0].last_occurred = {};
  content.sources[0].watermark = {};
  const auto tile = tile_of(content);
  CHECK(!tile.alerts(0).has_closed_at());
  CHECK(!tile.sources(0).has_last_received_at());
  CHECK(!tile.sources(0).has_last_occurred_at());
  CHECK(!tile.sources(0).has_watermark());
}

}  // namespace
}  // namespace commonwatch::wire
