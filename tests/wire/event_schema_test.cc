// What must hold for every field of event.proto, now and when fields are added.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kRounds = 2000;

// Calls `visit` once for every message that can be in an event, each time with a new event that
// holds it, and with its path.
using Visit = std::function<void(const v1::Event& event, Message& inner, const std::string& path)>;

void visit_message(const v1::Event& event, const std::function<Message&()>& reach,
                   const std::string& path, const Visit& visit) {
  Message& inner = reach();
  visit(event, inner, path);
  const Descriptor& type = *inner.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const auto reach_field = [&]() -> Message& {
      Message& outer = reach();
      return field->is_repeated() ? *outer.GetReflection()->AddMessage(&outer, field)
                                  : *outer.GetReflection()->MutableMessage(&outer, field);
    };
    visit_message(event, reach_field, path.empty() ? field->name() : path + "." + field->name(),
                  visit);
  }
}

void visit_all(const Visit& visit) {
  v1::Event event;
  visit_message(
      event,
      [&]() -> Message& {
        event.Clear();
        return event;
      },
      "", visit);
}

std::string join(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

TEST_CASE("a field that is not in the schema refuses the event, in every message of it") {
  int messages = 0;
  visit_all([&](const v1::Event& event, Message& inner, const std::string& path) {
    ++messages;
    inner.GetReflection()->MutableUnknownFields(&inner)->AddVarint(999, 1);
    const auto decoded = decode_event(event.SerializeAsString(), Encoding::kBinary, Limits());
    INFO(path);
    REQUIRE(decoded.refusal);
    CHECK(decoded.refusal->code == ErrorCode::kUnknownField);
    CHECK(decoded.refusal->field == join(path, "999"));
  });
  CHECK(messages >= 9);
}

TEST_CASE("a value that is not in the schema refuses the event, in every enumeration of it") {
  int enumerations = 0;
  visit_all([&](const v1::Event&, Message& inner, const std::string& path) {
    const Descriptor& type = *inner.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) continue;
      ++enumerations;
      // Reaches the inner message anew, since the visited one must not gather values.
      const std::string wanted = join(path, type.field(i)->name());
      visit_all([&](const v1::Event& event, Message& same, const std::string& same_path) {
        if (same_path != path) return;
        if (type.field(i)->is_repeated()) {
          same.GetReflection()->AddEnumValue(&same, type.field(i), 250);
        } else {
          same.GetReflection()->SetEnumValue(&same, type.field(i), 250);
        }
        const auto decoded = decode_event(event.SerializeAsString(), Encoding::kBinary, Limits());
        INFO(wanted);
        REQUIRE(decoded.refusal);
        CHECK(decoded.refusal->code == ErrorCode::kUnknownValue);
        CHECK(decoded.refusal->field == wanted);
      });
    }
  });
  CHECK(enumerations >= 13);
}

TEST_CASE("any event gives the same payload from binary and from JSON") {
  const auto seed = GENERATE(1U, 2U, 3U);
  std::mt19937_64 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    const v1::Event event = samples::random_event(random);
    const auto binary = decode_event(event.SerializeAsString(), Encoding::kBinary, Limits());
    const std::string text = samples::proto3_json(event);
    const auto json = decode_event(text, Encoding::kJson, Limits());
    INFO("seed " << seed << " round " << round << ": " << text);
    REQUIRE(!binary.refusal);
    REQUIRE(!json.refusal);
    REQUIRE(binary.payload == json.payload);
  }
}

TEST_CASE("any payload is its own canonical encoding and loses nothing but nanoseconds") {
  std::mt19937_64 random(4);
  for (int round = 0; round < kRounds; ++round) {
    v1::Event event = samples::random_event(random);
    const auto decoded = decode_event(event.SerializeAsString(), Encoding::kBinary, Limits());
    REQUIRE(!decoded.refusal);
    const auto again = decode_event(decoded.payload, Encoding::kBinary, Limits());
    REQUIRE(again.payload == decoded.payload);
    const auto cut = [](google::protobuf::Timestamp& time) {
      time.set_nanos(time.nanos() / 1000 * 1000);
    };
    if (event.has_occurred_at()) cut(*event.mutable_occurred_at());
    if (event.area_count().has_span_start()) {
      cut(*event.mutable_area_count()->mutable_span_start());
    }
    REQUIRE(decoded.payload == event.SerializeAsString());
  }
}

}  // namespace
}  // namespace commonwatch::wire
