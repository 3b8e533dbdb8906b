#include <catch2/catch.hpp>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using samples::from_text;

Result<ClientMessage> decode_text(const std::string& text) {
  return decode_client_message(from_text<v1::ClientMessage>(text).SerializeAsString(),
                               Encoding::kBinary, Limits());
}
Result<ClientMessage> decode_json(std::string_view json) {
  return decode_client_message(json, Encoding::kJson, Limits());
}

// The same message in both encodings, read as a T.
template <class T>
std::vector<T> decode_both(const std::string& text) {
  const auto message = from_text<v1::ClientMessage>(text);
  std::vector<T> both;
  for (const auto& decoded : {decode_text(text), decode_json(samples::proto3_json(message))}) {
    REQUIRE(decoded.has_value());
    REQUIRE(std::holds_alternative<T>(*decoded));
    both.push_back(std::get<T>(*decoded));
  }
  return both;
}

void check_refused(const Result<ClientMessage>& decoded, ErrorCode code,
                   const std::string& field = {}) {
  REQUIRE(decoded.has_error());
  CHECK(decoded.error().code == code);
  CHECK(decoded.error().field == field);
  CHECK(!decoded.error().message.empty());
}

TEST_CASE("hello is read from both encodings") {
  for (const auto& hello : decode_both<Hello>(
           R"(hello { token: "t" client: "commonwatch/1.0" purpose: "response" })")) {
    CHECK(hello.token == "t");
    CHECK(hello.client == "commonwatch/1.0");
    CHECK(hello.purpose == "response");
  }
}

TEST_CASE("a hello with a field above its length is refused and the field named") {
  const auto with = [](const char* field, std::size_t bytes) {
    return "hello { " + std::string(field) + ": \"" + std::string(bytes, 'x') + "\" }";
  };
  CHECK(decode_text(with("token", 512)).has_value());
  check_refused(decode_text(with("token", 513)), ErrorCode::kInvalidRequest, "hello.token");
  check_refused(decode_text(with("client", 129)), ErrorCode::kInvalidRequest, "hello.client");
  check_refused(decode_text(with("purpose", 65)), ErrorCode::kInvalidRequest, "hello.purpose");
}

TEST_CASE("open_source is read from both encodings, with a sequence of 64 bits") {
  for (const auto& open : decode_both<OpenSource>(
           R"(open_source { source: "a/b" acknowledged_sequence: 18446744073709551615 })")) {
    CHECK(open.source == "a/b");
    CHECK(open.acknowledged.value() == 18446744073709551615ULL);
  }
}

TEST_CASE("64-bit numbers come in JSON as text or as a number, to the last digit") {
  for (const char* json : {R"({"openSource":{"acknowledgedSequence":"9007199254740993"}})",
                           R"({"openSource":{"acknowledgedSequence":9007199254740993}})"}) {
    const auto decoded = decode_json(json);
    REQUIRE(decoded.has_value());
    CHECK(std::get<OpenSource>(*decoded).acknowledged.value() == 9007199254740993ULL);
  }
}

TEST_CASE("subscribe is read from both encodings, with area and position") {
  for (const auto& subscribe : decode_both<Subscribe>(R"(subscribe {
         subscription: 3
         area { bounding_box { south: 39.9 west: -75.7 north: 40.5 east: -75 } }
         resume { engine_epoch: 18446744073709551615 version: 77 } })")) {
    CHECK(subscribe.subscription == 3);
    REQUIRE(subscribe.area.bounding_box.size() == 1);
    CHECK(subscribe.area.bounding_box[0].south == 39.9);
    CHECK(subscribe.area.bounding_box[0].west == -75.7);
    CHECK(subscribe.area.bounding_box[0].north == 40.5);
    CHECK(subscribe.area.bounding_box[0].east == -75);
    REQUIRE(subscribe.resume);
    CHECK(subscribe.resume->epoch.value() == 18446744073709551615ULL);
    CHECK(subscribe.resume->version.value() == 77);
  }
}

TEST_CASE("a subscription without area or position asks for everything from now") {
  for (const auto& subscribe : decode_both<Subscribe>("subscribe { subscription: 1 }")) {
    CHECK(subscribe.area.bounding_box.empty());
    CHECK(subscribe.area.polygon.empty());
    CHECK(subscribe.area.cells.empty());
    CHECK(!subscribe.resume);
  }
}

TEST_CASE("polygons and cells are read from both encodings") {
  for (const auto& update : decode_both<UpdateSubscription>(R"(update_subscription {
         subscription: 2 area { polygon { vertices { latitude: 1 longitude: 2 }
                                          vertices { latitude: 3 longitude: 4 } } } })")) {
    REQUIRE(update.area.polygon.size() == 2);
    CHECK(update.area.polygon[1].latitude == 3);
    CHECK(update.area.polygon[1].longitude == 4);
  }
  for (const auto& update : decode_both<UpdateSubscription>(
           "update_subscription { area { cells: 9926595690882924544 cells: 5 } }")) {
    CHECK(update.area.cells == std::vector<std::uint64_t>{9926595690882924544ULL, 5});
  }
}

TEST_CASE("a polygon without vertices is refused rather than taken for everywhere") {
  check_refused(decode_text("subscribe { area { polygon {} } }"), ErrorCode::kAreaInvalid,
                "area.polygon");
}

TEST_CASE("unsubscribe and acknowledge_alert are read from both encodings") {
  for (const auto& message : decode_both<Unsubscribe>("unsubscribe { subscription: 9 }")) {
    CHECK(message.subscription == 9);
  }
  for (const auto& message : decode_both<AcknowledgeAlert>(
           R"(acknowledge_alert { alert_id: "x" alert_version: 2 action: ALERT_ACTION_REAL
                                request: 5 })")) {
    CHECK(message.alert_id == "x");
    CHECK(message.alert_version == 2);
    CHECK(message.action == model::AlertAction::kReal);
    CHECK(message.request == 5);
  }
}

TEST_CASE("replay is read from both encodings") {
  for (const auto& replay : decode_both<ReplayRequest>(R"(replay {
         replay: 4 mode: REPLAY_MODE_EVENTS audience: "analysts"
         from_recorded { seconds: 10 nanos: 5000 } to_occurred { seconds: 20 }
         filter { partners: "a" sources: "a/b" kinds: EVENT_KIND_AREA_COUNT
                  area { cells: 7 } }
         knowledge: KNOWLEDGE_NOW speed: 10.5 follow: true })")) {
    CHECK(replay.replay == 4);
    CHECK(replay.mode == ReplayMode::kEvents);
    CHECK(replay.audience == "analysts");
    CHECK(replay.from_recorded == instant_from_micros(10'000'005));
    CHECK(!replay.from_occurred);
    CHECK(!replay.from_cursor);
    CHECK(!replay.to_recorded);
    CHECK(replay.to_occurred == instant_from_micros(20'000'000));
    CHECK(replay.partners == std::vector<std::string>{"a"});
    CHECK(replay.sources == std::vector<std::string>{"a/b"});
    CHECK(replay.kinds == std::vector<model::EventKind>{model::EventKind::kAreaCount});
    CHECK(replay.area.cells == std::vector<std::uint64_t>{7});
    CHECK(replay.knowledge_now);
    CHECK(replay.speed == 10.5);
    CHECK(replay.follow);
  }
  for (
      const auto& replay : decode_both<ReplayRequest>(
          R"(replay { mode: REPLAY_MODE_HOTSPOTS from_cursor: "c" to_recorded { seconds: 1 } })")) {
    CHECK(replay.mode == ReplayMode::kHotspots);
    CHECK(replay.from_cursor == "c");
    CHECK(replay.to_recorded == instant_from_micros(1'000'000));
  }
}

TEST_CASE("replay_control is read from both encodings") {
  const auto control = [](const std::string& text) {
    return decode_both<ReplayControl>("replay_control { replay: 4 " + text + " }");
  };
  for (const auto& message : control("pause: true")) CHECK(message.pause == true);
  for (const auto& message : control("pause: false")) CHECK(message.pause == false);
  for (const auto& message : control("speed: 2")) CHECK(message.speed == 2);
  for (const auto& message : control("cancel: true")) CHECK(message.cancel);
  for (const auto& message : control("seek_recorded { seconds: 3 }")) {
    CHECK(message.seek_recorded == instant_from_micros(3'000'000));
  }
  for (const auto& message : control("")) {
    CHECK((!message.pause && !message.speed && !message.seek_recorded && !message.cancel));
  }
}

TEST_CASE("a value that a request's enumeration does not have is refused") {
  check_refused(decode_text("replay { mode: 9 }"), ErrorCode::kInvalidRequest, "replay.mode");
  check_refused(decode_text("replay { knowledge: 9 }"), ErrorCode::kInvalidRequest,
                "replay.knowledge");
  check_refused(decode_text("replay { filter { kinds: 9 } }"), ErrorCode::kInvalidRequest,
                "replay.filter.kinds");
  check_refused(decode_json(R"({"replay":{"mode":"BACKWARDS"}})"), ErrorCode::kInvalidRequest,
                "replay.mode");
}

TEST_CASE("a replay's filter holds a hundred names or kinds, each as long as a name may be") {
  const auto with = [](const std::string& entry, int count) {
    std::string text = "replay { replay: 1 filter { ";
    for (int i = 0; i < count; ++i) text += entry + " ";
    return decode_text(text + "} }");
  };
  const std::string longest = ": '" + std::string(64, 'p') + "/" + std::string(64, 's') + "'";
  const std::string too_long = ": '" + std::string(130, 'p') + "'";
  for (const std::string field : {"partners", "sources"}) {
    CAPTURE(field);
    CHECK(with(field + longest, 100).has_value());
    check_refused(with(field + ": 'a'", 101), ErrorCode::kInvalidRequest, "replay.filter." + field);
    check_refused(with(field + too_long, 1), ErrorCode::kInvalidRequest, "replay.filter." + field);
  }
  CHECK(with("kinds: 1", 100).has_value());
  check_refused(with("kinds: 1", 101), ErrorCode::kInvalidRequest, "replay.filter.kinds");
}

TEST_CASE("a request's time outside the years 1 to 9999 is refused") {
  for (const char* field : {"from_recorded", "from_occurred", "to_recorded", "to_occurred"}) {
    check_refused(decode_text("replay { " + std::string(field) + " { seconds: 253402300800 } }"),
                  ErrorCode::kInvalidRequest, "replay." + std::string(field));
  }
  check_refused(decode_text("replay_control { seek_recorded { nanos: -1 } }"),
                ErrorCode::kInvalidRequest, "replay_control.seek_recorded");
}

TEST_CASE("an empty message is malformed") {
  check_refused(decode_client_message("", Encoding::kBinary, Limits()),
                ErrorCode::kMalformedMessage);
  check_refused(decode_json("{}"), ErrorCode::kMalformedMessage);
}

TEST_CASE("a request of a newer client is unsupported") {
  const std::string newer("\xa2\x06\x00", 3);  // field 100, an empty message
  check_refused(decode_client_message(newer, Encoding::kBinary, Limits()), ErrorCode::kUnsupported);
  check_refused(decode_json(R"({"teleport":{}})"), ErrorCode::kUnsupported);
}

TEST_CASE("a field of a newer client in a known request is passed over in binary") {
  auto message = from_text<v1::ClientMessage>("unsubscribe { subscription: 1 }");
  message.unsubscribe()
      .GetReflection()
      ->MutableUnknownFields(message.mutable_unsubscribe())
      ->AddVarint(100, 1);
  CHECK(
      decode_client_message(message.SerializeAsString(), Encoding::kBinary, Limits()).has_value());
}

TEST_CASE("a name that a request does not have is refused in JSON and named") {
  check_refused(decode_json(R"({"openSource":{"sorce":"a/b"}})"), ErrorCode::kInvalidRequest,
                "open_source.sorce");
  check_refused(decode_json(R"({"publish":{"source":"a/b","inlineEvents":[{}],"x":1}})"),
                ErrorCode::kInvalidRequest, "publish.x");
}

TEST_CASE("a request's value of the wrong type is refused in JSON and named") {
  check_refused(decode_json(R"({"publish":{"firstSequence":"one","inlineEvents":[{}]}})"),
                ErrorCode::kInvalidRequest, "publish.first_sequence");
  check_refused(decode_json(R"({"subscribe":7})"), ErrorCode::kInvalidRequest, "subscribe");
  check_refused(decode_json(R"({"publish":{"inlineEvents":{}}})"), ErrorCode::kInvalidRequest,
                "publish.inline_events");
}

TEST_CASE("two requests in one JSON frame are refused") {
  CHECK(decode_json(R"({"unsubscribe":{},"hello":{}})").has_error());
  CHECK(decode_json(R"({"hello":{},"hello":{}})").has_error());
}

TEST_CASE("a frame that is not of its subprotocol is malformed") {
  check_refused(decode_client_message("\x0a\x7f", Encoding::kBinary, Limits()),
                ErrorCode::kMalformedMessage);
  for (const char* text : {"", "hello", "[]", "null", "{\"hello\":{}", "{\"hello\":{}}{}",
                           "{\"hello\":{\"token\":\"\xff\"}}"}) {
    INFO(text);
    check_refused(decode_json(text), ErrorCode::kMalformedMessage);
  }
}

TEST_CASE("a frame above the limit is too large") {
  Limits limits;
  limits.frame_bytes_max = 10;
  check_refused(decode_client_message(std::string(11, '{'), Encoding::kJson, limits),
                ErrorCode::kMessageTooLarge);
  check_refused(decode_client_message(std::string(11, '\n'), Encoding::kBinary, limits),
                ErrorCode::kMessageTooLarge);
}

}  // namespace
}  // namespace commonwatch::wire
