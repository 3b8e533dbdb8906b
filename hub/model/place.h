// Places: where there is persistently more than around; and proposals for an operator to decide.
#pragma once

#include <cstdint>
#include <string>

#include "hub/base/time.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

// Esri's categories of emerging hot spots; the numbers of hotspot.proto.
enum class PlaceTrend : std::uint8_t {
  kUnspecified,  // fewer than 12 slices of 28 days are known
  kNoPattern,
  kNew,
  kConsecutive,
  kIntensifying,
  kPersistent,
  kDiminishing,
  kSporadic,
  kOscillating,
  kHistorical,
};

// A 3x3 block beyond what its jurisdiction's mean says, over a trailing period.
struct Place {
  std::string id;  // `place:` and the token of the middle cell and the days
  Zone zone;       // a block
  LatLng center;
  std::uint32_t days = 0;     // of the trailing period: 28, 90 or 365
  std::uint32_t count = 0;    // persons of the block
  double expected = 0;        // rounded to 0.001
  double q_value = 0;         // Benjamini-Hochberg, rounded to 4 significant digits
  double gi_star = 0;         // Getis-Ord z, rounded to 0.001
  PlaceTrend trend = PlaceTrend::kUnspecified;
  friend bool operator==(const Place& a, const Place& b) {
    return a.id == b.id && a.count == b.count && a.expected == b.expected &&
           a.q_value == b.q_value && a.gi_star == b.gi_star && a.trend == b.trend;
  }
};

enum class ProposalKind : std::uint8_t { kUnspecified, kFacility, kPlaceholder };

// A geocode that looks like a facility, or like one that stands for "not known". Takes effect only
// when an operator decides so.
struct Proposal {
  std::string id;  // `proposal:` and the token of the cell
  ProposalKind kind = ProposalKind::kUnspecified;
  Cell cell;  // of kLeafLevel
  LatLng center;
  std::uint32_t persons = 0;   // of the incidents that the engine holds, about 400 days
  double share_unnamed = 0;    // of its records, those without an area code; rounded to 0.001
  friend bool operator==(const Proposal& a, const Proposal& b) {
    return a.id == b.id && a.kind == b.kind && a.cell == b.cell && a.persons == b.persons &&
           a.share_unnamed == b.share_unnamed;
  }
};

}  // namespace commonwatch::model
