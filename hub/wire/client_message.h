// What a client says, decoded: stream.proto's ClientMessage without protobuf.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/area.h"
#include "hub/model/decision.h"
#include "hub/model/event.h"
#include "hub/model/ids.h"

namespace commonwatch::wire {

// The two subprotocols, and what a request or response body is written in.
enum class Encoding { kBinary, kJson };

// One event of a `publish`. When it could not be decoded, `event` is empty of meaning, `payload`
// holds the bytes as they came and `refusal` says why.
struct DecodedEvent {
  model::Event event;
  // Canonical encoding: the same for the same event, whichever way it came. Occurred times are cut
  // to the microsecond; a default value is never written.
  std::string payload;
  std::optional<Error> refusal;
};

struct Hello {
  std::string token;
  std::string client;
  std::string purpose;
};
struct OpenSource {
  std::string source;
  model::Sequence acknowledged;
};
struct Publish {
  std::string source;
  model::Sequence first;
  std::vector<DecodedEvent> events;
};
struct Subscribe {
  std::uint32_t subscription = 0;
  model::AreaRequest area;
  std::optional<model::Position> resume;
};
struct UpdateSubscription {
  std::uint32_t subscription = 0;
  model::AreaRequest area;
};
struct Unsubscribe {
  std::uint32_t subscription = 0;
};

enum class ReplayMode { kUnspecified, kEvents, kHotspots };

struct ReplayRequest {
  std::uint32_t replay = 0;
  ReplayMode mode = ReplayMode::kUnspecified;
  std::string audience;
  // At most one of the three starts, and one of the two ends.
  std::optional<Instant> from_recorded;
  std::optional<Instant> from_occurred;
  std::optional<std::string> from_cursor;
  std::optional<Instant> to_recorded;
  std::optional<Instant> to_occurred;
  std::vector<std::string> partners;
  std::vector<std::string> sources;
  std::vector<model::EventKind> kinds;
  model::AreaRequest area;
  bool knowledge_now = false;
  double speed = 0;
  bool follow = false;
};

struct ReplayControl {
  std::uint32_t replay = 0;
  // One of these; none: the client sent no control.
  std::optional<bool> pause;
  std::optional<double> speed;
  std::optional<Instant> seek_recorded;
  bool cancel = false;
};

struct AcknowledgeAlert {
  std::string alert_id;
  std::uint32_t alert_version = 0;
  model::AlertAction action = model::AlertAction::kUnspecified;
  std::uint32_t request = 0;
};

// What an operator asks to have decided; who he is, the session knows.
struct Decide {
  std::uint32_t request = 0;
  std::variant<model::PairDecision, model::SiteDecision> subject;
};

using ClientMessage = std::variant<Hello, OpenSource, Publish, Subscribe, UpdateSubscription,
                                   Unsubscribe, ReplayRequest, ReplayControl, AcknowledgeAlert,
                                   Decide>;

// Decodes one frame. An error concerns the frame as a whole: kMalformedMessage, kMessageTooLarge,
// kUnsupported (a request of a newer client), kInvalidRequest and kAreaInvalid (a field that cannot
// be what it says), kBatchTooLarge. Only the first two say that the client breaks the protocol. A
// broken event inside a `publish` is refused alone, in its DecodedEvent. Pure; any thread.
Result<ClientMessage> decode_client_message(std::string_view frame, Encoding encoding,
                                            const Limits& limits);

// Decodes the body of `POST /v1/events`: a Publish message. `source` and `first` may be absent.
// Errors as above; how large the body may be is for the caller to say.
Result<Publish> decode_publish(std::string_view body, Encoding encoding, const Limits& limits);

// A publish without its events: enough to tell whether it would be refused as a whole. Valid until
// the message is taken.
struct PublishHead {
  std::string_view source;
  model::Sequence first;
  std::size_t events = 0;
};

// Either of the two in steps of a quarter of a millisecond or so, for a thread on which others
// wait: 1,000 events in JSON take 40 ms. Not thread-safe.
template <class Decoded>
class Decoding {
 public:
  // Bytes and limits outlive it.
  Decoding(std::string_view bytes, Encoding encoding, const Limits& limits);
  ~Decoding();
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;

  // Of a publish that has no error, before the first step; nothing for any other message.
  std::optional<PublishHead> head() const;
  // True: all is decoded.
  bool step();
  // Once, after all steps.
  Result<Decoded> take();

 private:
  class State;
  std::unique_ptr<State> state_;
};
extern template class Decoding<ClientMessage>;
extern template class Decoding<Publish>;
using FrameDecoding = Decoding<ClientMessage>;
using BodyDecoding = Decoding<Publish>;

// Decodes one event in protobuf or proto3 JSON. Unknown fields (kUnknownField) and unknown
// enumeration values (kUnknownValue) refuse it; the schema's other rules are model::validate's.
DecodedEvent decode_event(std::string_view bytes, Encoding encoding, const Limits& limits);

// Reads back a canonical payload from the log.
Result<model::Event> decode_stored_event(std::string_view payload);
// And writes one: what it reads back, it writes to the same bytes.
std::string encode_stored_event(const model::Event& event);

}  // namespace commonwatch::wire
