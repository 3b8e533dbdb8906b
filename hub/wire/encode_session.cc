// What a connection is told about itself: welcome, going away, errors.
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

void write_limits(const Limits& from, v1::Limits& to) {
  to.set_frame_bytes_max(from.frame_bytes_max);
  to.set_event_bytes_max(from.event_bytes_max);
  to.set_batch_events_max(from.batch_events_max);
  to.set_subscriptions_max(from.subscriptions_max);
  to.set_replays_max(from.replays_max);
  to.set_sources_max(from.sources_max);
  to.set_hello_timeout_ms(from.hello_timeout_ms);
  to.set_idle_timeout_ms(from.idle_timeout_ms);
  to.set_write_timeout_ms(from.write_timeout_ms);
  to.set_future_ms_max(from.future_ms_max);
}

}  // namespace

std::string encode(const Welcome& welcome, Encoding encoding) {
  v1::ServerMessage message;
  v1::Welcome& to = *message.mutable_welcome();
  to.set_hub(welcome.hub);
  to.set_session(welcome.session);
  write_instant(welcome.hub_time, *to.mutable_hub_time());
  to.set_principal(welcome.principal);
  to.set_audience(welcome.audience);
  write_limits(welcome.limits, *to.mutable_limits());
  to.set_heartbeat_ms(welcome.limits.heartbeat_ms);
  const auto tick = std::chrono::duration_cast<std::chrono::milliseconds>(welcome.tick);
  to.set_tick_ms(static_cast<std::uint32_t>(tick.count()));
  to.set_tile_level(model::kTileLevel);
  return to_bytes(message, encoding);
}

std::string encode(const GoingAway& going_away, Encoding encoding) {
  v1::ServerMessage message;
  v1::GoingAway& to = *message.mutable_going_away();
  to.set_reason(going_away.reason);
  to.set_reconnect_after_ms(going_away.reconnect_after_ms);
  return to_bytes(message, encoding);
}

std::string encode(const Recorded& recorded, Encoding encoding) {
  v1::ServerMessage message;
  v1::Recorded& to = *message.mutable_recorded();
  to.set_request(recorded.request);
  write_instant(recorded.recorded, *to.mutable_recorded_at());
  return to_bytes(message, encoding);
}

std::string encode(const Error& error, const ErrorContext& context, Encoding encoding,
                   std::uint32_t replay) {
  v1::ServerMessage message;
  message.set_replay(replay);
  write_error(error, context, *message.mutable_error());
  return to_bytes(message, encoding);
}

std::string encode_http(const Error& error, const ErrorContext& context, Encoding encoding) {
  v1::Error message;
  write_error(error, context, message);
  return to_bytes(message, encoding);
}

}  // namespace commonwatch::wire
