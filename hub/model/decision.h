// What an operator decided: an event of the hub's own, that sticks until a later one on the same
// subject replaces it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/ids.h"

namespace commonwatch::model {

struct RecordName {
  SourceName source;
  std::string record_id;
  friend bool operator==(const RecordName&, const RecordName&) = default;
};

// Two records describe one incident, or do not, or the rules decide again.
enum class PairVerdict : std::uint8_t { kUnspecified, kLinked, kSplit, kByRules };
struct PairDecision {
  RecordName first;
  RecordName second;
  PairVerdict verdict = PairVerdict::kUnspecified;
  friend bool operator==(const PairDecision&, const PairDecision&) = default;
};

// What stands at a geocode (a cell of kLeafLevel): a facility of that name, a placeholder for "not
// known", or nothing in particular (which also ends a proposal).
enum class SiteKind : std::uint8_t { kUnspecified, kFacility, kPlaceholder, kOrdinary };
struct SiteDecision {
  Cell cell;
  SiteKind kind = SiteKind::kUnspecified;
  std::string name;  // of a facility, 1 to 64 bytes; several cells may bear one name
  friend bool operator==(const SiteDecision&, const SiteDecision&) = default;
};

struct Decision {
  std::string principal;
  std::variant<PairDecision, SiteDecision> subject;
  friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace commonwatch::model
