// Findings and the episodes they belong to.
#include <algorithm>
#include <array>
#include <tuple>

#include "hub/alert/step.h"

namespace commonwatch::alert {
namespace {

// The strongest first; of equal ones the smallest zone.
std::vector<const Finding*> by_strength(const std::vector<Finding>& findings) {
  std::vector<const Finding*> order;
  for (const Finding& finding : findings) order.push_back(&finding);
  const auto size = [](const Finding& finding) {
    const model::Zone& zone = finding.hotspot.zone;
    return zone.cell.is_valid() ? model::zone_size(zone) : 0.0;
  };
  std::sort(order.begin(), order.end(), [&](const Finding* a, const Finding* b) {
    return std::tuple(-a->hotspot.score, size(*a),
                      std::tie(a->hotspot.zone, a->window_end, a->jurisdiction)) <
           std::tuple(-b->hotspot.score, size(*b),
                      std::tie(b->hotspot.zone, b->window_end, b->jurisdiction));
  });
  return order;
}

// FNV-1a (Fowler, Noll, Vo 1991), 32 bits.
std::uint32_t hash(std::string_view text) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash;
}

std::string hexadecimal(std::uint32_t number) {
  std::string text(8, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4U) {
    *digit = "0123456789abcdef"[number & 0xfU];
  }
  return text;
}

bool older(const Episode& a, const Episode& b) {
  return std::tie(a.alert.opened, a.alert.id) < std::tie(b.alert.opened, b.alert.id);
}

// Whether everybody in the finding was counted when an episode had that zone, and the level is none
// that it had not reached.
bool is_part(const Finding& finding, const Ground& had, model::Severity reached) {
  return finding.hotspot.last_occurred <= had.counted && finding.hotspot.severity <= reached;
}

bool is_of(const Episode& episode, const Finding& finding) {
  return episode.is_open() && episode.alert.jurisdiction == finding.jurisdiction &&
         finding.hotspot.last_occurred >= episode.span_start;
}

}  // namespace

// Versions never come again, so that only ids of one tick could be equal.
std::string Step::make_id(const Finding& finding) const {
  std::string name = finding.jurisdiction;
  name += '\0';
  name += model::zone_id(finding.hotspot.zone);
  name += '\0';
  name += std::to_string(to_micros(finding.window_end));
  const std::string prefix = "alert-" + std::to_string(version_.value()) + "-";
  for (std::uint32_t number = hash(name);; ++number) {
    std::string id = prefix + hexadecimal(number);
    if (!episodes_.contains(id)) return id;
  }
}

Inspection Step::inspect(const Finding& finding) const {
  Inspection moment = scores_.inspect(finding.jurisdiction, finding.hotspot.zone,
                                      finding.hotspot.window_hours, finding.window_end);
  moment.hotspot = finding.hotspot;
  return moment;
}

Episode& Step::open(const Finding& finding) {
  const std::string id = make_id(finding);
  before_.try_emplace(id);
  Episode& episode = episodes_[id];
  episode.alert.id = id;
  episode.alert.state = model::AlertState::kOpen;
  episode.alert.jurisdiction = finding.jurisdiction;
  episode.alert.opened = as_of_;
  show_finding(episode, finding);
  return episode;
}

void Step::show_finding(Episode& episode, const Finding& finding) {
  follow(episode, finding, settings_);
  const bool is_new = differ_visibly(episode.alert.hotspot, finding.hotspot, settings_);
  const bool is_best = finding.hotspot.score > episode.best.hotspot.score;
  if (!is_new && !is_best) return;
  const Inspection moment = inspect(finding);
  if (is_new) show(episode, moment);
  if (is_best) set_best(episode, moment);
}

void Step::claim(const std::string& id, const Finding& finding) {
  claimed_.insert(id);
  show_finding(edit(id), finding);
}

bool Step::join_present(const Finding& finding) {
  const Ground ground = ground_of(finding.hotspot);
  std::vector<Episode*> found;
  for (auto& [id, episode] : episodes_) {
    if (is_of(episode, finding) && !claimed_.contains(id) &&
        overlap(ground, episode.grounds.back())) {
      found.push_back(&episode);
    }
  }
  if (found.empty()) return false;
  std::sort(found.begin(), found.end(),
            [](const Episode* a, const Episode* b) { return older(*a, *b); });
  Episode& kept = edit(found.front()->alert.id);
  for (auto other = found.begin() + 1; other != found.end(); ++other) {
    merge(kept, edit((*other)->alert.id), as_of_, settings_);
  }
  claim(kept.alert.id, finding);
  return true;
}

bool Step::join_past(const Finding& finding) {
  const Ground ground = ground_of(finding.hotspot);
  const Episode* oldest = nullptr;
  for (const auto& [id, episode] : episodes_) {
    if (!is_of(episode, finding)) continue;
    for (const Ground& had : episode.grounds) {
      if (!overlap(ground, had)) continue;
      if (claimed_.contains(id)) {
        if (&had == &episode.grounds.back() || is_part(finding, had, before_.at(id).peak))
          return true;
      } else if (oldest == nullptr || older(episode, *oldest)) {
        oldest = &episode;
      }
    }
  }
  if (oldest == nullptr) return false;
  claim(oldest->alert.id, finding);
  return true;
}

bool Step::take_over(const Finding& finding) {
  const model::Cell middle = model::Cell::at(finding.hotspot.center, model::kLeafLevel);
  for (const Explained& explained : explained_) {
    const Finding& area = *explained.area;
    if (area.jurisdiction != finding.jurisdiction || area.hotspot.zone == finding.hotspot.zone ||
        !scores_.covers(area.jurisdiction, area.hotspot.zone, middle)) {
      continue;
    }
    for (const auto& [id, episode] : episodes_) {
      if (is_of(episode, finding) && !claimed_.contains(id) &&
          episode.grounds.back().zone == area.hotspot.zone) {
        begin_anew(edit(id), finding);
        claim(id, finding);
        return true;
      }
    }
  }
  return false;
}

bool Step::may_open(const std::string& jurisdiction) const {
  const auto open = std::count_if(episodes_.begin(), episodes_.end(), [&](const auto& entry) {
    return entry.second.is_open() && entry.second.alert.jurisdiction == jurisdiction;
  });
  return static_cast<std::size_t>(open) < settings_.open_max;
}

void Step::match(const std::vector<Finding>& now) {
  explained_ = explained_areas(now, scores_);
  std::vector<const Finding*> rest;
  for (const Finding* finding : by_strength(now)) {
    const bool is_explained =
        std::any_of(explained_.begin(), explained_.end(),
                    [&](const Explained& explained) { return explained.area == finding; });
    if (!is_explained && !join_present(*finding)) rest.push_back(finding);
  }
  for (const Finding* finding : rest) {
    if (join_past(*finding) || take_over(*finding) || !may_open(finding->jurisdiction)) continue;
    claimed_.insert(open(*finding).alert.id);
  }
}

void Step::match_late(const std::vector<Finding>& late) {
  for (const Finding* finding : by_strength(late)) {
    const Ground ground = ground_of(finding->hotspot);
    const Instant start = finding->window_end - std::chrono::hours(finding->hotspot.window_hours);
    const auto is_known = [&](const auto& entry) {
      const Episode& episode = entry.second;
      return episode.alert.state != model::AlertState::kWithdrawn &&
             episode.alert.jurisdiction == finding->jurisdiction && start < episode.span_end &&
             finding->window_end > episode.span_start &&
             std::any_of(episode.grounds.begin(), episode.grounds.end(),
                         [&](const Ground& had) { return overlap(ground, had); });
    };
    if (std::any_of(episodes_.begin(), episodes_.end(), is_known)) continue;
    Episode& episode = open(*finding);
    episode.alert.found_late = true;
    end(episode, model::AlertState::kClosed, as_of_);
  }
}

}  // namespace commonwatch::alert
