#include <google/protobuf/arena.h>

#include <utility>

#include "commonwatch/v1/stream.pb.h"
#include "hub/wire/json_text.h"
#include "hub/wire/parse.h"
#include "hub/wire/read_request.h"
#include "hub/wire/schema_fault.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::Arena;

// The texts of a publish's inline events: views into the frame.
using InlineTexts = std::vector<std::string_view>;

Error malformed(std::string message) {
  return make_error(ErrorCode::kMalformedMessage, std::move(message));
}

Error invalid(std::string message, std::string field) {
  return make_error(ErrorCode::kInvalidRequest, std::move(message), std::move(field));
}

Error too_many(const Limits& limits) {
  return make_error(ErrorCode::kBatchTooLarge,
                    "a publish holds at most " + std::to_string(limits.batch_events_max) +
                        " events; nothing was consumed, send them in several",
                    "publish.events");
}

// What concerns a frame as a whole, said in the words of one event.
Error as_request_error(Error error) {
  error.code = ErrorCode::kInvalidRequest;
  return error;
}

// --- events of a publish -----------------------------------------------------------------------

Result<Publish> read_publish(v1::Publish& from, const InlineTexts& texts, const Limits& limits) {
  const auto encoded = static_cast<std::size_t>(from.events_size());
  const auto parsed = static_cast<std::size_t>(from.inline_events_size());
  const std::size_t written_out = texts.size() + parsed;
  if (encoded > 0 && written_out > 0) {
    return invalid("publish has both events and inline_events; use one of them", "publish.events");
  }
  if (encoded + written_out == 0) {
    return invalid("publish has no events; send at least one", "publish.events");
  }
  if (encoded + written_out > limits.batch_events_max) return too_many(limits);

  Publish to{std::move(*from.mutable_source()), model::Sequence(from.first_sequence()), {}};
  to.events.reserve(encoded + written_out);
  Arena arena;
  auto& scratch = *Arena::CreateMessage<v1::Event>(&arena);
  for (const std::string& bytes : from.events()) {
    to.events.push_back(decode_event_into(scratch, bytes, Encoding::kBinary, limits));
  }
  for (const std::string_view text : texts) {
    to.events.push_back(decode_event_into(scratch, text, Encoding::kJson, limits));
  }
  for (v1::Event& event : *from.mutable_inline_events()) {
    to.events.push_back(accept_event(event, limits));
  }
  return to;
}

// --- JSON --------------------------------------------------------------------------------------

// The value of the member called either name; no value if there is none, an error if there are two.
Result<std::string_view> find_member(std::string_view object, std::string_view name,
                                     std::string_view other_name) {
  std::string_view found;
  for (const JsonMember& member : members_of(object)) {
    if (member.name != name && member.name != other_name) continue;
    if (!found.empty()) return malformed(std::string(name) + " comes twice; send it once");
    found = member.value;
  }
  return found;
}

// Takes the inline events out of a publish, so that each can be decoded, and refused, alone. What
// remains of `text`, the JSON around the publish, has an empty array in their place.
Result<std::string> take_inline_events(std::string_view text, std::string_view publish,
                                       InlineTexts& events) {
  const auto array = find_member(publish, "inlineEvents", "inline_events");
  if (!array) return array.error();
  if (array->empty() || array->front() != '[') return std::string(text);
  events = elements_of(*array);
  const auto start = static_cast<std::size_t>(array->data() - text.data());
  std::string rest(text.substr(0, start));
  rest += "[]";
  rest += text.substr(start + array->size());
  return rest;
}

Result<void> convert_request(const std::string& text, google::protobuf::Message& message) {
  const auto json = parse_json(text);
  if (!json) return malformed("the text around the events is not JSON; check the encoder");
  if (auto fault = find_schema_fault(*json, *message.GetDescriptor())) {
    return as_request_error(std::move(*fault));
  }
  if (auto fault = convert_json(text, message)) return as_request_error(std::move(*fault));
  return {};
}

// The object that the text is; nothing if it is none.
std::string_view find_object(std::string_view text) {
  const auto json = parse_json(text);
  return json && json->is_object() ? trim_json(text) : std::string_view();
}

constexpr const char* kNotJson =
    "the frame is not a JSON object in UTF-8, or is nested too deep; send a ClientMessage in "
    "proto3 JSON";

// The requests of a newer client are unsupported rather than wrong.
std::optional<Error> find_unsupported(std::string_view object) {
  for (const JsonMember& member : members_of(object)) {
    const auto& type = *v1::ClientMessage::descriptor();
    bool is_known = false;
    for (int i = 0; i < type.field_count(); ++i) {
      is_known |= type.field(i)->json_name() == member.name || type.field(i)->name() == member.name;
    }
    if (!is_known) {
      return make_error(ErrorCode::kUnsupported, "this hub does not know the request " +
                                                     shorten(member.name, 64) +
                                                     "; use one that its version documents");
    }
  }
  return std::nullopt;
}

Result<void> parse_frame_json(std::string_view frame, v1::ClientMessage& message,
                              InlineTexts& events) {
  const std::string_view object = find_object(frame);
  if (object.empty()) return malformed(kNotJson);
  if (auto fault = find_unsupported(object)) return std::move(*fault);
  const auto publish = find_member(object, "publish", "publish");
  if (!publish) return publish.error();
  const auto rest = take_inline_events(object, *publish, events);
  if (!rest) return rest.error();
  return convert_request(*rest, message);
}

Result<ClientMessage> read_message(v1::ClientMessage& message, const InlineTexts& events,
                                   const Limits& limits) {
  if (!message.has_publish()) return read_request(message);
  auto publish = read_publish(*message.mutable_publish(), events, limits);
  if (!publish) return publish.error();
  return ClientMessage(std::move(*publish));
}

}  // namespace

Result<ClientMessage> decode_client_message(std::string_view frame, Encoding encoding,
                                            const Limits& limits) {
  if (frame.size() > limits.frame_bytes_max) {
    return make_error(ErrorCode::kMessageTooLarge,
                      "the message has " + std::to_string(frame.size()) + " bytes, more than the " +
                          std::to_string(limits.frame_bytes_max) +
                          " of frame_bytes_max; send less in one");
  }
  Arena arena;
  auto& message = *Arena::CreateMessage<v1::ClientMessage>(&arena);
  InlineTexts events;
  if (encoding == Encoding::kJson) {
    if (auto parsed = parse_frame_json(frame, message, events); !parsed) return parsed.error();
  } else if (!parse_binary(frame, message)) {
    return malformed(
        "the frame is not a ClientMessage in protobuf encoding, or holds text that is not UTF-8; "
        "check the encoder");
  }
  return read_message(message, events, limits);
}

Result<Publish> decode_publish(std::string_view body, Encoding encoding, const Limits& limits) {
  Arena arena;
  auto& message = *Arena::CreateMessage<v1::Publish>(&arena);
  InlineTexts events;
  if (encoding == Encoding::kJson) {
    const std::string_view object = find_object(body);
    if (object.empty()) {
      return malformed(
          "the body is not a JSON object in UTF-8, or is nested too deep; send a "
          "Publish in proto3 JSON");
    }
    const auto rest = take_inline_events(object, object, events);
    if (!rest) return rest.error();
    if (auto parsed = convert_request(*rest, message); !parsed) return parsed.error();
  } else if (!parse_binary(body, message)) {
    return malformed(
        "the body is not a Publish in protobuf encoding, or holds text that is not UTF-8; check "
        "the encoder");
  }
  return read_publish(message, events, limits);
}

}  // namespace commonwatch::wire
