// The past, on request: pages of events, or the hotspots as they were shown.
//
// A replay reads the log and blocks: its calls run on the replay pool, one at a time. It holds
// nothing that grows with the length of the range.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hub/access/principal.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/feed/feed.h"
#include "hub/model/area.h"
#include "hub/pipeline/channel.h"
#include "hub/storage/event_log.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::pipeline {

// Of `speed`.
inline constexpr double kSpeedMax = 1'000'000;

// How much one step may take: all that fits a page, or only what belongs to one moment, so that a
// replay at a speed can wait before it.
enum class StepSize { kPage, kMoment };

struct ReplayStep {
  std::vector<std::string> frames;  // encoded, in order
  Instant reached{};                // the replay's time behind this step
  bool at_end = false;              // nothing more up to the end of the range, for now
};

class Replay {
 public:
  virtual ~Replay() = default;
  virtual Result<ReplayStep> next(StepSize size) = 0;
  // Goes on from `time`, brought into the range; counts anew.
  virtual Result<void> seek(Instant time) = 0;
  // Moves an open end to what has become durable or was given out since (`follow`).
  virtual void extend() = 0;
  // What was sent since the start or the last seek.
  virtual wire::ReplayEnd summarize(wire::ReplayEndReason reason) const = 0;
};

// What a replay reads from. Everything outlives it.
struct ReplaySources {
  const storage::EventLog& log;
  const Channels& channels;
  model::TickLength tick;
  const Limits& limits;
};

// Whether the principal may have this replay, for the purpose that it stated: what its own audience
// is shown, or, where that is granted, a narrower one. Asked again while it runs, when rights have
// changed. kForbidden.
Result<void> check_rights(const wire::ReplayRequest& request, const access::Principal& principal,
                          const ReplaySources& sources);

// A request, looked at: rights, ranges, filters. kForbidden, kInvalidRequest, kRangeInvalid,
// kCursorInvalid, kAreaInvalid.
Result<std::unique_ptr<Replay>> make_replay(const wire::ReplayRequest& request,
                                            const access::Principal& principal,
                                            wire::Encoding encoding, const ReplaySources& sources);

// Why a replay ends when the agreements are others than at its beginning.
Error agreements_changed();

// Inside make_replay: `begin` at the start of the range; reads the log.
Result<std::unique_ptr<Replay>> make_event_replay(const wire::ReplayRequest& request,
                                                  const access::Principal& principal,
                                                  const Channel& channel, wire::Encoding encoding,
                                                  const ReplaySources& sources);
Result<std::unique_ptr<Replay>> make_hotspot_replay(const wire::ReplayRequest& request,
                                                    const Channel& channel, wire::Encoding encoding,
                                                    const ReplaySources& sources);

}  // namespace commonwatch::pipeline
