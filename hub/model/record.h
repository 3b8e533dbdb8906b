// What the fold keeps of a record, and of the incident that one or several records describe.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/event.h"
#include "hub/model/ids.h"

namespace commonwatch::model {

// Names a record across its revisions: 128 bits of a hash of the source and its record id.
struct RecordKey {
  std::array<std::uint64_t, 2> words{};
  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};
RecordKey record_key(const SourceName& source, std::string_view record_id);

// A partner, or a source, as a small number; given out in order of first appearance, by whoever
// holds the table (hub/model/name_table.h). Never shown.
using NameIndex = std::uint16_t;

// What is known of one person, for telling persons apart. 0: not stated. The numbers of
// event.proto.
struct PersonTraits {
  std::uint8_t age_band = 0;
  std::uint8_t sex = 0;
  Outcome outcome = Outcome::kUnspecified;
  friend bool operator==(const PersonTraits&, const PersonTraits&) = default;
};

// An overdose as one source reports it, in its latest revision.
struct Record {
  NameIndex source = 0;
  NameIndex partner = 0;
  Instant occurred{};
  Instant first_recorded{};  // of the record's first report; a revision does not move it
  LatLng point;
  Cell cell;             // of kLeafLevel, that holds the point
  float accuracy_m = 0;  // 0: not stated
  LocationKind location = LocationKind::kUnspecified;
  bool has_area_code = false;
  std::uint32_t persons = 1;
  std::uint32_t fatal = 0;
  std::vector<PersonTraits> traits;  // of the persons that were told apart; may be fewer
  // 64 bits of a hash of the number and the version of the coalition's key; 0: none. Compared
  // within a partner.
  std::uint64_t match_key = 0;
  // Retention has taken what it said: time and place are coarse, persons are numbers. No rule links
  // it any more, only what was decided or kept.
  bool reduced = false;
  friend bool operator==(const Record&, const Record&) = default;
};

// What is counted: the thing that happened, once. Its key is the smallest of its records' keys.
struct Incident {
  Instant occurred{};
  Instant first_recorded{};  // of its first report
  Cell cell;                 // of kLeafLevel
  std::uint32_t persons = 1;
  std::uint32_t fatal = 0;
  bool has_area_code = false;
  std::vector<NameIndex> partners;  // that reported it: rising, each once, at least one
  friend bool operator==(const Incident&, const Incident&) = default;
};

}  // namespace commonwatch::model

template <>
struct std::hash<commonwatch::model::RecordKey> {
  std::size_t operator()(const commonwatch::model::RecordKey& key) const noexcept {
    return static_cast<std::size_t>(key.words[0]);
  }
};
