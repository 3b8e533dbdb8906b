#include "clients/cpp/replay_checksum.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::client {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Calls `visit` with the bytes of every length-delimited field of that number.
template <class Visit>
void for_each_field(std::string_view bytes, int number, Visit visit) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    const bool wanted =
        WireFormatLite::GetTagFieldNumber(tag) == number &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!wanted) {
      if (!WireFormatLite::SkipField(&in, tag)) return;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return;
    const auto begin = static_cast<std::size_t>(in.CurrentPosition());
    if (!in.Skip(static_cast<int>(size))) return;
    visit(bytes.substr(begin, size));
  }
}

}  // namespace

void ReplayChecksum::add_frame(std::string_view frame) {
  for_each_field(frame, v1::ServerMessage::kDeltaFieldNumber,
                 [this](std::string_view delta) { add_item(delta); });
  for_each_field(frame, v1::ServerMessage::kReplayPageFieldNumber, [this](std::string_view page) {
    for_each_field(page, v1::ReplayPage::kEventsFieldNumber, [this](std::string_view replayed) {
      // An event without any content would leave the field out; it counts all the same.
      std::string_view event;
      for_each_field(replayed, v1::ReplayedEvent::kEventFieldNumber,
                     [&event](std::string_view found) { event = found; });
      add_item(event);
    });
  });
}

void ReplayChecksum::add_item(std::string_view bytes) {
  ++count_;
  crc_.add(bytes);
}

}  // namespace commonwatch::client
