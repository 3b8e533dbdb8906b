// What the hub says, encoded: stream.proto's ServerMessage. Every function is pure; any thread.
//
// `replay` is the client's number of the replay, 0 for live. The body of a message does not depend
// on it: the same values give the same body bytes, live and in replay.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/base/time.h"
#include "hub/model/hotspot.h"
#include "hub/model/ids.h"
#include "hub/wire/client_message.h"

namespace commonwatch::wire {

struct Welcome {
  std::string hub;
  std::string session;
  Instant hub_time{};
  std::string principal;
  std::string audience;
  Limits limits;
  Duration tick{};
};
struct SourceOpened {
  model::SourceName source;
  model::Sequence last;
  model::Sequence credit;
};
struct Rejection {
  model::Sequence sequence;
  Error error;
};
struct Published {
  model::SourceName source;
  model::Sequence last;
  std::vector<Rejection> rejections;
  model::Sequence credit;
  std::string chain_head;
  std::uint32_t stored = 0;
  std::uint32_t repeated = 0;
};
struct SnapshotHeader {
  model::Position position;
  Instant as_of{};
  bool resume_refused = false;
  std::uint32_t tiles = 0;
};
struct Progress {
  model::Position position;
  Instant as_of{};
};
// A progress without a position, for who has no subscription: nothing is said to be delivered.
struct Heartbeat {};
struct ReplayedEvent {
  std::string_view source;
  model::Sequence sequence;
  Instant recorded{};
  std::string_view payload;  // canonical encoding, passed through as it is
};
struct ReplayPage {
  std::vector<ReplayedEvent> events;
  std::string cursor;
  Instant reached{};
};
enum class ReplayEndReason { kEndOfRange = 1, kCancelled, kNoRight, kGoneByRetention, kFailed };
// How a replay differs from what was stored or shown: stream.proto, ReplayEnd.
struct ReplayMarks {
  bool altered = false;
  bool reduced = false;
  bool recomputed = false;
  friend bool operator==(const ReplayMarks&, const ReplayMarks&) = default;
};
struct ReplayEnd {
  ReplayEndReason reason = ReplayEndReason::kEndOfRange;
  std::uint64_t count = 0;
  std::uint32_t checksum = 0;
  std::string cursor;
  ReplayMarks marks{};
};
struct GoingAway {
  std::string reason;
  std::uint32_t reconnect_after_ms = 0;
};
// The acknowledgement or decision of that number is durable.
struct Recorded {
  std::uint32_t request = 0;
  Instant recorded{};
};
// An Error message: what is not stated in `error` itself.
struct ErrorContext {
  std::string source;
  model::Sequence expected;  // with kSequenceGap
  std::uint32_t subscription = 0;
  std::uint32_t request = 0;
  std::uint32_t retry_after_ms = 0;
  bool retryable = false;
  bool closes = false;
};

std::string encode(const Welcome&, Encoding);
std::string encode(const SourceOpened&, Encoding);
std::string encode(const Published&, Encoding);
std::string encode(const SnapshotHeader&, Encoding, std::uint32_t replay = 0);
std::string encode(const model::TileState&, Encoding, std::uint32_t replay = 0);
std::string encode(const model::TileDelta&, Encoding, std::uint32_t replay = 0);
std::string encode(const Progress&, Encoding, std::uint32_t replay = 0);
std::string encode(const Heartbeat&, Encoding);
std::string encode(const ReplayPage&, Encoding, std::uint32_t replay);
std::string encode(const ReplayEnd&, Encoding, std::uint32_t replay);
std::string encode(const GoingAway&, Encoding);
std::string encode(const Recorded&, Encoding);
std::string encode(const Error&, const ErrorContext&, Encoding, std::uint32_t replay = 0);

// The body alone, in protobuf encoding: what ReplayEnd.checksum is taken over.
std::string encode_body(const model::TileDelta&);

// Bodies of HTTP responses: one message, without the ServerMessage around it.
std::string encode_http(const Published&, Encoding);
std::string encode_http(const SourceOpened&, Encoding);
std::string encode_http(const Error&, const ErrorContext&, Encoding);

// A frame in binary encoding, written again in proto3 JSON.
std::string to_json_frame(std::string_view binary_frame);

// GET /v1/hotspots: every list of the content. `position` and `as_of` stand beside the lists.
std::string encode_hotspots_json(const Progress&, const model::TileContent&);
// RFC 7946: a FeatureCollection of the hotspots and places: polygons (longitude first,
// counter-clockwise, closed), or the point of an area or facility.
std::string encode_hotspots_geojson(const Progress&, const model::TileContent&);
// GET /v1/alerts.
std::string encode_alerts_json(const Progress&, const std::vector<model::Alert>&);

// The sentence and number of a close code, and whether it is one a client comes back from.
enum class CloseCode : std::uint16_t {
  kSlowReader = 4000,
  kRestarting = 4001,
  kIdle = 4002,
  kOverRate = 4003,
  kLogFailed = 4004,
  kBadToken = 4500,
  kNoRight = 4501,
  kProtocolViolation = 4502,
  kHelloTimeout = 4503,
};
// Lower-case name for the close reason and the counter: `slow_reader`.
std::string_view close_name(CloseCode);
// Upper-case name as in error.proto without its prefix: `SEQUENCE_GAP`.
std::string_view error_name(ErrorCode);

}  // namespace commonwatch::wire
