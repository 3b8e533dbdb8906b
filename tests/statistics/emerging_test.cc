#include "hub/statistics/emerging.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace commonwatch::statistics {
namespace {

constexpr MannKendall kNone{0, 1, 0, 1};
constexpr MannKendall kRising{50, 1, 3, 0.003};
constexpr MannKendall kFalling{-50, 1, -3, 0.003};

// h hot, c cold, anything else neither; oldest first.
EmergingPattern pattern(const std::string& text, const MannKendall& trend = kNone) {
  std::vector<SliceState> slices;
  for (const char letter : text) {
    slices.push_back(letter == 'h'   ? SliceState::kHot
                     : letter == 'c' ? SliceState::kCold
                                     : SliceState::kNeither);
  }
  return emerging_pattern(slices, trend);
}

TEST_CASE("Each of Esri's definitions gives its category") {
  CHECK(pattern("............") == EmergingPattern::kNoPattern);
  CHECK(pattern("...........h") == EmergingPattern::kNew);
  CHECK(pattern(".........hhh") == EmergingPattern::kConsecutive);
  CHECK(pattern(".hhhhhhhhhhh", kRising) == EmergingPattern::kIntensifying);
  CHECK(pattern(".hhhhhhhhhhh", kNone) == EmergingPattern::kPersistent);
  CHECK(pattern(".hhhhhhhhhhh", kFalling) == EmergingPattern::kDiminishing);
  CHECK(pattern("..h..hh....h") == EmergingPattern::kSporadic);
  CHECK(pattern("..h..cc....h") == EmergingPattern::kOscillating);
  CHECK(pattern("hhhhhhhhhhh.") == EmergingPattern::kHistorical);
}

TEST_CASE("Ninety percent of the slices is where a hot spot stops being consecutive") {
  CHECK(pattern("..hhhhhhhhhh") == EmergingPattern::kConsecutive);  // 10 of 12
  CHECK(pattern(".hhhhhhhhhhh") == EmergingPattern::kPersistent);   // 11 of 12
  CHECK(pattern(std::string(2, '.') + std::string(18, 'h')) == EmergingPattern::kPersistent);
}

TEST_CASE("What was hot and no longer is, and not for nearly always, has no pattern") {
  CHECK(pattern("hhhhhhhhhh..") == EmergingPattern::kNoPattern);
  CHECK(pattern("hhhhhhhhhhc.") == EmergingPattern::kNoPattern);
}

TEST_CASE("A cell that was cold and is hot for the first time is new, or consecutive") {
  CHECK(pattern("ccc........h") == EmergingPattern::kNew);
  CHECK(pattern("ccc.......hh") == EmergingPattern::kConsecutive);
}

TEST_CASE("A trend that is not significant is none") {
  CHECK(pattern("hhhhhhhhhhhh", {20, 200, 1.4, 0.16}) == EmergingPattern::kPersistent);
}

TEST_CASE("Fewer than twelve slices have no category yet") {
  CHECK(pattern("hhhhhhhhhhh") == EmergingPattern::kUnspecified);
}

TEST_CASE("A slice is hot or cold beyond the significance, not at it") {
  CHECK(slice_state(1.97) == SliceState::kHot);
  CHECK(slice_state(1.96) == SliceState::kNeither);
  CHECK(slice_state(-1.96) == SliceState::kNeither);
  CHECK(slice_state(-1.97) == SliceState::kCold);
}

}  // namespace
}  // namespace commonwatch::statistics
