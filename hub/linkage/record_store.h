// The records by key, in slots that keep their place. Not thread-safe; the room's own.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "hub/linkage/distance.h"
#include "hub/model/record.h"

namespace commonwatch::linkage {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0xffff'ffff;

struct Edge {
  Slot other = kNoSlot;
  std::uint32_t score = 0;
};

// What a record can be looked up by; a bucket's members are a list through the nodes.
enum class Lookup : std::uint8_t { kBlock, kSecond, kNumber };
inline constexpr std::size_t kLookups = 3;

struct BucketPlace {
  Slot previous = kNoSlot;
  Slot next = kNoSlot;
};

struct Node {
  enum class State : std::uint8_t { kFree, kLive, kTombstone };

  model::RecordKey key;
  model::Record record;  // of a tombstone: only `occurred` is kept
  GridPoint point;
  std::uint32_t revision = 0;
  // Of a tombstone: the highest revision that said when it occurred; `dated` if there was one.
  std::uint32_t dated_revision = 0;
  State state = State::kFree;
  bool dated = false;
  bool decided = false;  // an operator decided on it and another
  // Grouping. A record is either in a group or dirty.
  bool dirty = false;
  bool grouped = false;
  bool published = false;       // its group is as it was given out last
  std::uint8_t level = 0;       // of the links that its group was made from
  std::uint8_t over_level = 0;  // in `over_round`: levels below this hang together too widely
  std::uint32_t over_round = 0;
  std::uint32_t visit = 0;
  std::uint32_t local = 0;  // its index in the component at hand
  Slot next_in_group = kNoSlot;
  std::uint32_t was_in = kNoSlot;  // the incident given out last that it belonged to
  std::array<BucketPlace, kLookups> places;
  std::vector<Edge> edges;

  bool is_live() const { return state == State::kLive; }
};

class RecordStore {
 public:
  Node& operator[](Slot slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  const Node& operator[](Slot slot) const { return (*chunks_[slot / kChunk])[slot % kChunk]; }

  // kNoSlot if there is none of that key.
  Slot find(const model::RecordKey& key) const;
  // A free node under a key that is not there yet.
  Slot add(const model::RecordKey& key);
  void erase(Slot slot);

  // Live records and tombstones.
  std::size_t size() const { return size_; }
  // Every slot below may be in use.
  Slot slots_end() const { return end_; }
  std::size_t bytes() const;

 private:
  static constexpr Slot kChunk = 256;

  std::size_t home(const model::RecordKey& key) const;
  void grow();

  std::vector<std::unique_ptr<std::array<Node, kChunk>>> chunks_;
  std::vector<Slot> free_;
  std::vector<Slot> table_;  // open addressing, linear probing, a power of two long
  std::size_t size_ = 0;
  Slot end_ = 0;
};

}  // namespace commonwatch::linkage
