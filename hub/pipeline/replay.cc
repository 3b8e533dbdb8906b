#include "hub/pipeline/replay.h"

#include <cmath>

namespace commonwatch::pipeline {
namespace {

Error invalid(ErrorCode code, const char* field, std::string message) {
  return make_error(code, std::move(message), std::string("replay.") + field);
}

Result<void> check_range(const wire::ReplayRequest& request) {
  const auto backwards = [](const auto& from, const auto& to) { return from && to && *to < *from; };
  if (backwards(request.from_recorded, request.to_recorded)) {
    return invalid(ErrorCode::kRangeInvalid, "to_recorded",
                   "the range ends before it starts; exchange from_recorded and to_recorded");
  }
  if (backwards(request.from_occurred, request.to_occurred)) {
    return invalid(ErrorCode::kRangeInvalid, "to_occurred",
                   "the range ends before it starts; exchange from_occurred and to_occurred");
  }
  return {};
}

}  // namespace

Result<void> check_rights(const wire::ReplayRequest& request, const access::Principal& principal) {
  using access::Operation;
  if (!request.audience.empty() && request.audience != principal.audience) {
    auto as = principal.may(Operation::kReplayAs, {nullptr, request.audience, "replay.audience"});
    if (!as) return as;
  }
  if (request.mode == wire::ReplayMode::kEvents) {
    return principal.may_replay_events(request.partners, request.sources);
  }
  return principal.may(Operation::kReplayHotspots, {nullptr, {}, "replay.mode"});
}

Result<std::unique_ptr<Replay>> make_replay(const wire::ReplayRequest& request,
                                            const access::Principal& principal,
                                            wire::Encoding encoding, const ReplaySources& sources) {
  if (auto allowed = check_rights(request, principal); !allowed) return allowed.error();
  if (!request.audience.empty() && request.audience != principal.audience) {
    return invalid(
        ErrorCode::kNotFound, "audience",
        "the hub keeps no view of the audience " + request.audience + "; leave the audience empty");
  }
  if (!(request.speed >= 0 && request.speed <= kSpeedMax)) {
    return invalid(ErrorCode::kInvalidRequest, "speed", "speed must be from 0 to 1000000");
  }
  if (auto range = check_range(request); !range) return range.error();
  switch (request.mode) {
    case wire::ReplayMode::kEvents:
      return make_event_replay(request, encoding, sources);
    case wire::ReplayMode::kHotspots:
      return make_hotspot_replay(request, encoding, sources);
    case wire::ReplayMode::kUnspecified:
      break;
  }
  return invalid(ErrorCode::kInvalidRequest, "mode",
                 "mode must be REPLAY_MODE_EVENTS or REPLAY_MODE_HOTSPOTS");
}

}  // namespace commonwatch::pipeline
