#include "hub/pipeline/channel.h"

#include <algorithm>
#include <set>

namespace commonwatch::pipeline {
namespace {

// That every partner allows whose data is in the view.
std::set<std::string> agreed_purposes(const sharing::View& view) {
  std::set<std::string> all;
  for (const std::string& partner : view.partners()) {
    const auto& purposes = view.term(partner)->purposes;
    all.insert(purposes.begin(), purposes.end());
  }
  std::erase_if(all, [&](const std::string& purpose) { return !view.allows_purpose(purpose); });
  return all;
}

}  // namespace

Result<void> check_purpose(const sharing::View& view, const access::Principal& principal) {
  if (view.allows_purpose(principal.purpose)) return {};
  std::string agreed;
  for (const std::string& purpose : agreed_purposes(view)) {
    agreed += (agreed.empty() ? "" : ", ") + purpose;
  }
  return make_error(
      ErrorCode::kForbidden,
      "what " + view.audience().id + " sees may not be used for " +
          (principal.purpose.empty() ? "a purpose that is not stated"
                                     : "the purpose " + principal.purpose) +
          (agreed.empty() ? "; its partners agree on no purpose" : "; agreed is " + agreed) +
          ": say it in hello.purpose (Commonwatch-Purpose over HTTP)",
      "hello.purpose");
}

Channels::Channels(std::vector<Epoch> epochs, const feed::RingLimits& limits,
                   const feed::FrameMaker& maker) {
  for (Epoch& epoch : epochs) {
    channels_.push_back(std::make_unique<Channel>(std::move(epoch), limits, maker));
  }
}

Result<Channel*> Channels::find(std::string_view audience) const {
  const auto found = std::ranges::find(channels_, audience, &Channel::audience);
  if (found != channels_.end()) return found->get();
  return make_error(ErrorCode::kForbidden, "there is no audience " + std::string(audience) +
                                               "; ask the hub's operator");
}

}  // namespace commonwatch::pipeline
