// What operators ask for: acknowledge_alert and decide.
#include <catch2/catch.hpp>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

Result<ClientMessage> decode_text(const std::string& text) {
  return decode_client_message(samples::from_text<v1::ClientMessage>(text).SerializeAsString(),
                               Encoding::kBinary, Limits());
}

Decide decide(const std::string& text) {
  const auto message = samples::from_text<v1::ClientMessage>("decide { request: 3 " + text + " }");
  const auto binary =
      decode_client_message(message.SerializeAsString(), Encoding::kBinary, Limits());
  const auto json =
      decode_client_message(samples::proto3_json(message), Encoding::kJson, Limits());
  REQUIRE(binary.has_value());
  REQUIRE(json.has_value());
  CHECK(std::get<Decide>(*binary).request == 3);
  CHECK(std::get<Decide>(*binary).subject == std::get<Decide>(*json).subject);
  return std::get<Decide>(*binary);
}

void check_refused(const std::string& text, const std::string& field) {
  INFO(text);
  const auto decoded = decode_text(text);
  REQUIRE(decoded.has_error());
  CHECK(decoded.error().code == ErrorCode::kInvalidRequest);
  CHECK(decoded.error().field == field);
}

constexpr const char* kPair = R"(first { source: "county-ems/cad-1" record_id: "a" }
                                 second { source: "police/rms" record_id: "b" } )";

TEST_CASE("a decision on two records is read from both encodings") {
  const auto made = decide(std::string("pair { ") + kPair + " verdict: PAIR_VERDICT_SPLIT }");
  const auto& pair = std::get<model::PairDecision>(made.subject);
  CHECK(pair.first.source.text() == "county-ems/cad-1");
  CHECK(pair.first.record_id == "a");
  CHECK(pair.second.source.text() == "police/rms");
  CHECK(pair.second.record_id == "b");
  CHECK(pair.verdict == model::PairVerdict::kSplit);
}

TEST_CASE("a decision on a site is read with its cell") {
  const auto cell = model::Cell::at({40.2290075, -75.3878525}, model::kLeafLevel);
  const auto made = decide("site { cell: " + std::to_string(cell.id()) +
                           R"( kind: SITE_KIND_FACILITY name: "County jail" })");
  const auto& site = std::get<model::SiteDecision>(made.subject);
  CHECK(site.cell == cell);
  CHECK(site.kind == model::SiteKind::kFacility);
  CHECK(site.name == "County jail");
}

TEST_CASE("a location stands for the leaf cell that holds it") {
  const auto made = decide(
      "site { location { latitude: 40.2290075 longitude: -75.3878525 } "
      "kind: SITE_KIND_PLACEHOLDER }");
  CHECK(std::get<model::SiteDecision>(made.subject).cell ==
        model::Cell::at({40.2290075, -75.3878525}, model::kLeafLevel));
}

TEST_CASE("a decision on records that cannot be is refused and the field named") {
  const std::string verdict = " verdict: PAIR_VERDICT_LINKED } }";
  check_refused("decide { request: 1 pair { " + std::string(kPair) + "} }", "decide.pair.verdict");
  check_refused("decide { request: 1 pair { " + std::string(kPair) + " verdict: 9 } }",
                "decide.pair.verdict");
  check_refused(R"(decide { request: 1 pair { first { source: "x" record_id: "a" } )" + verdict,
                "decide.pair.first.source");
  check_refused(R"(decide { request: 1 pair { first { source: "a/b" record_id: "a" }
                   second { source: "a/b" } )" + verdict,
                "decide.pair.second.record_id");
  check_refused(R"(decide { request: 1 pair { first { source: "a/b" record_id: ")" +
                    std::string(129, 'x') + "\" } " + verdict,
                "decide.pair.first.record_id");
  check_refused(R"(decide { request: 1 pair { first { source: "a/b" record_id: "a" }
                   second { source: "a/b" record_id: "a" } )" + verdict,
                "decide.pair.second");
}

TEST_CASE("a decision on a site that cannot be is refused and the field named") {
  const auto site = [](const std::string& text) { return "decide { request: 1 site { " + text + " } }"; };
  const std::string here = "location { latitude: 40 longitude: -75 } ";
  const auto coarse = model::Cell::at({40, -75}, model::kLeafLevel - 1);
  check_refused(site(here), "decide.site.kind");
  check_refused(site(here + "kind: 9"), "decide.site.kind");
  check_refused(site("kind: SITE_KIND_ORDINARY"), "decide.site.cell");
  check_refused(site("cell: " + std::to_string(coarse.id()) + " kind: SITE_KIND_ORDINARY"),
                "decide.site.cell");
  check_refused(site("location { latitude: 91 } kind: SITE_KIND_ORDINARY"),
                "decide.site.location");
  check_refused(site("location { latitude: nan } kind: SITE_KIND_ORDINARY"),
                "decide.site.location");
  check_refused(site(here + "kind: SITE_KIND_FACILITY"), "decide.site.name");
  check_refused(site(here + "kind: SITE_KIND_FACILITY name: \"" + std::string(65, 'x') + "\""),
                "decide.site.name");
  check_refused(site(here + "kind: SITE_KIND_PLACEHOLDER name: \"x\""), "decide.site.name");
}

TEST_CASE("a decision on nothing, or without a number, is refused") {
  check_refused("decide { request: 1 }", "decide.pair");
  check_refused("decide { site { kind: SITE_KIND_ORDINARY cell: 1 } }", "decide.request");
}

TEST_CASE("an acknowledgement without number, alert, version or action is refused") {
  const auto with = [](const std::string& text) { return "acknowledge_alert { " + text + " }"; };
  check_refused(with(R"(alert_id: "x" alert_version: 1 action: ALERT_ACTION_SEEN)"),
                "acknowledge_alert.request");
  check_refused(with("request: 1 alert_version: 1 action: ALERT_ACTION_SEEN"),
                "acknowledge_alert.alert_id");
  check_refused(with(R"(request: 1 alert_id: "x" action: ALERT_ACTION_SEEN)"),
                "acknowledge_alert.alert_version");
  check_refused(with(R"(request: 1 alert_id: "x" alert_version: 1)"), "acknowledge_alert.action");
  check_refused(with(R"(request: 1 alert_id: "x" alert_version: 1 action: 9)"),
                "acknowledge_alert.action");
}

}  // namespace
}  // namespace commonwatch::wire
