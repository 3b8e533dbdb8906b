// What a subscriber is shown: snapshot, tiles, deltas, progress.
#include <google/protobuf/arena.h>

#include <array>
#include <span>

#include "hub/wire/json_text.h"
#include "hub/wire/write_content.h"
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

v1::ServerMessage& make_message(google::protobuf::Arena& arena, std::uint32_t replay) {
  auto& message = *google::protobuf::Arena::CreateMessage<v1::ServerMessage>(&arena);
  message.set_replay(replay);
  return message;
}

constexpr std::array<std::string_view, 9> kLists = {
    "hotspots",  "alerts",          "places",          "sources",      "comparisons",
    "proposals", "publishedCounts", "publishedAlerts", "bandedHealth"};

constexpr std::array<std::string_view, 1> kAlerts = {"alerts"};

// The JSON of one member of a message's JSON.
std::string_view take_member(const std::vector<JsonMember>& members, std::string_view name) {
  for (const JsonMember& member : members) {
    if (member.name == name) return member.value;
  }
  return "null";
}

std::string position_members(const Progress& progress) {
  v1::Progress message;
  write_progress(progress, message);
  const std::string json = to_json(message);
  const auto members = members_of(json);
  std::string text = "\"position\":";
  text += take_member(members, "position");
  text += ",\"asOf\":";
  text += take_member(members, "asOf");
  return text;
}

// `,"name":[…]` of each list. All lists were converted as one message: each conversion by itself
// would look the whole schema up again.
std::string list_members(const std::string& json, std::span<const std::string_view> names) {
  const auto members = members_of(json);
  std::string text;
  for (const std::string_view name : names) {
    text += ",\"";
    text += name;
    text += "\":";
    text += take_member(members, name);
  }
  return text;
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

std::string encode(const Heartbeat&, Encoding encoding) {
  v1::ServerMessage message;
  message.mutable_progress();
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

std::string encode_hotspots_json(const Progress& progress, const model::TileContent& content) {
  google::protobuf::Arena arena;
  auto& lists = *google::protobuf::Arena::CreateMessage<v1::TileState>(&arena);
  write_content(content, lists);
  const std::string json = to_json(lists);
  return "{" + position_members(progress) + list_members(json, kLists) + "}";
}

std::string encode_alerts_json(const Progress& progress, const std::vector<model::Alert>& alerts) {
  google::protobuf::Arena arena;
  auto& lists = *google::protobuf::Arena::CreateMessage<v1::TileState>(&arena);
  for (const model::Alert& alert : alerts) write_alert(alert, *lists.add_alerts());
  const std::string json = to_json(lists);
  return "{" + position_members(progress) + list_members(json, kAlerts) + "}";
}

}  // namespace commonwatch::wire
