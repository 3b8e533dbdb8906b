// The incidents as they are known, by key. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hub/hotspot/engine.h"

namespace commonwatch::hotspot {

// What a tombstone holds.
inline const Incident kNoIncident = {Instant{}, model::Cell(), 0, 0};

struct IncidentEntry {
  enum class State : std::uint8_t { kFree, kLive, kTombstone };
  // Of an entry that was changed since the last tick.
  static constexpr std::int32_t kPending = INT32_MAX;

  IncidentKey key;
  Incident incident = kNoIncident;
  std::uint32_t revision = 0;
  std::int32_t touched_hour = kPending;  // hour of the tick of the last change
  State state = State::kFree;

  bool is_live() const { return state == State::kLive; }
};

// Open addressing with linear probing: about 100 bytes an incident. References die at the next
// `insert` or `forget_if`.
class IncidentTable {
 public:
  IncidentTable();

  IncidentEntry* find(const IncidentKey& key);
  // Of a key that is not there; starts as a tombstone of revision 0.
  IncidentEntry& insert(const IncidentKey& key);
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.capacity() * sizeof(IncidentEntry); }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const IncidentEntry& entry : slots_) {
      if (entry.state != IncidentEntry::State::kFree) visit(entry);
    }
  }
  // Drops every entry for which `old` is true.
  template <class Predicate>
  void forget_if(Predicate old) {
    std::vector<IncidentEntry> kept;
    bool any = false;
    for_each([&](const IncidentEntry& entry) { any = any || old(entry); });
    if (!any) return;
    for_each([&](const IncidentEntry& entry) {
      if (!old(entry)) kept.push_back(entry);
    });
    rebuild(kept);
  }

 private:
  std::size_t slot_of(const IncidentKey& key) const;
  void rebuild(const std::vector<IncidentEntry>& entries);

  std::vector<IncidentEntry> slots_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace commonwatch::hotspot
