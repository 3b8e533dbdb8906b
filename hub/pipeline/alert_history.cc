#include "hub/pipeline/alert_history.h"

#include <algorithm>
#include <tuple>

namespace commonwatch::pipeline {

void AlertHistory::set(Alerts alerts) {
  const std::lock_guard lock(mutex_);
  alerts_.swap(alerts);
}

AlertHistory::Alerts AlertHistory::all() const {
  const std::lock_guard lock(mutex_);
  return alerts_;
}

std::vector<model::Alert> AlertHistory::find(std::optional<Instant> from,
                                             std::optional<Instant> to) const {
  const Alerts held = all();
  std::vector<model::Alert> found;
  std::copy_if(held->begin(), held->end(), std::back_inserter(found), [&](const auto& alert) {
    const bool is_over = alert.closed != Instant{};
    return (!to || alert.opened < *to) && (!from || !is_over || alert.closed >= *from);
  });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.opened, a.id) < std::tie(b.opened, b.id);
  });
  return found;
}

std::optional<model::Alert> AlertHistory::find(std::string_view id) const {
  const Alerts held = all();
  const auto found = std::find_if(held->begin(), held->end(),
                                  [id](const model::Alert& alert) { return alert.id == id; });
  if (found == held->end()) return std::nullopt;
  return *found;
}

}  // namespace commonwatch::pipeline
