// What the fuzzers of the wire hold about whatever was decoded.
#pragma once

#include <string_view>

#include "hub/wire/client_message.h"
#include "tests/fuzz/require.h"

namespace commonwatch::fuzz {

// An accepted event is canonical and can be read back; a refused one says why.
inline void check_event(const wire::DecodedEvent& event, const Limits& limits) {
  if (event.refusal) return check_error(*event.refusal);
  require(event.payload.size() <= limits.event_bytes_max);
  const auto again = wire::decode_event(event.payload, wire::Encoding::kBinary, limits);
  require(!again.refusal);
  require(again.payload == event.payload);
  const auto stored = wire::decode_stored_event(event.payload);
  require(stored.has_value());
  require(stored->record_id == event.event.record_id);
  require(stored->occurred_at == event.event.occurred_at);
  // Validation answers for whatever decoding lets through.
  const auto valid = model::validate(event.event, limits, event.event.occurred_at);
  if (!valid) check_error(valid.error());
}

inline void check_publish(const wire::Publish& publish, const Limits& limits) {
  require(!publish.events.empty());
  require(publish.events.size() <= limits.batch_events_max);
  for (const auto& event : publish.events) check_event(event, limits);
}

inline void check_message(std::string_view frame, wire::Encoding encoding) {
  const Limits limits;
  const auto message = wire::decode_client_message(frame, encoding, limits);
  if (!message) return check_error(message.error());
  if (const auto* publish = std::get_if<wire::Publish>(&*message)) check_publish(*publish, limits);
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&*message)) {
    const auto area = model::Area::make(subscribe->area, limits);
    if (!area) check_error(area.error());
  }
}

}  // namespace commonwatch::fuzz
