#include "hub/hotspot/publication.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace commonwatch::hotspot {
namespace {

bool ranks_before(const model::Hotspot* a, const model::Hotspot* b) {
  if (a->score != b->score) return a->score > b->score;
  const int a_level = a->zone.cell.level();
  const int b_level = b->zone.cell.level();
  return a_level != b_level ? a_level > b_level : a->zone.cell < b->zone.cell;
}

constexpr auto kById = [](const model::Hotspot& a, const model::Hotspot& b) { return a.id < b.id; };

// Both in order of id.
void compare(const std::vector<model::Hotspot>& before, const std::vector<model::Hotspot>& now,
             model::TileDelta& delta) {
  auto old = before.begin();
  for (const model::Hotspot& hotspot : now) {
    for (; old != before.end() && old->id < hotspot.id; ++old) delta.removed.push_back(old->id);
    const bool known = old != before.end() && old->id == hotspot.id;
    if (!known || !(*old == hotspot)) delta.changed.push_back(hotspot);
    if (known) ++old;
  }
  for (; old != before.end(); ++old) delta.removed.push_back(old->id);
}

std::size_t bytes_of(const model::Hotspot& hotspot) {
  return sizeof(model::Hotspot) + hotspot.id.capacity();
}

}  // namespace

void Publication::set(model::Cell cell, std::optional<model::Hotspot> hotspot) {
  const model::Tile tile = cell.parent(model::kTileLevel);
  if (hotspot) {
    const auto [at, is_new] = candidates_[tile].try_emplace(cell);
    if (!is_new && at->second == *hotspot) return;
    at->second = std::move(*hotspot);
  } else {
    const auto in_tile = candidates_.find(tile);
    if (in_tile == candidates_.end() || in_tile->second.erase(cell) == 0) return;
  }
  changed_.push_back(tile);
}

std::vector<model::Hotspot> Publication::select(const Candidates& candidates) const {
  std::vector<const model::Hotspot*> ranked;
  ranked.reserve(candidates.size());
  for (const auto& [cell, hotspot] : candidates) ranked.push_back(&hotspot);
  std::sort(ranked.begin(), ranked.end(), ranks_before);

  std::unordered_set<model::Cell> shown;
  std::unordered_set<model::Cell> above_shown;  // shown cells and the cells that hold them
  std::vector<model::Hotspot> selected;
  for (const model::Hotspot* hotspot : ranked) {
    const model::Cell cell = hotspot->zone.cell;
    const int level = cell.level();
    const bool lies_in_shown = std::any_of(levels_.begin(), levels_.end(), [&](int coarser) {
      return coarser < level && shown.contains(cell.parent(coarser));
    });
    if (lies_in_shown || above_shown.contains(cell)) continue;
    shown.insert(cell);
    for (const int coarser : levels_) {
      if (coarser <= level) above_shown.insert(cell.parent(coarser));
    }
    selected.push_back(*hotspot);
  }
  std::sort(selected.begin(), selected.end(), kById);
  return selected;
}

std::vector<model::TileDelta> Publication::publish(model::Version version, Instant as_of) {
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  std::vector<model::TileDelta> deltas;
  for (const model::Tile tile : std::exchange(changed_, {})) {
    const auto candidates = candidates_.find(tile);
    std::vector<model::Hotspot> now = select(candidates->second);
    if (candidates->second.empty()) candidates_.erase(candidates);
    const auto known = tiles_.find(tile);
    model::TileDelta delta{tile, version, {}, as_of, {}, {}};
    if (known != tiles_.end()) delta.previous = known->second.version;
    compare(known == tiles_.end() ? std::vector<model::Hotspot>{} : known->second.hotspots, now,
            delta);
    if (delta.changed.empty() && delta.removed.empty()) continue;
    tiles_[tile] = model::TileState{tile, version, as_of, std::move(now)};
    deltas.push_back(std::move(delta));
  }
  return deltas;
}

void Publication::restore(model::TileState tile) {
  changed_.push_back(tile.tile);
  candidates_[tile.tile];
  tiles_[tile.tile] = std::move(tile);
}

std::size_t Publication::bytes() const {
  constexpr std::size_t kNodeBytes = 48;
  std::size_t bytes = 0;
  for (const auto& [tile, candidates] : candidates_) {
    bytes += kNodeBytes + sizeof(Candidates);
    for (const auto& [cell, hotspot] : candidates) bytes += kNodeBytes + bytes_of(hotspot);
  }
  for (const auto& [tile, state] : tiles_) {
    bytes += kNodeBytes + sizeof(model::TileState);
    for (const model::Hotspot& hotspot : state.hotspots) bytes += bytes_of(hotspot);
  }
  return bytes;
}

}  // namespace commonwatch::hotspot
