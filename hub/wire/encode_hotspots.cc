// What a subscriber is shown: snapshot, tiles, deltas, progress.
#include <google/protobuf/arena.h>

#include "hub/wire/json_text.h"
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

v1::ServerMessage& make_message(google::protobuf::Arena& arena, std::uint32_t replay) {
  auto& message = *google::protobuf::Arena::CreateMessage<v1::ServerMessage>(&arena);
  message.set_replay(replay);
  return message;
}

// The JSON of one member of a message's JSON.
std::string take_member(const std::string& json, std::string_view name) {
  for (const JsonMember& member : members_of(json)) {
    if (member.name == name) return std::string(member.value);
  }
  return "null";
}

}  // namespace

std::string encode(const SnapshotHeader& header, Encoding encoding, std::uint32_t replay) {
  v1::ServerMessage message;
  message.set_replay(replay);
  v1::SnapshotHeader& to = *message.mutable_snapshot();
  write_position(header.position, *to.mutable_position());
  write_instant(header.as_of, *to.mutable_as_of());
  to.set_resume_refused(header.resume_refused);
  to.set_tiles(header.tiles);
  return to_bytes(message, encoding);
}

std::string encode(const model::TileState& tile, Encoding encoding, std::uint32_t replay) {
  google::protobuf::Arena arena;
  auto& message = make_message(arena, replay);
  write_tile(tile, *message.mutable_tile());
  return to_bytes(message, encoding);
}

std::string encode(const model::TileDelta& delta, Encoding encoding, std::uint32_t replay) {
  google::protobuf::Arena arena;
  auto& message = make_message(arena, replay);
  write_delta(delta, *message.mutable_delta());
  return to_bytes(message, encoding);
}

std::string encode_body(const model::TileDelta& delta) {
  google::protobuf::Arena arena;
  auto& message = *google::protobuf::Arena::CreateMessage<v1::Delta>(&arena);
  write_delta(delta, message);
  return to_binary(message);
}

std::string encode(const Progress& progress, Encoding encoding, std::uint32_t replay) {
  v1::ServerMessage message;
  message.set_replay(replay);
  write_progress(progress, *message.mutable_progress());
  return to_bytes(message, encoding);
}

std::string to_json_frame(std::string_view binary_frame) {
  google::protobuf::Arena arena;
  auto& message = *google::protobuf::Arena::CreateMessage<v1::ServerMessage>(&arena);
  if (!message.ParseFromArray(binary_frame.data(), static_cast<int>(binary_frame.size()))) {
    throw Failure(make_error(ErrorCode::kInternal, "the frame is not a ServerMessage"));
  }
  return to_json(message);
}

std::string encode_hotspots_json(const Progress& progress,
                                 const std::vector<model::Hotspot>& hotspots) {
  v1::Progress header;
  write_progress(progress, header);
  google::protobuf::Arena arena;
  auto& list = *google::protobuf::Arena::CreateMessage<v1::TileState>(&arena);
  for (const model::Hotspot& hotspot : hotspots) write_hotspot(hotspot, *list.add_hotspots());
  // Converted as one message: each conversion by itself would look the whole schema up again.
  const std::string header_json = to_json(header);
  std::string body = "{\"position\":" + take_member(header_json, "position");
  body += ",\"asOf\":" + take_member(header_json, "asOf");
  body += ",\"hotspots\":" + take_member(to_json(list), "hotspots");
  body += "}";
  return body;
}

}  // namespace commonwatch::wire
