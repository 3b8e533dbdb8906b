#include "hub/pipeline/replay.h"

#include "hub/pipeline/shown_events.h"

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

namespace {

const std::string& audience_of(const wire::ReplayRequest& request,
                               const access::Principal& principal) {
  return request.audience.empty() ? principal.audience : request.audience;
}

// To see what a wider one sees would be to be of it.
Result<void> check_audience(const wire::ReplayRequest& request, const access::Principal& principal,
                            const ReplaySources& sources) {
  const std::string& wanted = audience_of(request, principal);
  if (wanted == principal.audience) return {};
  auto as = principal.may(access::Operation::kReplayAs, {nullptr, wanted, "replay.audience"});
  if (!as) return as;
  for (const auto& channel : sources.channels.all()) {
    if (channel->audience == wanted) return {};
    if (channel->audience == principal.audience) break;
  }
  return make_error(ErrorCode::kForbidden,
                    wanted + " is no audience that sees less than " + principal.audience +
                        "; name a narrower one",
                    "replay.audience");
}

}  // namespace

Result<void> check_rights(const wire::ReplayRequest& request, const access::Principal& principal,
                          const ReplaySources& sources) {
  if (auto audience = check_audience(request, principal, sources); !audience) return audience;
  const auto channel = sources.channels.find(audience_of(request, principal));
  if (!channel) return channel.error();
  const auto view = (*channel)->epoch.get()->view;
  if (request.mode == wire::ReplayMode::kEvents) {
    auto allowed = principal.may_replay_events(request.partners, request.sources);
    return allowed ? ShownEvents(view, principal.purpose, sources.log).check() : allowed;
  }
  auto allowed = principal.may(access::Operation::kReplayHotspots, {nullptr, {}, "replay.mode"});
  return allowed ? check_purpose(*view, principal) : allowed;
}

Error agreements_changed() {
  return make_error(ErrorCode::kReplayInvalid,
                    "what is agreed has changed since the replay began; begin it anew", "replay");
}

Result<std::unique_ptr<Replay>> make_replay(const wire::ReplayRequest& request,
                                            const access::Principal& principal,
                                            wire::Encoding encoding, const ReplaySources& sources) {
  if (auto allowed = check_rights(request, principal, sources); !allowed) return allowed.error();
  if (!(request.speed >= 0 && request.speed <= kSpeedMax)) {
    return invalid(ErrorCode::kInvalidRequest, "speed", "speed must be from 0 to 1000000");
  }
  if (auto range = check_range(request); !range) return range.error();
  const Channel& channel = **sources.channels.find(audience_of(request, principal));
  switch (request.mode) {
    case wire::ReplayMode::kEvents:
      return make_event_replay(request, principal, channel, encoding, sources);
    case wire::ReplayMode::kHotspots:
      return make_hotspot_replay(request, channel, encoding, sources);
    case wire::ReplayMode::kUnspecified:
      break;
  }
  return invalid(ErrorCode::kInvalidRequest, "mode",
                 "mode must be REPLAY_MODE_EVENTS or REPLAY_MODE_HOTSPOTS");
}

}  // namespace commonwatch::pipeline
