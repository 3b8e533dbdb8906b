// Pages and end of a replay.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>

#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::io::CodedOutputStream;
using Wire = google::protobuf::internal::WireFormatLite;

// Appends a tag and what stands behind it: a number, or how many bytes follow.
void append_tagged(std::string& to, std::uint32_t tag, std::uint64_t value) {
  std::array<std::uint8_t, 15> head{};  // five bytes at most, and ten
  std::uint8_t* end = CodedOutputStream::WriteTagToArray(tag, head.data());
  end = CodedOutputStream::WriteVarint64ToArray(value, end);
  to.append(head.begin(), head.begin() + (end - head.data()));
}

void append_field_head(std::string& to, int number, std::size_t bytes) {
  append_tagged(to, Wire::MakeTag(number, Wire::WIRETYPE_LENGTH_DELIMITED), bytes);
}

// Appends a length-delimited field whose content is `parts`, one behind the other.
void append_field(std::string& to, int number, std::initializer_list<std::string_view> parts) {
  std::size_t bytes = 0;
  for (const std::string_view part : parts) bytes += part.size();
  append_field_head(to, number, bytes);
  for (const std::string_view part : parts) to += part;
}

// What stands before an event's payload; the events of one chunk have most of it in common.
class EventHead {
 public:
  std::string_view of(const ReplayedEvent& event) {
    if (head_.empty() || event.source != source_ || event.recorded != recorded_) begin(event);
    head_ = source_field_;
    if (event.sequence.value() != 0) {
      append_tagged(head_,
                    Wire::MakeTag(v1::ReplayedEvent::kSequenceFieldNumber, Wire::WIRETYPE_VARINT),
                    event.sequence.value());
    }
    head_ += recorded_field_;
    append_field_head(head_, v1::ReplayedEvent::kEventFieldNumber, event.payload.size());
    return head_;
  }

 private:
  void begin(const ReplayedEvent& event) {
    source_ = event.source;
    recorded_ = event.recorded;
    v1::ReplayedEvent field;
    field.set_source(std::string(source_));
    source_field_ = to_binary(field);
    field.Clear();
    write_instant(recorded_, *field.mutable_recorded_at());
    recorded_field_ = to_binary(field);
  }

  std::string_view source_;
  Instant recorded_{};
  std::string source_field_;
  std::string recorded_field_;
  std::string head_;
};

// Payloads are spliced in as they stand in the log, neither read nor written again: what a replay
// shows, and its checksum covers, is what was stored.
std::string make_page(const ReplayPage& page) {
  constexpr std::size_t kBytesBesidePayload = 64;
  std::size_t bytes = 0;
  for (const ReplayedEvent& event : page.events) bytes += event.payload.size();
  std::string body;
  body.reserve(bytes + page.events.size() * kBytesBesidePayload);
  EventHead head;
  for (const ReplayedEvent& event : page.events) {
    append_field(body, v1::ReplayPage::kEventsFieldNumber, {head.of(event), event.payload});
  }
  v1::ReplayPage rest;
  rest.set_cursor(page.cursor);
  write_instant(page.reached, *rest.mutable_reached());
  body += to_binary(rest);
  return body;
}

}  // namespace

std::string encode(const ReplayPage& page, Encoding encoding, std::uint32_t replay) {
  v1::ServerMessage head;
  head.set_replay(replay);
  std::string frame = to_binary(head);
  append_field(frame, v1::ServerMessage::kReplayPageFieldNumber, {make_page(page)});
  return encoding == Encoding::kJson ? to_json_frame(frame) : frame;
}

std::string encode(const ReplayEnd& end, Encoding encoding, std::uint32_t replay) {
  v1::ServerMessage message;
  message.set_replay(replay);
  v1::ReplayEnd& to = *message.mutable_replay_end();
  to.set_reason(static_cast<v1::ReplayEndReason>(end.reason));
  to.set_count(end.count);
  to.set_checksum(end.checksum);
  to.set_cursor(end.cursor);
  to.set_altered(end.marks.altered);
  to.set_reduced(end.marks.reduced);
  to.set_recomputed(end.marks.recomputed);
  return to_bytes(message, encoding);
}

}  // namespace commonwatch::wire
