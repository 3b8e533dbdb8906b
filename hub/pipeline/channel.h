// One audience's live side: what the aggregation writes and everybody else reads. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access/principal.h"
#include "hub/feed/feed.h"
#include "hub/pipeline/alert_history.h"
#include "hub/pipeline/configuration.h"

namespace commonwatch::pipeline {

struct Channel {
  Channel(Epoch begun, const feed::RingLimits& limits, const feed::FrameMaker& maker)
      : audience(begun.audience()), epoch(std::move(begun)), feed(limits, maker) {}

  // Whether what is agreed is still what it was in that epoch: what was begun under it may go on.
  bool agrees(const std::shared_ptr<const Epoch>& then) const {
    const auto now = epoch.get();
    return now == then || now->settings.sharing == then->settings.sharing;
  }

  const std::string audience;
  CurrentEpoch epoch;
  feed::Feed feed;
  AlertHistory alerts;  // empty unless the live picture is shown
};

// Whether the purpose that the principal stated is one for which its audience may see what it sees:
// all of it. kForbidden, with the purposes that are agreed.
Result<void> check_purpose(const sharing::View& view, const access::Principal& principal);

// One for each audience; which there are does not change while the hub runs.
class Channels {
 public:
  Channels(std::vector<Epoch> epochs, const feed::RingLimits& limits,
           const feed::FrameMaker& maker);

  // kForbidden: there is no such audience.
  Result<Channel*> find(std::string_view audience) const;
  // From narrow to wide; not empty.
  const std::vector<std::unique_ptr<Channel>>& all() const { return channels_; }
  // Of the audience that sees most.
  Channel& widest() const { return *channels_.back(); }

 private:
  std::vector<std::unique_ptr<Channel>> channels_;
};

}  // namespace commonwatch::pipeline
