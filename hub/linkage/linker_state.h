// What is behind the linker: records, possible links, groups. The room's own; not thread-safe.
//
// A change only marks what it touches. Groups are made anew when somebody looks (`settle`), and
// only those of records that hang together with a touched one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hub/linkage/candidates.h"
#include "hub/linkage/decisions.h"
#include "hub/linkage/grouping.h"
#include "hub/linkage/linker.h"
#include "hub/linkage/record_store.h"

namespace commonwatch::linkage {

class Linker::State {
 public:
  explicit State(const Settings& settings);

  void apply(const model::RecordKey& key, std::uint32_t revision,
             const std::optional<model::Record>& now);
  void decide(const model::RecordKey& first, const model::RecordKey& second,
              model::PairVerdict verdict);
  void forget(Instant before);
  std::vector<IncidentChange> take_changes();
  const model::Record* find(const model::RecordKey& key) const;
  std::vector<std::vector<model::RecordKey>> linked() const;
  std::optional<Explanation> explain(const model::RecordKey& key);

  std::string encode() const;
  // False if the bytes do not make sense.
  bool decode(std::string_view bytes);

  std::size_t live() const { return live_; }
  std::size_t bytes() const;

 private:
  // An incident as it was given out last, that was touched since.
  struct Before {
    model::RecordKey key;
    model::Incident incident;
    std::uint32_t remaining = 0;  // of its records, those that were not forgotten
  };

  // linker_state.cc
  void insert(Slot slot, const model::Record& record);
  void take_out(Slot slot);
  void date(Slot slot, Instant occurred);
  void forget_slot(Slot slot);
  std::vector<Slot> members_of(Slot slot) const;
  model::Incident incident_of(const std::vector<Slot>& members) const;
  const model::RecordKey& first_key(const std::vector<Slot>& members) const;
  void touch(Slot slot);
  void touch_linked();
  void publish(Slot slot, std::vector<IncidentChange>& now);

  // settle.cc
  void settle();
  void regroup(Slot slot);
  bool collect(Slot start, std::size_t level);
  void touch_below(Slot slot, std::size_t level);
  void make_groups(std::size_t level);
  Connected connected(std::size_t level) const;
  void set_group(const std::vector<Slot>& members, std::size_t level);

  // explain.cc
  LinkedPair linked_pair(Slot a, Slot b) const;
  std::vector<Candidate> candidates_of(Slot slot, const std::vector<Slot>& members) const;
  Obstacle obstacle_of(const Node& a, const Node& b) const;

  Settings settings_;
  RecordStore records_;
  Decisions decisions_;
  Candidates candidates_;
  std::size_t live_ = 0;
  std::map<std::int64_t, std::vector<Slot>> days_;  // where a dated record was put; may be stale

  std::vector<Slot> dirty_;  // may repeat, may be stale
  std::vector<Slot> fresh_;  // grouped since the last take_changes(); the same
  std::vector<Before> before_;

  // While settling.
  std::vector<Slot> unit_;  // in order of key
  std::uint32_t visit_ = 0;
  std::uint32_t round_ = 0;
};

}  // namespace commonwatch::linkage
