// `alerts`, `explain`, `acknowledge` and `decide`, run as a person would.
#include <catch2/catch.hpp>

#include "clients/cli/decision_text.h"
#include "hub/model/cell.h"
#include "tests/client/fixtures.h"
#include "tests/client/program.h"

namespace commonwatch::test {
namespace {

constexpr const char* kAlerts =
    R"({"position":{"engineEpoch":"5","version":"7"},"asOf":"2016-03-11T09:10:00Z","alerts":[)"
    R"({"id":"aa-1","version":3,"state":"ALERT_STATE_OPEN","asks":true,"hotspot":{"id":"aa"}},)"
    R"({"id":"ab-1","version":1,"state":"ALERT_STATE_CLOSED","hotspot":{"id":"ab","newer":1}}]})";

Outcome ask(const FakeHub& hub, const std::string& arguments) {
  return run(arguments + " --server " + hub.endpoint().url());
}

v1::Decide decision(const std::string& verb, std::vector<std::string> subjects,
                    const std::string& name = "") {
  return cli::make_decision({verb, std::move(subjects), name});
}

}  // namespace

TEST_CASE("alerts lists what the hub shows, a line each, also with fields of a newer hub") {
  FakeHub hub;
  hub.bodies = {{"/v1/alerts", kAlerts}};
  const auto listed = ask(hub, "alerts -q");
  CHECK(listed.code == 0);
  CHECK_THAT(listed.output, Catch::Contains("open, asks") && Catch::Contains("ab-1"));
  CHECK(std::ranges::count(listed.output, '\n') == 2);
  const auto json = ask(hub, "alerts -q --json");
  CHECK_THAT(json.output, Catch::StartsWith(R"({"id":"aa-1","version":3,)"));
}

TEST_CASE("alerts asks for the range that was given, in recorded time") {
  FakeHub hub;
  hub.bodies = {{"/v1/alerts?from=2016-03-11T00:00:00Z&to=2016-03-12T00:00:00Z", kAlerts}};
  CHECK(ask(hub, "alerts --from 2016-03-11 --to 2016-03-12").code == 0);
  hub.bodies = {{"/v1/alerts?to=2016-03-12T00:00:00Z", kAlerts}};
  CHECK(ask(hub, "alerts --to 2016-03-12").code == 0);
}

TEST_CASE("explain takes a part of an id, and refuses one that is unknown or ambiguous") {
  FakeHub hub;
  hub.bodies = {{"/v1/alerts", kAlerts}};
  const auto explained = ask(hub, "explain aa");
  CHECK(ask(hub, "explain b-1").code == 0);
  CHECK(explained.code == 0);
  CHECK_THAT(explained.output, Catch::Contains("aa-1, open, asks"));
  CHECK(ask(hub, "explain zz").code == 7);
  CHECK(ask(hub, "explain a").code == 7);
}

TEST_CASE("acknowledge answers the alert's version as it stands, or the one that was given") {
  FakeHub hub;
  hub.bodies = {{"/v1/alerts", kAlerts}};
  const auto answered = ask(hub, "acknowledge aa --not-real");
  CHECK(answered.code == 0);
  CHECK_THAT(answered.output, Catch::Contains("recorded at 2016-03-11T09:10:00Z"));
  CHECK(ask(hub, "acknowledge aa-1 --taken --alert-version 2").code == 0);
  REQUIRE(hub.operations().size() == 2);
  const auto first = hub.operations()[0].acknowledge_alert();
  CHECK(first.alert_id() == "aa-1");
  CHECK(first.alert_version() == 3);
  CHECK(first.action() == v1::ALERT_ACTION_NOT_REAL);
  CHECK(first.request() > 0);
  CHECK(hub.operations()[1].acknowledge_alert().alert_version() == 2);
  CHECK(hub.operations()[1].acknowledge_alert().action() == v1::ALERT_ACTION_TAKEN);
}

TEST_CASE("decide sends the decision and says when it was recorded") {
  FakeHub hub;
  const auto decided = ask(hub, "decide facility 40.1409,-75.4046 --name 'County jail' --json");
  CHECK(decided.code == 0);
  CHECK(decided.output == "{\"request\":1,\"recordedAt\":\"2016-03-11T09:10:00Z\"}\n");
  REQUIRE(hub.operations().size() == 1);
  const auto site = hub.operations()[0].decide().site();
  CHECK(site.location().latitude() == 40.1409);
  CHECK(site.kind() == v1::SITE_KIND_FACILITY);
  CHECK(site.name() == "County jail");
}

TEST_CASE("An operator's request that the hub refuses for want of a right exits with 4") {
  FakeHub hub;
  v1::Error refusal;
  refusal.set_code(v1::ERROR_CODE_FORBIDDEN);
  hub.refuse_operators = refusal;
  CHECK(ask(hub, "decide ordinary 40.1409,-75.4046").code == 4);
  CHECK(ask(hub, "alerts").code == 1);  // no such path
}

TEST_CASE("Operators' commands that reach no hub exit with 5") {
  const std::string nowhere = " --server ws://127.0.0.1:1 --timeout 200ms";
  CHECK(run("alerts" + nowhere).code == 5);
  CHECK(run("explain x" + nowhere).code == 5);
  CHECK(run("acknowledge x --seen" + nowhere).code == 5);
  CHECK(run("decide ordinary 40,-75" + nowhere).code == 5);
}

TEST_CASE("A record ends its source at the second slash and may hold more of them") {
  const auto made = decision("split", {"county-ems/cad/2016/17", "police/rms/4711"});
  CHECK(made.pair().first().source() == "county-ems/cad");
  CHECK(made.pair().first().record_id() == "2016/17");
  CHECK(made.pair().second().source() == "police/rms");
  CHECK(made.pair().verdict() == v1::PAIR_VERDICT_SPLIT);
  CHECK(decision("link", {"a/b/c", "d/e/f"}).pair().verdict() == v1::PAIR_VERDICT_LINKED);
  CHECK(decision("by-rules", {"a/b/c", "d/e/f"}).pair().verdict() == v1::PAIR_VERDICT_BY_RULES);
}

TEST_CASE("What is no record is bad input") {
  for (const char* text : {"a/b", "a/b/", "A/b/c", "a", ""}) {
    INFO(text);
    CHECK_THROWS_AS(decision("link", {text, "d/e/f"}), cli::InputError);
  }
}

TEST_CASE("A place is a point or the token of a leaf cell") {
  const auto cell = model::Cell::at({40.1409, -75.4046}, model::kLeafLevel);
  CHECK(decision("placeholder", {cell.token()}).site().cell() == cell.id());
  const auto point = decision("ordinary", {"-33.9, 151.2"}).site().location();
  CHECK(point.latitude() == -33.9);
  CHECK(point.longitude() == 151.2);
  for (const std::string& text :
       {cell.parent(13).token(), std::string("zz"), std::string("40"), std::string("40,"),
        std::string("40,west"), cell.token() + "0000000000"}) {
    INFO(text);
    CHECK_THROWS_AS(decision("placeholder", {text}), cli::InputError);
  }
}

}  // namespace commonwatch::test
