#include "clients/cli/event_text.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/client/fixtures.h"

namespace commonwatch::test {
namespace {

v1::ReplayedEvent make_replayed() {
  v1::ReplayedEvent replayed;
  replayed.set_source(kSource);
  replayed.set_sequence(7);
  replayed.mutable_recorded_at()->set_seconds(1'457'687'400);
  *replayed.mutable_event() = make_event("call 1, \"rear\"");
  replayed.mutable_event()->mutable_overdose()->set_outcome(v1::OUTCOME_FATAL);
  return replayed;
}

}  // namespace

TEST_CASE("A CSV row has the columns of the head, and quotes what needs it") {
  const auto row = cli::csv_row(make_replayed());
  CHECK_THAT(cli::csv_head(), Catch::StartsWith("source,sequence,recorded_at,record_id,"));
  CHECK_THAT(row,
             Catch::StartsWith("county-ems/cad,7,2016-03-11T09:10:00Z,\"call 1, \"\"rear\"\"\","
                               "0,2016-03-11T09:09:00Z,overdose,40.12,-75.34,"));
  CHECK(std::ranges::count(cli::csv_head(), ',') == std::ranges::count(row, ',') - 1);
}

TEST_CASE("A CSV field that a spreadsheet would take for a formula is defused") {
  auto replayed = make_replayed();
  replayed.mutable_event()->set_record_id("=1+1");
  CHECK_THAT(cli::csv_row(replayed), Catch::Contains(",\"'=1+1\","));
}

TEST_CASE("A GeoJSON feature has its longitude first and the event's values as properties") {
  const auto feature = boost::json::parse(cli::geojson_feature(make_replayed()));
  const auto& coordinates = feature.at("geometry").at("coordinates").as_array();
  CHECK(coordinates[0].as_double() == -75.34);
  CHECK(coordinates[1].as_double() == 40.12);
  CHECK(feature.at("properties").at("outcome") == "fatal");
  CHECK(feature.at("properties").at("fatal").to_number<int>() == 1);
}

TEST_CASE("A GeoJSON feature without a location has no geometry") {
  auto replayed = make_replayed();
  replayed.mutable_event()->clear_location();
  CHECK(boost::json::parse(cli::geojson_feature(replayed)).at("geometry").is_null());
}

}  // namespace commonwatch::test
