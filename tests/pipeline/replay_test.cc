#include <algorithm>
#include <boost/json.hpp>

#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

wire::ReplayRequest events_request() {
  wire::ReplayRequest request;
  request.replay = 1;
  request.mode = wire::ReplayMode::kEvents;
  return request;
}

wire::ReplayRequest hotspots_request() {
  wire::ReplayRequest request = events_request();
  request.mode = wire::ReplayMode::kHotspots;
  return request;
}

std::vector<std::string> record_ids(const std::vector<std::string>& pages) {
  std::vector<std::string> ids;
  for (const std::string& page : pages) {
    const auto message = boost::json::parse(page);
    for (const auto& event : message.at("replayPage").at("events").as_array()) {
      ids.emplace_back(event.at("event").at("recordId").as_string());
    }
  }
  return ids;
}

std::string last_cursor(const std::vector<std::string>& pages) {
  const auto message = boost::json::parse(pages.back());
  return std::string(message.at("replayPage").at("cursor").as_string());
}

// The messages of one kind, each as its body.
std::vector<std::string> bodies(const std::vector<std::string>& frames, const char* kind) {
  std::vector<std::string> found;
  for (const std::string& frame : frames) {
    const auto message = boost::json::parse(frame).as_object();
    if (const auto* body = message.if_contains(kind)) found.push_back(serialize(*body));
  }
  return found;
}

// What a subscriber sees from an empty map to now, as bodies of deltas.
std::vector<std::string> live_deltas(const feed::Feed& feed, const pipeline::Epoch& epoch) {
  std::vector<std::string> frames;
  std::optional<model::Position> held = model::Position{epoch.id, model::Version(0)};
  for (;;) {
    const auto delivery = feed.read(held, {});
    if (delivery.kind != feed::Delivery::Kind::kDeltas) break;
    for (const auto& frame : delivery.frames) frames.push_back(*frame->json());
    held = delivery.position;
  }
  return bodies(frames, "delta");
}

std::size_t mentions(const std::vector<std::string>& bodies, const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(bodies.begin(), bodies.end(),
                    [&](const std::string& body) { return body.find(text) != std::string::npos; }));
}

model::SourceName ems() { return *model::SourceName::parse("county-ems/cad"); }

// So many chunks of the county's, one a minute, of so many events each.
void report_in_chunks(Core& core, int chunks, int events_each) {
  auto held = core.open_source("county-ems/cad");
  REQUIRE(held.has_value());
  for (int n = 0; n < chunks; ++n) {
    std::vector<std::string> events;
    for (int m = 0; m < events_each; ++m) {
      events.push_back(
          overdose("r" + std::to_string(n * events_each + m), std::chrono::minutes(n)));
    }
    REQUIRE(core.publish(*held, events).has_value());
  }
  core.close_source(*held);
}

}  // namespace

TEST_CASE("Replay of events gives every stored event once, in the order of the log") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  REQUIRE(core.publish("police/rms", {overdose("p1", std::chrono::hours(3))}).has_value());
  const auto [pages, end] = core.replay(events_request());
  const auto ids = record_ids(pages);
  REQUIRE(ids.size() == city().size() + 1);
  CHECK(ids.front() == "b0");
  CHECK(ids.back() == "p1");
  CHECK(end.count == ids.size());
}

TEST_CASE("Replay of events matches every filter that is given") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", {overdose("near", std::chrono::hours(1)),
                                          overdose("far", std::chrono::hours(1), 41.5, -77),
                                          overdose("late", std::chrono::hours(50))})
              .has_value());
  REQUIRE(core.publish("police/rms", {overdose("police", std::chrono::hours(1))}).has_value());
  REQUIRE(
      core.publish("county-ems/cad", {retraction("far", std::chrono::hours(2), 1)}).has_value());
  auto request = events_request();
  SECTION("partner") {
    request.partners = {"police"};
    CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"police"});
  }
  SECTION("source") {
    request.sources = {"county-ems/cad"};
    CHECK(record_ids(core.replay(request).first).size() == 4);
  }
  SECTION("kind") {
    request.kinds = {model::EventKind::kRetraction};
    CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"far"});
  }
  SECTION("area") {
    request.area.bounding_box = {{40, -76, 40.5, -75}};
    CHECK(record_ids(core.replay(request).first) ==
          std::vector<std::string>{"near", "late", "police"});
  }
  SECTION("range of occurred time") {
    request.from_occurred = kStart + std::chrono::hours(49);
    request.to_occurred = kStart + std::chrono::hours(51);
    CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"late"});
  }
  SECTION("as known now") {
    request.knowledge_now = true;
    CHECK(record_ids(core.replay(request).first) ==
          std::vector<std::string>{"near", "late", "police"});
  }
}

TEST_CASE("A replay of a range of occurred time goes on inside the chunk where its page ended") {
  const TemporaryDirectory directory;
  Limits limits;
  limits.page_bytes_max = 500;
  Core core(directory.path(), quick_settings(), limits);
  std::vector<std::string> wanted;
  for (int chunk = 0; chunk < 4; ++chunk) {
    // Every other one lies outside of the range.
    const auto at = std::chrono::hours(chunk % 2 == 0 ? 1 : 100);
    std::vector<std::string> events;
    for (int n = 0; n < 60; ++n) {
      const std::string record = "c" + std::to_string(chunk) + "-" + std::to_string(n);
      events.push_back(overdose(record, at + std::chrono::minutes(n)));
      if (chunk % 2 == 0) wanted.push_back(record);
    }
    REQUIRE(core.publish("county-ems/cad", events).has_value());
  }
  wire::ReplayRequest request = events_request();
  request.from_occurred = kStart;
  request.to_occurred = kStart + std::chrono::hours(3);
  const auto [pages, end] = core.replay(request);
  CHECK(pages.size() > 5);
  CHECK(record_ids(pages) == wanted);
  // From each page's cursor on as well.
  request.from_cursor = last_cursor({pages.begin(), pages.begin() + 2});
  const auto [rest, rest_end] = core.replay(request);
  std::vector<std::string> both = record_ids({pages.begin(), pages.begin() + 2});
  for (std::string& record : record_ids(rest)) both.push_back(std::move(record));
  CHECK(both == wanted);
}

TEST_CASE("A step of a replay ends also where nothing matches for long") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  report_in_chunks(core, 1100, 1);
  REQUIRE(core.publish("police/cad", {overdose("last", std::chrono::hours(20))}).has_value());
  wire::ReplayRequest request = events_request();
  request.partners = {"police"};
  const auto replay = core.begin_replay(request);
  const auto first = replay->next(pipeline::StepSize::kPage);
  REQUIRE(first.has_value());
  CHECK(first->frames.empty());
  CHECK_FALSE(first->at_end);
  CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"last"});
}

TEST_CASE("A step of a replay ends also where a chunk holds many events and none matches") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  report_in_chunks(core, 40, 500);
  REQUIRE(core.publish("county-ems/cad", {overdose("far", std::chrono::hours(1), 41.5, -77)})
              .has_value());
  wire::ReplayRequest request = events_request();
  request.area.bounding_box.push_back({41, -78, 42, -76});
  request.knowledge_now = true;
  const auto replay = core.begin_replay(request);
  const auto first = replay->next(pipeline::StepSize::kPage);
  REQUIRE(first.has_value());
  CHECK(first->frames.empty());
  CHECK_FALSE(first->at_end);
  CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"far"});
}

TEST_CASE("A replay of hotspots comes to its start in steps, from the beginning and after a seek") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  report_in_chunks(core, 1100, 1);
  core.settle();
  wire::ReplayRequest request = hotspots_request();
  request.from_recorded = kStart + std::chrono::minutes(1090);
  SECTION("as known then") {}
  SECTION("as known now") { request.knowledge_now = true; }
  const auto replay = core.begin_replay(request);
  const auto steps_to_snapshot = [&] {
    for (int steps = 1;; ++steps) {
      const auto step = replay->next(pipeline::StepSize::kPage);
      REQUIRE(step.has_value());
      REQUIRE_FALSE(step->at_end);
      if (!step->frames.empty()) return steps;
    }
  };
  CHECK(steps_to_snapshot() > 1);
  REQUIRE(replay->seek(*request.from_recorded + std::chrono::minutes(5)).has_value());
  CHECK(steps_to_snapshot() > 1);
}

TEST_CASE("Replay of events from a cursor continues behind its page") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", {overdose("a", std::chrono::hours(1))}).has_value());
  const auto first = core.replay(events_request()).first;
  REQUIRE(core.publish("county-ems/cad", {overdose("b", std::chrono::hours(2))}).has_value());
  auto request = events_request();
  request.from_cursor = last_cursor(first);
  CHECK(record_ids(core.replay(request).first) == std::vector<std::string>{"b"});
}

TEST_CASE("Replay refuses a cursor of another log and a range that ends before it starts") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  auto request = events_request();
  SECTION("cursor") {
    request.from_cursor = "AAAAAAAAAAAAAAAAAAAAAA";
    const auto replay =
        pipeline::make_replay(request, core.principal(), wire::Encoding::kJson, core.sources());
    REQUIRE_FALSE(replay.has_value());
    CHECK(replay.error().code == ErrorCode::kCursorInvalid);
  }
  SECTION("range") {
    request.from_recorded = kStart + std::chrono::hours(1);
    request.to_recorded = kStart;
    const auto replay =
        pipeline::make_replay(request, core.principal(), wire::Encoding::kJson, core.sources());
    REQUIRE_FALSE(replay.has_value());
    CHECK(replay.error().code == ErrorCode::kRangeInvalid);
    CHECK(replay.error().field == "replay.to_recorded");
  }
}

TEST_CASE("Replay of hotspots gives the deltas that a subscriber saw live, byte for byte") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  for (const std::string& event : city()) {
    REQUIRE(core.publish("county-ems/cad", {event}).has_value());
  }
  core.settle();
  const auto alerts = core.all_alerts();
  REQUIRE(alerts.size() == 1);
  // What operators say changes what is shown, from then on.
  core.say(
      wire::AlertAcknowledged{alerts[0].id, alerts[0].version, model::AlertAction::kTaken, "anna"});
  core.say(wire::Decided{
      {"anna", model::PairDecision{{ems(), "c0"}, {ems(), "c1"}, model::PairVerdict::kLinked}}});
  REQUIRE(core.publish("county-ems/cad", {overdose("d", kBurstAt + std::chrono::hours(5))})
              .has_value());
  core.settle();
  const auto live = live_deltas(core.feed(), *core.channel().epoch.get());
  REQUIRE(mentions(live, "\"acknowledgements\":[{\"principal\":\"anna\"") > 0);
  const auto [frames, end] = core.replay(hotspots_request());
  CHECK(bodies(frames, "delta") == live);
  CHECK(end.count == live.size());
}

TEST_CASE("Replay of hotspots from the middle begins with the state of that moment") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  const auto whole = bodies(core.replay(hotspots_request()).first, "delta");
  auto request = hotspots_request();
  request.from_recorded = kStart + kBurstAt + std::chrono::hours(2);
  const auto frames = core.replay(request).first;
  REQUIRE(bodies(frames, "snapshot").size() == 1);
  REQUIRE(mentions(bodies(frames, "tile"), "\"count\":7") > 0);
  const auto tail = bodies(frames, "delta");
  REQUIRE(tail.size() < whole.size());
  REQUIRE_FALSE(tail.empty());
  CHECK(std::equal(tail.rbegin(), tail.rend(), whole.rbegin()));
}

TEST_CASE("Replay as known now shows no hotspot whose records were retracted since") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  std::vector<std::string> retractions;
  for (int n = 0; n < kBurst; ++n) {
    retractions.push_back(
        retraction("c" + std::to_string(n), kBurstAt + std::chrono::hours(24), 1));
  }
  REQUIRE(core.publish("county-ems/cad", retractions).has_value());
  core.settle();
  CHECK(mentions(bodies(core.replay(hotspots_request()).first, "delta"), "\"count\":12") > 0);
  auto request = hotspots_request();
  request.knowledge_now = true;
  const auto deltas = bodies(core.replay(request).first, "delta");
  CHECK_FALSE(deltas.empty());
  CHECK(mentions(deltas, "\"count\":12") == 0);
  CHECK(mentions(deltas, "ALERT_STATE_") == 0);
}

}  // namespace commonwatch::tests
