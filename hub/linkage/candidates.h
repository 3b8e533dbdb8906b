// The possible links: for every live record those that the rules or an operator allow it, with
// their scores. They are a function of the records and decisions alone. Not thread-safe; the room's
// own.
//
// A flood is bounded: a block, a second or a number that holds more records than its limit gives
// no link by its rule to any record in it. So a record looks at few others, however many there are.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/linkage/blocks.h"
#include "hub/linkage/buckets.h"
#include "hub/linkage/decisions.h"
#include "hub/linkage/pair_rules.h"
#include "hub/linkage/record_store.h"
#include "hub/linkage/settings.h"

namespace commonwatch::linkage {

class Candidates {
 public:
  // The three outlive this.
  Candidates(const Settings& settings, RecordStore& records, const Decisions& decisions);

  // A live record with its `record` and `point` set. Every record whose possible links changed is
  // touched, itself included.
  void add(Slot slot);
  // Before it is changed or erased.
  void remove(Slot slot);
  // After a decision on it.
  void relink(Slot slot);

  // Since they were cleared; may repeat.
  const std::vector<Slot>& touched() const { return touched_; }
  void clear_touched() { touched_.clear(); }

  // Of the rules that hold for the pair, those that no flood takes away.
  std::uint8_t trusted_rules(const Node& a, const Node& b) const;
  // Live records in and around, whether or not in a flood; some lie farther.
  std::vector<Slot> around(const Node& node, std::uint32_t radius_m, Duration span) const;
  std::size_t bytes() const;

 private:
  struct Found {
    Slot slot;
    std::uint8_t rules;
  };

  Grain grain_of(const model::Record& record) const;
  std::uint64_t block_name(const Node& node) const;
  std::uint64_t second_name(const Node& node) const;
  std::uint64_t number_name(const Node& node, int day_shift) const;
  bool is_flood(const Buckets& buckets, std::uint64_t name, std::uint32_t records_max) const;

  void relink_members(const Buckets& buckets, std::uint64_t name, Slot except);
  void drop_edges(Slot slot);
  void find_near(const Node& node);
  void find_in_blocks(const Node& node, Grain grain, std::uint32_t radius_m, Duration span);
  void find_by_name(const Buckets& buckets, std::uint64_t name, std::uint32_t records_max,
                    std::uint8_t rule);
  void merge_found();
  std::uint32_t score(const Node& a, const Node& b, std::uint8_t rules) const;
  void link(Slot a, Slot b, std::uint32_t score);
  void link_decided(Slot slot);

  const Settings& settings_;
  RecordStore& records_;
  const Decisions& decisions_;
  Buckets blocks_;
  Buckets seconds_;
  Buckets numbers_;
  std::size_t coarse_ = 0;  // records in coarse blocks
  std::vector<Slot> touched_;
  std::vector<Found> found_;
  std::vector<std::uint64_t> names_;
};

}  // namespace commonwatch::linkage
