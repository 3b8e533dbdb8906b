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

Result<std::unique_ptr<Replay>> make_replay(const wire::ReplayRequest& request,
                                            const access::Principal& principal,
                                            wire::Encoding encoding,
                                            const ReplaySources& sources) {
  if (!principal.may_replay) {
    return invalid(ErrorCode::kForbidden, "mode",
                   principal.name + " may not replay; ask the hub's operator for a grant");
  }
  if (!request.audience.empty() && request.audience != principal.audience) {
    return invalid(ErrorCode::kForbidden, "audience",
                   principal.name + " may not replay as " + request.audience +
                       "; leave the audience empty");
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
