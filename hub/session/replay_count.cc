#include "hub/session/replay_count.h"

namespace commonwatch::session {

Result<void> ReplayCount::add(const access::Principal& principal, const Limits& limits) {
  const std::lock_guard lock(mutex_);
  const auto refuse = [](const std::string& who, std::uint32_t most) {
    return make_error(ErrorCode::kTooManyReplays,
                      who + " " + std::to_string(most) + " replays already; try again later",
                      "replay");
  };
  if (all_ >= limits.hub_replays_max) return refuse("the hub runs", limits.hub_replays_max);
  std::uint32_t& own = of_principal_[principal.name];
  // Where nobody is told apart there is one for all.
  const bool is_known = principal.name != access::anyone().name;
  if (is_known && own >= limits.principal_replays_max) {
    return refuse(principal.name + " runs", limits.principal_replays_max);
  }
  ++own;
  ++all_;
  return {};
}

void ReplayCount::remove(const access::Principal& principal) {
  const std::lock_guard lock(mutex_);
  --all_;
  const auto own = of_principal_.find(principal.name);
  if (--own->second == 0) of_principal_.erase(own);
}

}  // namespace commonwatch::session
