// Every alert that the live engine still knows, open and over, for those who ask beside the feed.
// Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/alert.h"

namespace commonwatch::pipeline {

class AlertHistory {
 public:
  using Alerts = std::shared_ptr<const std::vector<model::Alert>>;

  // Replaces what is held; never null.
  void set(Alerts alerts);

  // Those that were open at some recorded time from `from` to `to`, which is not included; no time:
  // no bound. In the order of their opening, then of their ids.
  std::vector<model::Alert> find(std::optional<Instant> from, std::optional<Instant> to) const;
  std::optional<model::Alert> find(std::string_view id) const;

 private:
  Alerts all() const;

  mutable std::mutex mutex_;
  Alerts alerts_ = std::make_shared<const std::vector<model::Alert>>();
};

}  // namespace commonwatch::pipeline
