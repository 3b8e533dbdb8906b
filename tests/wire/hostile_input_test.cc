// Whatever comes in, decoding answers with a message or an error. Built with a sanitizer, these
// tests also show that it reads nothing it should not.
#include <catch2/catch.hpp>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

constexpr Encoding kEncodings[] = {Encoding::kBinary, Encoding::kJson};

Limits generous() {
  Limits limits;
  limits.frame_bytes_max = 64U << 20U;
  return limits;
}

std::string publish_frame(Encoding encoding) {
  v1::ClientMessage message;
  auto& publish = *message.mutable_publish();
  publish.set_source("county-ems/cad-1");
  publish.set_first_sequence(1);
  if (encoding == Encoding::kBinary) {
    publish.add_events(samples::full_overdose().SerializeAsString());
    return message.SerializeAsString();
  }
  *publish.add_inline_events() = samples::full_overdose();
  return samples::proto3_json(message);
}

std::string replay_frame(Encoding encoding) {
  const auto message = samples::from_text<v1::ClientMessage>(R"(replay {
      replay: 4 mode: REPLAY_MODE_EVENTS from_recorded { seconds: 10 } to_occurred { seconds: 20 }
      filter { partners: "a"
               area { polygon { vertices { latitude: 1 } vertices { longitude: 2 } } } }
      speed: 10.5 })");
  return encoding == Encoding::kBinary ? message.SerializeAsString()
                                       : samples::proto3_json(message);
}

// An error says what it is about, in text that can be sent on.
void check_answer(const Result<ClientMessage>& decoded) {
  if (decoded.has_value()) return;
  REQUIRE(!decoded.error().message.empty());
  REQUIRE(decoded.error().message.size() < 1000);
}

TEST_CASE("a frame cut off at any byte is answered") {
  for (const Encoding encoding : kEncodings) {
    for (const std::string& frame : {publish_frame(encoding), replay_frame(encoding)}) {
      for (std::size_t bytes = 0; bytes < frame.size(); ++bytes) {
        const auto decoded = decode_client_message(frame.substr(0, bytes), encoding, Limits());
        check_answer(decoded);
        if (encoding == Encoding::kJson) REQUIRE(decoded.has_error());
      }
    }
  }
}

TEST_CASE("an event cut off at any byte is never taken for the whole one") {
  const std::string bytes = samples::full_overdose().SerializeAsString();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_event(bytes.substr(0, size), Encoding::kBinary, Limits());
    REQUIRE((decoded.refusal || decoded.payload != bytes));
  }
}

TEST_CASE("frames with random bytes changed are answered") {
  std::mt19937_64 random(11);
  for (const Encoding encoding : kEncodings) {
    for (const std::string& frame : {publish_frame(encoding), replay_frame(encoding)}) {
      for (int round = 0; round < 3000; ++round) {
        std::string changed = frame;
        for (auto flips = 1 + random() % 4; flips > 0; --flips) {
          changed[random() % changed.size()] = static_cast<char>(random());
        }
        check_answer(decode_client_message(changed, encoding, Limits()));
      }
    }
  }
}

TEST_CASE("random bytes are answered") {
  std::mt19937_64 random(12);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const Encoding encoding : kEncodings) {
      check_answer(decode_client_message(bytes, encoding, Limits()));
      decode_event(bytes, encoding, Limits());
    }
  }
}

TEST_CASE("an accepted event is canonical whatever it came from") {
  std::mt19937_64 random(13);
  const std::string bytes = samples::full_overdose().SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = bytes;
    changed[random() % changed.size()] = static_cast<char>(random());
    const auto decoded = decode_event(changed, Encoding::kBinary, Limits());
    if (decoded.refusal) continue;
    ++accepted;
    const auto again = decode_event(decoded.payload, Encoding::kBinary, Limits());
    REQUIRE(!again.refusal);
    REQUIRE(again.payload == decoded.payload);
  }
  CHECK(accepted > 1000);
}

TEST_CASE("deep nesting is refused in JSON") {
  for (const std::string& open : {std::string("["), std::string("{\"publish\":"),
                                  std::string("{\"publish\":{\"inlineEvents\":[")}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += open;
    const auto decoded = decode_client_message(text, Encoding::kJson, generous());
    REQUIRE(decoded.has_error());
    CHECK(decoded.error().code == ErrorCode::kMalformedMessage);
    CHECK(decode_event(text, Encoding::kJson, generous()).refusal.has_value());
  }
  const std::string nested = R"({"publish":{"inlineEvents":[)" + std::string(50'000, '[') +
                             std::string(50'000, ']') + "]}}";
  CHECK(decode_client_message(nested, Encoding::kJson, generous()).has_error());
}

TEST_CASE("deep nesting is refused in binary") {
  // Groups of an unknown field, which protobuf would follow downwards.
  const std::string groups = std::string(5000, '\x7b') + std::string(5000, '\x7c');
  CHECK(decode_client_message(groups, Encoding::kBinary, Limits()).has_error());
  CHECK(decode_event(groups, Encoding::kBinary, Limits()).refusal.has_value());
}

TEST_CASE("fields of 10 MB are refused with their code, and do not come back in the message") {
  const std::string huge(10U << 20U, 'x');
  v1::Event event = samples::full_overdose();
  event.set_record_id(huge);
  for (const Encoding encoding : kEncodings) {
    const std::string bytes =
        encoding == Encoding::kBinary ? event.SerializeAsString() : samples::proto3_json(event);
    const auto decoded = decode_event(bytes, encoding, Limits());
    REQUIRE(decoded.refusal);
    CHECK(decoded.refusal->code == ErrorCode::kEventTooLarge);
    CHECK(decoded.refusal->message.size() < 1000);
  }
  for (const std::string& text :
       {"{\"" + huge + "\":1}", R"({"revision":")" + huge + "\"}",
        R"({"overdose":{"place":")" + huge + "\"}}", R"({"occurredAt":")" + huge + "\"}"}) {
    const auto decoded = decode_event(text, Encoding::kJson, Limits());
    REQUIRE(decoded.refusal);
    CHECK(decoded.refusal->message.size() < 1000);
    CHECK(decoded.refusal->field.size() < 100);
  }
  const auto request =
      decode_client_message(R"({"hello":{")" + huge + "\":1}}", Encoding::kJson, generous());
  REQUIRE(request.has_error());
  CHECK(request.error().message.size() < 1000);
}

TEST_CASE("a frame of a million empty events is refused before they are made") {
  std::string body;
  for (int i = 0; i < 500'000; ++i) body += std::string("\x1a\x00", 2);
  v1::ClientMessage message;
  REQUIRE(message.mutable_publish()->ParseFromString(body));
  const auto decoded =
      decode_client_message(message.SerializeAsString(), Encoding::kBinary, generous());
  REQUIRE(decoded.has_error());
  CHECK(decoded.error().code == ErrorCode::kBatchTooLarge);
}

TEST_CASE("hello in text that is not UTF-8 is malformed") {
  for (const char* bad : {"\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"}) {
    const std::string text(bad);
    const std::string json = R"({"hello":{"client":")" + text + "\"}}";
    const std::string client = "\x12" + std::string(1, static_cast<char>(text.size())) + text;
    const std::string binary = "\x0a" + std::string(1, static_cast<char>(client.size())) + client;
    CHECK(decode_client_message(json, Encoding::kJson, Limits()).has_error());
    CHECK(decode_client_message(binary, Encoding::kBinary, Limits()).has_error());
  }
}

}  // namespace
}  // namespace commonwatch::wire
