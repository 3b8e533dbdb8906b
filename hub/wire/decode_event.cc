#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <array>
#include <limits>

#include "hub/wire/json_text.h"
#include "hub/wire/parse.h"
#include "hub/wire/read_event.h"
#include "hub/wire/schema_fault.h"

namespace commonwatch::wire {
namespace {

// Enough for most single events, so that they need no memory from the heap.
constexpr std::size_t kArenaBlockBytes = 2048;

DecodedEvent refuse(std::string_view bytes, Error refusal) {
  DecodedEvent decoded;
  decoded.payload = bytes;
  decoded.refusal = std::move(refusal);
  return decoded;
}

Error too_large(std::size_t bytes, const Limits& limits) {
  return make_error(ErrorCode::kEventTooLarge, "the event has " + std::to_string(bytes) +
                                                   " bytes, more than the " +
                                                   std::to_string(limits.event_bytes_max) +
                                                   " of event_bytes_max; send less in one event");
}

std::optional<Error> parse_event_json(std::string_view text, v1::Event& message) {
  const auto json = parse_json(text);
  if (!json) {
    return make_error(ErrorCode::kEventMalformed,
                      "the event is not JSON in UTF-8, or is nested too deep; send an Event in "
                      "proto3 JSON");
  }
  if (auto fault = find_schema_fault(*json, *v1::Event::descriptor())) return fault;
  return convert_json(text, message);
}

// `original`: what a refused event is kept as.
DecodedEvent accept(v1::Event& message, std::string_view original, const Limits& limits) {
  DecodedEvent decoded;
  if (auto refusal = read_event(message, decoded.event)) {
    return refuse(original, std::move(*refusal));
  }
  decoded.payload = message.SerializeAsString();
  if (decoded.payload.size() > limits.event_bytes_max) {
    return refuse(original, too_large(decoded.payload.size(), limits));
  }
  return decoded;
}

}  // namespace

bool parse_binary(std::string_view bytes, google::protobuf::MessageLite& message) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return false;
  const google::protobuf::LogSilencer silence;  // a client must not be able to fill the log
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kNestingMax);
  return message.ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
}

DecodedEvent decode_event_into(v1::Event& scratch, std::string_view bytes, Encoding encoding,
                               const Limits& limits) {
  scratch.Clear();
  if (encoding == Encoding::kJson) {
    if (auto refusal = parse_event_json(bytes, scratch)) return refuse(bytes, std::move(*refusal));
  } else {
    if (bytes.size() > limits.event_bytes_max)
      return refuse(bytes, too_large(bytes.size(), limits));
    if (!parse_binary(bytes, scratch)) {
      return refuse(bytes, make_error(ErrorCode::kEventMalformed,
                                      "the bytes are not an Event in protobuf encoding, or hold "
                                      "text that is not UTF-8; check the encoder"));
    }
  }
  return accept(scratch, bytes, limits);
}

DecodedEvent accept_event(v1::Event& message, const Limits& limits) {
  if (const std::size_t bytes = message.ByteSizeLong(); bytes > limits.event_bytes_max) {
    return refuse(message.SerializeAsString(), too_large(bytes, limits));
  }
  // Reading changes the message, so that its bytes as they came are taken before.
  const std::string original = message.SerializeAsString();
  return accept(message, original, limits);
}

DecodedEvent decode_event(std::string_view bytes, Encoding encoding, const Limits& limits) {
  std::array<char, kArenaBlockBytes> block;
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  return decode_event_into(*google::protobuf::Arena::CreateMessage<v1::Event>(&arena), bytes,
                           encoding, limits);
}

Result<model::Event> decode_stored_event(std::string_view payload) {
  std::array<char, kArenaBlockBytes> block;
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  auto& message = *google::protobuf::Arena::CreateMessage<v1::Event>(&arena);
  model::Event event;
  if (!parse_binary(payload, message)) {
    return make_error(ErrorCode::kInternal,
                      "a stored event is not in protobuf encoding; run verify on the log");
  }
  if (auto refusal = read_event(message, event)) {
    return make_error(ErrorCode::kInternal,
                      "a stored event does not fit this hub's schema (" + refusal->message +
                          "); was it written by a newer hub?",
                      refusal->field);
  }
  return event;
}

}  // namespace commonwatch::wire
