// Pages and end of a replay.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>

#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::io::CodedOutputStream;
using Wire = google::protobuf::internal::WireFormatLite;

// Appends a length-delimited field whose content is `parts`, one behind the other.
void append_field(std::string& to, int number, std::initializer_list<std::string_view> parts) {
  std::size_t bytes = 0;
  for (const std::string_view part : parts) bytes += part.size();
  std::array<std::uint8_t, 10> head{};  // a tag and a length, five bytes at most each
  std::uint8_t* end = CodedOutputStream::WriteTagToArray(
      Wire::MakeTag(number, Wire::WIRETYPE_LENGTH_DELIMITED), head.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(bytes), end);
  to.append(head.begin(), head.begin() + (end - head.data()));
  for (const std::string_view part : parts) to += part;
}

// Payloads are spliced in as they stand in the log, neither read nor written again: what a replay
// shows, and its checksum covers, is what was stored.
std::string make_page(const ReplayPage& page) {
  std::string body;
  v1::ReplayedEvent head;
  std::string event_field;
  for (const ReplayedEvent& event : page.events) {
    head.Clear();
    head.set_source(event.source.text());
    head.set_sequence(event.sequence.value());
    write_instant(event.recorded, *head.mutable_recorded_at());
    event_field.clear();
    append_field(event_field, v1::ReplayedEvent::kEventFieldNumber, {event.payload});
    append_field(body, v1::ReplayPage::kEventsFieldNumber, {to_binary(head), event_field});
  }
  v1::ReplayPage rest;
  rest.set_cursor(page.cursor);
  write_instant(page.reached, *rest.mutable_reached());
  return body + to_binary(rest);
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
