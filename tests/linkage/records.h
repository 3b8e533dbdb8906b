// Records for the tests, and a plain second linker.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "hub/linkage/linker.h"

namespace commonwatch::linkage::test {

using model::Incident;
using model::PairVerdict;
using model::Record;
using model::RecordKey;

inline RecordKey key(std::uint64_t number) {
  return RecordKey{{number * 0x9e3779b97f4a7c15U, number}};
}

inline const Instant kNoon = instant_from_micros(1'457'700'000'000'000);
inline constexpr double kDegreesPerMetre = 1.0 / 111'194.9;

// Of partner `source` / 10, at so many minutes after noon and metres north of a corner.
inline Record record(model::NameIndex source, double minutes = 0, double north_m = 0,
                     double east_m = 0) {
  Record made;
  made.source = source;
  made.partner = static_cast<model::NameIndex>(source / 10);
  made.occurred = kNoon + Duration(static_cast<std::int64_t>(minutes * 60e6));
  made.first_recorded = made.occurred + std::chrono::minutes(1);
  made.point = {40.12 + north_m * kDegreesPerMetre, -75.34 + east_m * kDegreesPerMetre / 0.7647};
  made.cell = model::Cell::at(made.point, model::kLeafLevel);
  return made;
}

// The incidents, as a reader of the changes knows them.
class Shown {
 public:
  void take(Linker& linker) {
    for (const IncidentChange& change : linker.take_changes()) {
      if (change.incident) {
        incidents[change.key] = *change.incident;
      } else {
        incidents.erase(change.key);
      }
    }
  }
  std::map<RecordKey, Incident> incidents;
};

inline std::map<RecordKey, Incident> incidents_of(Linker& linker) {
  Shown shown;
  shown.take(linker);
  return shown.incidents;
}

}  // namespace commonwatch::linkage::test
