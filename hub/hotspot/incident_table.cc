#include "hub/hotspot/incident_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace commonwatch::hotspot {
namespace {

constexpr std::size_t kSlotsMin = 64;

// At most three quarters are taken.
std::size_t slots_for(std::size_t entries) {
  return std::max(kSlotsMin, std::bit_ceil(entries + entries / 3 + 1));
}

}  // namespace

IncidentTable::IncidentTable() : slots_(kSlotsMin) {}

// The slot of the key, or the free one where it belongs.
std::size_t IncidentTable::slot_of(const IncidentKey& key) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t mixed = (key.words[0] ^ std::rotl(key.words[1], 32)) * 0x9e3779b97f4a7c15ULL;
  std::size_t at = (mixed >> 20U) & mask;
  while (slots_[at].state != IncidentEntry::State::kFree && slots_[at].key != key) {
    at = (at + 1) & mask;
  }
  return at;
}

IncidentEntry* IncidentTable::find(const IncidentKey& key) {
  IncidentEntry& entry = slots_[slot_of(key)];
  return entry.state == IncidentEntry::State::kFree ? nullptr : &entry;
}

IncidentEntry& IncidentTable::insert(const IncidentKey& key) {
  if ((size_ + 1) * 4 > slots_.size() * 3) {
    const std::vector<IncidentEntry> before =
        std::exchange(slots_, std::vector<IncidentEntry>(slots_.size() * 2));
    for (const IncidentEntry& entry : before) {
      if (entry.state != IncidentEntry::State::kFree) slots_[slot_of(entry.key)] = entry;
    }
  }
  IncidentEntry& entry = slots_[slot_of(key)];
  entry.key = key;
  entry.state = IncidentEntry::State::kTombstone;
  ++size_;
  return entry;
}

void IncidentTable::rebuild(const std::vector<IncidentEntry>& entries) {
  slots_.clear();
  slots_.shrink_to_fit();
  slots_.resize(slots_for(entries.size()));
  for (const IncidentEntry& entry : entries) slots_[slot_of(entry.key)] = entry;
  size_ = entries.size();
}

}  // namespace commonwatch::hotspot
