// Which records describe one incident.
//
// The incidents are a function of the current records, the decisions and the settings alone: not of
// the order in which they came, of repeats, or of what was known in between. Same calls in the same
// order give the same results and the same checkpoint bytes. No clock, no threads, no I/O. Not
// thread-safe.
//
// The rules (every number is one of settings.h):
// - Records of one source link when they have the same second and the same geocode (cell of
//   kLeafLevel), or the same number.
// - Records of one partner link by the same number within 24 h and 5 km. Numbers of different
//   partners are never compared.
// - Records of different sources, of one partner or of two, link when they are near: at most 250 m
//   apart and what both state as accuracy, never above 1,200 m; at most 45 minutes apart, 60 where
//   one of them is placed at a facility.
// - Always only with compatible persons (compatible.h).
// - An operator's link holds whatever the rules say, an operator's split likewise. Linked records
//   stand for one report: another record may join if the rules link it with any of them and it is
//   split from none.
// - A reduced record (its time and place are coarse) is linked by an operator's link only, and to
//   what it was linked to when it was reduced, which its owner says as such a link.
// - Complete linkage: every two records of an incident are linked by a rule or by an operator (also
//   by way of other records that an operator linked). So an incident holds one record of a source,
//   except by the same second, the same number or an operator, and there are no chains.
// - Best score first (pair_rules.h), ties by key: the result is one.
// - Then exchanges (grouping.h): where two reports stayed alone, and one of them can take the place
//   of a record that can go with the other, they change places, so that all four are linked. A link
//   by number, second or operator is never given up for it.
//
// Floods. A block of an hour and a kilometre, a second at a geocode, or a number in a day that
// holds more records than its limit links nothing by its rule. Where more than
// `component_records_max` records hang together by possible links, only links of a score of at
// least 700 count among them; where that is still too many, only numbers and seconds, and then only
// operators' links. All of this is again a function of the records, not of their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/linkage/explanation.h"
#include "hub/linkage/settings.h"
#include "hub/model/decision.h"
#include "hub/model/record.h"

namespace commonwatch::linkage {

struct IncidentChange {
  model::RecordKey key;  // the smallest of its records' keys
  // Nothing: gone. Time and place are those of its best record: at the scene before "not stated"
  // before an area before a facility (a hospital's address is not the place); then the finer
  // accuracy, 250 m where none is stated; then the earlier first_recorded; then the smaller key.
  // Persons and fatal are each the largest number that any of its records reports.
  std::optional<model::Incident> incident;
  friend bool operator==(const IncidentChange&, const IncidentChange&) = default;
};

class Linker {
 public:
  // Throws Failure (kInvalidRequest) if a setting is out of range.
  explicit Linker(const Settings& settings = {});
  ~Linker();
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;

  // The record as known from `revision` on; nothing: retracted, it never was. A revision not above
  // one that was applied changes nothing; a retraction keeps its revision.
  void apply(const model::RecordKey& key, std::uint32_t revision,
             const std::optional<model::Record>& now);

  // An operator's decision on two records, known or not; replaces an earlier one on the pair.
  // kByRules and kUnspecified take it back. It outlives its records.
  void decide(const model::RecordKey& first, const model::RecordKey& second,
              model::PairVerdict verdict);

  // What is new, changed or gone since the last call, in order of key: the net effect, so that a
  // change that was undone in between is not in it.
  std::vector<IncidentChange> take_changes();

  // The record as it counts now; nullptr if there is none of that key, or it was retracted. Dies at
  // the next call that is not const.
  const model::Record* find(const model::RecordKey& key) const;

  // Every incident of more than one record, as of the last take_changes(): its records' keys, in
  // order.
  std::vector<std::vector<model::RecordKey>> linked() const;

  // Nothing if there is no such record, or it was retracted.
  std::optional<Explanation> explain(const model::RecordKey& key) const;

  // Drops the records and retractions that occurred before. Incidents all of whose records were
  // dropped are not reported; what remains of others is a change. A retraction whose record never
  // came has no time, and stays.
  void forget(Instant before);

  // The state as bytes (linkage/checkpoint.cc): same state, same bytes. Changes that were not taken
  // are not in it: take them first.
  std::string checkpoint() const;
  // As after a take_changes(). kInternal if the bytes are damaged, of another version or of other
  // settings.
  static Result<Linker> restore(const Settings& settings, std::string_view bytes);

  // Records, without retracted ones.
  std::size_t size() const;
  // Memory, about. Looks at every record.
  std::size_t bytes() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::linkage
