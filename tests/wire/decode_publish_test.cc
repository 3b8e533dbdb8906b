#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using samples::full_overdose;

v1::Event numbered(int number) {
  v1::Event event = full_overdose();
  event.set_record_id("record-" + std::to_string(number));
  return event;
}

Publish decode(const std::string& frame, Encoding encoding) {
  auto decoded = decode_client_message(frame, encoding, Limits());
  REQUIRE(decoded.has_value());
  REQUIRE(std::holds_alternative<Publish>(*decoded));
  return std::get<Publish>(std::move(*decoded));
}

Error refusal_of(const v1::ClientMessage& message, const Limits& limits = {}) {
  const auto decoded =
      decode_client_message(message.SerializeAsString(), Encoding::kBinary, limits);
  REQUIRE(decoded.has_error());
  return decoded.error();
}

TEST_CASE("events as bytes, written out, and in JSON give the same payloads in order") {
  v1::ClientMessage bytes;
  v1::ClientMessage inlined;
  for (auto* message : {&bytes, &inlined}) {
    message->mutable_publish()->set_source("county-ems/cad-1");
    message->mutable_publish()->set_first_sequence(41);
  }
  for (int i = 0; i < 5; ++i) {
    bytes.mutable_publish()->add_events(numbered(i).SerializeAsString());
    *inlined.mutable_publish()->add_inline_events() = numbered(i);
  }
  for (const Publish& publish : {decode(bytes.SerializeAsString(), Encoding::kBinary),
                                 decode(inlined.SerializeAsString(), Encoding::kBinary),
                                 decode(samples::proto3_json(bytes), Encoding::kJson),
                                 decode(samples::proto3_json(inlined), Encoding::kJson)}) {
    CHECK(publish.source == "county-ems/cad-1");
    CHECK(publish.first.value() == 41);
    REQUIRE(publish.events.size() == 5);
    for (int i = 0; i < 5; ++i) {
      const DecodedEvent& event = publish.events[static_cast<std::size_t>(i)];
      REQUIRE(!event.refusal);
      CHECK(event.payload == numbered(i).SerializeAsString());
      CHECK(event.event.record_id == "record-" + std::to_string(i));
    }
  }
}

template <class Decoding>
int steps_of(std::string_view bytes, Encoding encoding) {
  const Limits limits;
  Decoding decoding(bytes, encoding, limits);
  int steps = 1;
  while (!decoding.step()) ++steps;
  CHECK(decoding.take().has_value());
  return steps;
}

TEST_CASE("a large message is decoded in many steps, one without events in one") {
  v1::ClientMessage bytes;
  v1::ClientMessage inlined;
  for (int i = 0; i < 600; ++i) {
    bytes.mutable_publish()->add_events(numbered(i).SerializeAsString());
    *inlined.mutable_publish()->add_inline_events() = numbered(i);
  }
  const std::string json = samples::proto3_json(inlined);
  CHECK(steps_of<FrameDecoding>(json, Encoding::kJson) >= 30);
  CHECK(steps_of<FrameDecoding>(bytes.SerializeAsString(), Encoding::kBinary) >= 2);
  CHECK(decode(json, Encoding::kJson).events.size() == 600);
  CHECK(decode(bytes.SerializeAsString(), Encoding::kBinary).events.size() == 600);
  CHECK(steps_of<BodyDecoding>(samples::proto3_json(inlined.publish()), Encoding::kJson) >= 30);
  v1::ClientMessage hello;
  hello.mutable_hello()->set_token("token");
  CHECK(steps_of<FrameDecoding>(hello.SerializeAsString(), Encoding::kBinary) == 1);
}

TEST_CASE("what a publish says of its events is there before they are decoded") {
  v1::ClientMessage message;
  message.mutable_publish()->set_source("county-ems/cad-1");
  message.mutable_publish()->set_first_sequence(41);
  for (int i = 0; i < 3; ++i) *message.mutable_publish()->add_inline_events() = numbered(i);
  const Limits limits;
  const auto head_of = [&](const std::string& frame, Encoding encoding) {
    const FrameDecoding decoding(frame, encoding, limits);
    const auto head = decoding.head();
    return head ? std::string(head->source) + ' ' + std::to_string(head->first.value()) + ' ' +
                      std::to_string(head->events)
                : "nothing";
  };
  CHECK(head_of(message.SerializeAsString(), Encoding::kBinary) == "county-ems/cad-1 41 3");
  CHECK(head_of(samples::proto3_json(message), Encoding::kJson) == "county-ems/cad-1 41 3");
  // Nor does it take one that can be decoded.
  CHECK(
      head_of(R"({"publish": {"source": "a/b", "firstSequence": "2", "inlineEvents": [{"x": 1}]}})",
              Encoding::kJson) == "a/b 2 1");
  CHECK(head_of(R"({"publish": {"source": "a/b", "firstSequence": "2"}})", Encoding::kJson) ==
        "nothing");
  CHECK(head_of(R"({"hello": {"token": "t"}})", Encoding::kJson) == "nothing");
}

TEST_CASE("a name that no source can have is not taken, so that no answer repeats it") {
  v1::ClientMessage message;
  message.mutable_publish()->set_source(std::string(130, 'a'));
  message.mutable_publish()->add_events("");
  const Error publish = refusal_of(message);
  CHECK(publish.code == ErrorCode::kInvalidRequest);
  CHECK(publish.field == "publish.source");
  message.mutable_open_source()->set_source(std::string(130, 'a'));
  const Error open = refusal_of(message);
  CHECK(open.code == ErrorCode::kInvalidRequest);
  CHECK(open.field == "open_source.source");
  message.mutable_open_source()->set_source(std::string(129, 'a'));
  CHECK(
      decode_client_message(message.SerializeAsString(), Encoding::kBinary, Limits()).has_value());
}

TEST_CASE("an event that follows a richer one takes nothing over from it") {
  v1::ClientMessage message;
  message.mutable_publish()->add_events(full_overdose().SerializeAsString());
  message.mutable_publish()->add_events("");
  const Publish publish = decode(message.SerializeAsString(), Encoding::kBinary);
  CHECK(publish.events[1].payload.empty());
  CHECK(publish.events[1].event.kind() == model::EventKind::kUnspecified);
}

TEST_CASE("a broken event among bytes is refused alone") {
  v1::ClientMessage message;
  message.mutable_publish()->add_events(numbered(0).SerializeAsString());
  message.mutable_publish()->add_events("\xff\xff");
  message.mutable_publish()->add_events(numbered(2).SerializeAsString());
  const Publish publish = decode(message.SerializeAsString(), Encoding::kBinary);
  REQUIRE(publish.events.size() == 3);
  CHECK(!publish.events[0].refusal);
  REQUIRE(publish.events[1].refusal);
  CHECK(publish.events[1].refusal->code == ErrorCode::kEventMalformed);
  CHECK(publish.events[1].payload == "\xff\xff");
  CHECK(!publish.events[2].refusal);
}

TEST_CASE("a broken event in JSON is refused alone, wherever it stands and whatever it is") {
  const std::string good = samples::proto3_json(numbered(7));
  for (const char* bad : {R"({"name":"Jane"})", "null", "5", "[]", "\"},{\"", R"({"revision":"]"})",
                          R"({"overdose":{"place":"MOON"}})", R"({"record\u0049d":"\"\\"})"}) {
    const std::string frame = R"({ "publish" : {"source":"a/b", "inlineEvents" : [ )" + good +
                              " , " + bad + ",\n" + good + R"( ], "firstSequence":"1"} })";
    const Publish publish = decode(frame, Encoding::kJson);
    INFO(bad);
    REQUIRE(publish.events.size() == 3);
    CHECK(!publish.events[0].refusal);
    CHECK(publish.events[1].payload == (publish.events[1].refusal ? bad : "\x0a\x02\"\\"));
    CHECK(!publish.events[2].refusal);
    CHECK(publish.events[0].payload == publish.events[2].payload);
    CHECK(publish.first.value() == 1);
  }
}

TEST_CASE("numbers of an event in a JSON frame keep their last digit") {
  // Seventeen digits, some of which a careless parser rounds the wrong way.
  for (const char* digits : {"40.121499999999997", "-75.339900000000057", "8.5000000000000018",
                             "4.9406564584124654e-324", "0.1", "89.999999999999986"}) {
    const std::string event = R"({"location":{"latitude":)" + std::string(digits) + "}}";
    const Publish publish =
        decode(R"({"publish":{"inlineEvents":[)" + event + "]}}", Encoding::kJson);
    REQUIRE(!publish.events[0].refusal);
    CHECK(publish.events[0].event.location.latitude == std::strtod(digits, nullptr));
  }
}

TEST_CASE("both spellings of inline events are taken, but not both at once") {
  CHECK(decode(R"({"publish":{"inline_events":[{}]}})", Encoding::kJson).events.size() == 1);
  CHECK(decode(R"({"publish":{"inline\u0045vents":[{}]}})", Encoding::kJson).events.size() == 1);
  const auto both = decode_client_message(
      R"({"publish":{"inline_events":[{}],"inlineEvents":[{}]}})", Encoding::kJson, Limits());
  REQUIRE(both.has_error());
  CHECK(both.error().code == ErrorCode::kMalformedMessage);
}

TEST_CASE("a publish with events in both fields, or in neither, is refused") {
  v1::ClientMessage message;
  message.mutable_publish();
  CHECK(refusal_of(message).code == ErrorCode::kInvalidRequest);
  CHECK(refusal_of(message).field == "publish.events");
  message.mutable_publish()->add_events("");
  message.mutable_publish()->add_inline_events();
  CHECK(refusal_of(message).code == ErrorCode::kInvalidRequest);
  CHECK(refusal_of(message).field == "publish.events");
  for (const char* json : {R"({"publish":{"events":[""],"inlineEvents":[{}]}})",
                           R"({"publish":{"inlineEvents":[]}})", R"({"publish":null})"}) {
    INFO(json);
    CHECK(decode_client_message(json, Encoding::kJson, Limits()).has_error());
  }
}

TEST_CASE("more events than a batch may hold are refused as a whole") {
  Limits limits;
  limits.batch_events_max = 3;
  v1::ClientMessage message;
  for (int i = 0; i < 3; ++i) message.mutable_publish()->add_events("");
  CHECK(decode_client_message(message.SerializeAsString(), Encoding::kBinary, limits).has_value());
  message.mutable_publish()->add_events("");
  CHECK(refusal_of(message, limits).code == ErrorCode::kBatchTooLarge);
}

TEST_CASE("an event written out in binary is refused alone when it has a field too many") {
  v1::ClientMessage message;
  auto& event = *message.mutable_publish()->add_inline_events();
  event.GetReflection()->MutableUnknownFields(&event)->AddVarint(99, 1);
  *message.mutable_publish()->add_inline_events() = numbered(1);
  const Publish publish = decode(message.SerializeAsString(), Encoding::kBinary);
  REQUIRE(publish.events[0].refusal);
  CHECK(publish.events[0].refusal->code == ErrorCode::kUnknownField);
  CHECK(publish.events[0].payload == event.SerializeAsString());
  CHECK(!publish.events[1].refusal);
}

TEST_CASE("an event written out in binary that cannot be parsed fails the frame") {
  v1::ClientMessage message;
  message.mutable_publish()->add_inline_events()->set_record_id("abcd");
  std::string frame = message.SerializeAsString();
  frame.replace(frame.find("abcd"), 2, "\xc3\x28");
  const auto decoded = decode_client_message(frame, Encoding::kBinary, Limits());
  REQUIRE(decoded.has_error());
  CHECK(decoded.error().code == ErrorCode::kMalformedMessage);
}

TEST_CASE("decode_publish reads the body of a POST in both encodings, without a source") {
  v1::Publish message;
  *message.add_inline_events() = numbered(1);
  for (const auto& publish :
       {decode_publish(message.SerializeAsString(), Encoding::kBinary, Limits()),
        decode_publish(samples::proto3_json(message), Encoding::kJson, Limits())}) {
    REQUIRE(publish.has_value());
    CHECK(publish->source.empty());
    CHECK(publish->first.value() == 0);
    REQUIRE(publish->events.size() == 1);
    CHECK(publish->events[0].payload == numbered(1).SerializeAsString());
  }
}

TEST_CASE("decode_publish refuses a body that is no Publish") {
  const auto code_of = [](std::string_view body, Encoding encoding) {
    const auto publish = decode_publish(body, encoding, Limits());
    REQUIRE(publish.has_error());
    return publish.error().code;
  };
  CHECK(code_of("{", Encoding::kJson) == ErrorCode::kMalformedMessage);
  CHECK(code_of("[]", Encoding::kJson) == ErrorCode::kMalformedMessage);
  CHECK(code_of("{}", Encoding::kJson) == ErrorCode::kInvalidRequest);
  CHECK(code_of(R"({"event":[]})", Encoding::kJson) == ErrorCode::kInvalidRequest);
  CHECK(code_of("\xff", Encoding::kBinary) == ErrorCode::kMalformedMessage);
}

}  // namespace
}  // namespace commonwatch::wire
