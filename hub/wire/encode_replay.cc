// Pages and end of a replay.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <vector>

#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::io::CodedOutputStream;
using Wire = google::protobuf::internal::WireFormatLite;

std::uint32_t bytes_tag(int number) {
  return Wire::MakeTag(number, Wire::WIRETYPE_LENGTH_DELIMITED);
}

std::size_t field_bytes(int number, std::size_t content) {
  return CodedOutputStream::VarintSize32(bytes_tag(number)) +
         CodedOutputStream::VarintSize64(content) + content;
}

// The ReplayPage's field of an event up to the bytes of its payload. Events of one chunk have the
// source and the time in common.
class EventHead {
 public:
  // Of the whole field, payload included.
  std::size_t field_bytes_of(const ReplayedEvent& event) {
    return field_bytes(v1::ReplayPage::kEventsFieldNumber, content_bytes(event));
  }

  std::string_view of(const ReplayedEvent& event) {
    std::uint8_t* at = put_number(bytes_.data(), bytes_tag(v1::ReplayPage::kEventsFieldNumber),
                                  content_bytes(event));
    at = std::copy(source_field_.begin(), source_field_.end(), at);
    if (event.sequence.value() != 0) at = put_number(at, kSequenceTag, event.sequence.value());
    at = std::copy(recorded_field_.begin(), recorded_field_.end(), at);
    at = put_number(at, bytes_tag(v1::ReplayedEvent::kEventFieldNumber), event.payload.size());
    return {reinterpret_cast<const char*>(bytes_.data()),
            static_cast<std::size_t>(at - bytes_.data())};
  }

 private:
  static constexpr std::uint32_t kSequenceTag =
      Wire::MakeTag(v1::ReplayedEvent::kSequenceFieldNumber, Wire::WIRETYPE_VARINT);

  static std::uint8_t* put_number(std::uint8_t* to, std::uint32_t tag, std::uint64_t value) {
    return CodedOutputStream::WriteVarint64ToArray(value,
                                                   CodedOutputStream::WriteTagToArray(tag, to));
  }

  std::size_t content_bytes(const ReplayedEvent& event) {
    if (source_field_.empty() || event.source != source_ || event.recorded != recorded_) {
      begin(event);
    }
    const std::uint64_t sequence = event.sequence.value();
    const std::size_t sequence_bytes = sequence == 0
                                           ? 0
                                           : CodedOutputStream::VarintSize32(kSequenceTag) +
                                                 CodedOutputStream::VarintSize64(sequence);
    return source_field_.size() + sequence_bytes + recorded_field_.size() +
           field_bytes(v1::ReplayedEvent::kEventFieldNumber, event.payload.size());
  }

  void begin(const ReplayedEvent& event) {
    source_ = event.source;
    recorded_ = event.recorded;
    v1::ReplayedEvent field;
    field.set_source(std::string(source_));
    source_field_ = to_binary(field);
    field.Clear();
    write_instant(recorded_, *field.mutable_recorded_at());
    recorded_field_ = to_binary(field);
    constexpr std::size_t kBytesBesideMax = 64;
    bytes_.resize(source_field_.size() + recorded_field_.size() + kBytesBesideMax);
  }

  std::string_view source_;
  Instant recorded_{};
  std::string source_field_;
  std::string recorded_field_;
  std::vector<std::uint8_t> bytes_;
};

// Payloads are copied once, as they stand in the log, neither read nor written again: what a replay
// shows, and its checksum covers, is what was stored.
void append_page(std::string& frame, const ReplayPage& page) {
  v1::ReplayPage last_fields;
  last_fields.set_cursor(page.cursor);
  write_instant(page.reached, *last_fields.mutable_reached());
  const std::string rest = to_binary(last_fields);
  EventHead head;
  std::size_t bytes = rest.size();
  for (const ReplayedEvent& event : page.events) bytes += head.field_bytes_of(event);
  constexpr int kField = v1::ServerMessage::kReplayPageFieldNumber;
  frame.reserve(frame.size() + field_bytes(kField, bytes));
  std::array<std::uint8_t, 15> field_head{};  // five bytes at most, and ten
  const std::uint8_t* const end = CodedOutputStream::WriteVarint64ToArray(
      bytes, CodedOutputStream::WriteTagToArray(bytes_tag(kField), field_head.data()));
  frame.append(field_head.begin(), field_head.begin() + (end - field_head.data()));
  for (const ReplayedEvent& event : page.events) {
    frame += head.of(event);
    frame += event.payload;
  }
  frame += rest;
}

}  // namespace

std::string encode(const ReplayPage& page, Encoding encoding, std::uint32_t replay) {
  v1::ServerMessage head;
  head.set_replay(replay);
  std::string frame = to_binary(head);
  append_page(frame, page);
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
