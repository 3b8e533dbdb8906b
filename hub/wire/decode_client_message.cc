#include <google/protobuf/arena.h>

#include <algorithm>
#include <optional>
#include <type_traits>
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

// The events, decoded some at a time. `from` is taken from; it and the texts' frame outlive it.
class PublishReading {
 public:
  PublishReading(v1::Publish& from, InlineTexts texts, const Limits& limits)
      : from_(from),
        texts_(std::move(texts)),
        limits_(limits),
        encoded_(static_cast<std::size_t>(from.events_size())),
        events_(encoded_ + texts_.size() + static_cast<std::size_t>(from.inline_events_size())),
        scratch_(*Arena::CreateMessage<v1::Event>(&arena_)) {}

  Result<void> check() const {
    if (from_.source().size() > kSourceNameBytesMax) {
      return invalid("the name of a source has at most " + std::to_string(kSourceNameBytesMax) +
                         " bytes; correct it",
                     "publish.source");
    }
    if (encoded_ > 0 && events_ > encoded_) {
      return invalid("publish has both events and inline_events; use one of them",
                     "publish.events");
    }
    if (events_ == 0) return invalid("publish has no events; send at least one", "publish.events");
    if (events_ > limits_.batch_events_max) return too_many(limits_);
    return {};
  }
  PublishHead head() const {
    return {from_.source(), model::Sequence(from_.first_sequence()), events_};
  }
  // True: that was all.
  bool step() {
    to_.reserve(events_);
    const std::size_t count = encoded_ > 0 ? kEncodedInStep : kWrittenOutInStep;
    const std::size_t end = std::min(events_, to_.size() + count);
    while (to_.size() < end) to_.push_back(decode(to_.size()));
    return end == events_;
  }
  Publish take() {
    return {std::move(*from_.mutable_source()), model::Sequence(from_.first_sequence()),
            std::move(to_)};
  }

 private:
  // A quarter of a millisecond of either.
  static constexpr std::size_t kEncodedInStep = 125;
  static constexpr std::size_t kWrittenOutInStep = 6;

  DecodedEvent decode(std::size_t at) {
    if (at < encoded_) {
      return decode_event_into(scratch_, from_.events(static_cast<int>(at)), Encoding::kBinary,
                               limits_);
    }
    if (at < texts_.size()) {
      return decode_event_into(scratch_, texts_[at], Encoding::kJson, limits_);
    }
    const auto parsed = static_cast<int>(at - texts_.size());
    return accept_event(*from_.mutable_inline_events(parsed), limits_);
  }

  v1::Publish& from_;
  InlineTexts texts_;
  const Limits& limits_;
  std::size_t encoded_;
  std::size_t events_;  // in whichever way they came
  Arena arena_;
  v1::Event& scratch_;
  std::vector<DecodedEvent> to_;
};

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

// --- a message as a whole ----------------------------------------------------------------------

Result<void> parse(std::string_view frame, Encoding encoding, const Limits& limits,
                   v1::ClientMessage& message, InlineTexts& events) {
  if (frame.size() > limits.frame_bytes_max) {
    return make_error(ErrorCode::kMessageTooLarge,
                      "the message has " + std::to_string(frame.size()) + " bytes, more than the " +
                          std::to_string(limits.frame_bytes_max) +
                          " of frame_bytes_max; send less in one");
  }
  if (encoding == Encoding::kJson) return parse_frame_json(frame, message, events);
  if (parse_binary(frame, message)) return {};
  return malformed(
      "the frame is not a ClientMessage in protobuf encoding, or holds text that is not UTF-8; "
      "check the encoder");
}

// How large the body may be, HTTP has said.
Result<void> parse(std::string_view body, Encoding encoding, const Limits& /*limits*/,
                   v1::Publish& message, InlineTexts& events) {
  if (encoding == Encoding::kBinary) {
    if (parse_binary(body, message)) return {};
    return malformed(
        "the body is not a Publish in protobuf encoding, or holds text that is not UTF-8; check "
        "the encoder");
  }
  const std::string_view object = find_object(body);
  if (object.empty()) {
    return malformed(
        "the body is not a JSON object in UTF-8, or is nested too deep; send a "
        "Publish in proto3 JSON");
  }
  const auto rest = take_inline_events(object, object, events);
  if (!rest) return rest.error();
  return convert_request(*rest, message);
}

template <class Decoded>
Result<Decoded> decode_whole(std::string_view bytes, Encoding encoding, const Limits& limits) {
  Decoding<Decoded> decoding(bytes, encoding, limits);
  while (!decoding.step()) {
  }
  return decoding.take();
}

}  // namespace

template <class Decoded>
class Decoding<Decoded>::State {
  static constexpr bool kIsBody = std::is_same_v<Decoded, Publish>;
  using Message = std::conditional_t<kIsBody, v1::Publish, v1::ClientMessage>;

 public:
  State(std::string_view bytes, Encoding encoding, const Limits& limits) {
    InlineTexts events;
    if (auto parsed = parse(bytes, encoding, limits, message_, events); !parsed) {
      result_ = parsed.error();
      return;
    }
    if constexpr (kIsBody) {
      publish_.emplace(message_, std::move(events), limits);
    } else if (message_.has_publish()) {
      publish_.emplace(*message_.mutable_publish(), std::move(events), limits);
    } else {
      result_ = read_request(message_);
      return;
    }
    if (auto checked = publish_->check(); !checked) result_ = checked.error();
  }

  std::optional<PublishHead> head() const {
    return publish_ && !result_ ? std::optional(publish_->head()) : std::nullopt;
  }
  bool step() {
    if (result_) return true;
    if (!publish_->step()) return false;
    result_ = Decoded(publish_->take());
    return true;
  }
  Result<Decoded> take() { return *std::move(result_); }

 private:
  Arena arena_;
  Message& message_ = *Arena::CreateMessage<Message>(&arena_);
  std::optional<PublishReading> publish_;
  std::optional<Result<Decoded>> result_;
};

template <class Decoded>
Decoding<Decoded>::Decoding(std::string_view bytes, Encoding encoding, const Limits& limits)
    : state_(std::make_unique<State>(bytes, encoding, limits)) {}
template <class Decoded>
Decoding<Decoded>::~Decoding() = default;
template <class Decoded>
std::optional<PublishHead> Decoding<Decoded>::head() const {
  return state_->head();
}
template <class Decoded>
bool Decoding<Decoded>::step() {
  return state_->step();
}
template <class Decoded>
Result<Decoded> Decoding<Decoded>::take() {
  return state_->take();
}
template class Decoding<ClientMessage>;
template class Decoding<Publish>;

Result<ClientMessage> decode_client_message(std::string_view frame, Encoding encoding,
                                            const Limits& limits) {
  return decode_whole<ClientMessage>(frame, encoding, limits);
}

Result<Publish> decode_publish(std::string_view body, Encoding encoding, const Limits& limits) {
  return decode_whole<Publish>(body, encoding, limits);
}

}  // namespace commonwatch::wire
