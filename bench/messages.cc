#include "bench/messages.h"

#include "bench/incomplete.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::bench {
namespace {

std::string frame(const v1::ClientMessage& message) {
  return client_frame(Opcode::kBinary, message.SerializeAsString());
}

}  // namespace

std::string hello_frame(const std::string& token) {
  v1::ClientMessage message;
  message.mutable_hello()->set_token(token);
  message.mutable_hello()->set_client("commonwatch-bench");
  return frame(message);
}

std::string open_source_frame(const std::string& source) {
  v1::ClientMessage message;
  message.mutable_open_source()->set_source(source);
  return frame(message);
}

std::string subscribe_frame(const std::vector<model::Cell>& tiles) {
  v1::ClientMessage message;
  message.mutable_subscribe()->set_subscription(1);
  for (const model::Cell tile : tiles)
    message.mutable_subscribe()->mutable_area()->add_cells(tile.id());
  return frame(message);
}

namespace {

std::string replay_frame(v1::ReplayMode mode) {
  v1::ClientMessage message;
  message.mutable_replay()->set_replay(1);
  message.mutable_replay()->set_mode(mode);
  return frame(message);
}

}  // namespace

std::string replay_events_frame() { return replay_frame(v1::REPLAY_MODE_EVENTS); }
std::string replay_hotspots_frame() { return replay_frame(v1::REPLAY_MODE_HOTSPOTS); }

void reject_message(std::string_view message) {
  v1::ServerMessage parsed;
  const bool known = parsed.ParseFromArray(message.data(), static_cast<int>(message.size()));
  throw Incomplete("the hub said: " +
                   (known ? parsed.ShortDebugString().substr(0, 500) : "nothing intelligible"));
}

void WholeMessages::part(std::string_view bytes) { collected_ += bytes; }

void WholeMessages::end() {
  take_(collected_);
  collected_.clear();
}

}  // namespace commonwatch::bench
