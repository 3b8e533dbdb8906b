// Esri's categories of emerging hot spots, from one cell's Gi* over time slices. Pure; any thread.
//
// Source: Esri, ArcGIS Pro, "How Emerging Hot Spot Analysis works" (the version that asks sporadic
// hot spots to be hot in the last slice). A slice is hot or cold where its Gi* is significant; the
// trend is Mann-Kendall's over the z of all slices. h is how many of the n slices are hot:
//   new           hot in the last slice and never before
//   consecutive   one unbroken run of at least two hot slices at the end, none before it; h < 0.9 n
//   intensifying  h >= 0.9 n, hot in the last slice, z rises significantly
//   persistent    h >= 0.9 n, hot in the last slice, no significant trend
//   diminishing   h >= 0.9 n, hot in the last slice, z falls significantly
//   sporadic      hot in the last slice, on and off before; h < 0.9 n, no slice cold
//   oscillating   the same, but some slice cold
//   historical    h >= 0.9 n, not hot in the last slice
// The first that fits, in this order: Esri's own list. So a cell that was cold and is hot for the
// first time is new, not oscillating. Esri does not say what "persistent" is in a last slice that
// is not hot; historical covers it. The R package sfdep differs: for it a new hot spot has never
// been cold, and a sporadic one need not be hot at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "hub/statistics/mann_kendall.h"

namespace commonwatch::statistics {

enum class SliceState : std::uint8_t { kNeither, kHot, kCold };

// In the order of the place trends that subscribers see.
enum class EmergingPattern : std::uint8_t {
  kUnspecified,  // fewer than kEmergingSlicesMin slices
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

inline constexpr std::size_t kEmergingSlicesMin = 12;
// A trend is significant below this two-sided p.
inline constexpr double kTrendSignificance = 0.05;
// Gi* is significant beyond this z where nothing corrects for many cells: two-sided p below 0.05.
inline constexpr double kSliceSignificance = 1.96;

inline SliceState slice_state(double z, double significance = kSliceSignificance) {
  if (z > significance) return SliceState::kHot;
  return z < -significance ? SliceState::kCold : SliceState::kNeither;
}

// Slices oldest first.
EmergingPattern emerging_pattern(std::span<const SliceState> slices, const MannKendall& trend);

}  // namespace commonwatch::statistics
