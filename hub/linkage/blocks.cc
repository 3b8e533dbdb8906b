#include "hub/linkage/blocks.h"

#include <algorithm>
#include <cstdlib>

namespace commonwatch::linkage {
namespace {

constexpr std::int64_t kQuarterCircle = kUnitsPerCircle / 4;
constexpr std::int64_t kOneQ30 = std::int64_t{1} << 30U;
constexpr std::uint64_t kNamed = std::uint64_t{1} << 60U;  // so that no block is called 0

std::int64_t row_height(Grain grain) { return grain == Grain::kFine ? 90'000 : 360'000; }

std::int64_t row_of(std::int64_t latitude, std::int64_t height) {
  return (std::clamp(latitude, -kQuarterCircle, kQuarterCircle) + kQuarterCircle) / height;
}

// So many that none is narrower than its row is high.
std::int64_t columns_of(std::int64_t row, std::int64_t height) {
  const std::int64_t low = row * height - kQuarterCircle;
  const std::int64_t from_equator =
      std::min(kQuarterCircle, std::max(std::abs(low), std::abs(low + height)));
  const std::int64_t across = kUnitsPerCircle / height;
  return std::max<std::int64_t>(1, across * cosine_q30(from_equator) / kOneQ30);
}

std::int64_t column_of(std::int64_t longitude, std::int64_t columns) {
  const std::int64_t east = (longitude + kUnitsPerCircle / 2 + kUnitsPerCircle) % kUnitsPerCircle;
  return east * columns / kUnitsPerCircle;
}

std::int64_t hour_of(Instant instant) {
  return std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count();
}

std::uint64_t block(Grain grain, std::int64_t row, std::int64_t column, std::int64_t hour) {
  return kNamed | (static_cast<std::uint64_t>(grain) << 59U) |
         (static_cast<std::uint64_t>(row) << 44U) | (static_cast<std::uint64_t>(column) << 24U) |
         (static_cast<std::uint64_t>(hour) & 0xff'ffffU);
}

struct Columns {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

// Of a row, those that the stretch of `half_width` to both sides of a longitude touches.
Columns columns_around(std::int64_t longitude, std::int64_t half_width, std::int64_t columns) {
  const std::int64_t width = kUnitsPerCircle / columns;
  if (half_width < 0 || 2 * (half_width + width) >= kUnitsPerCircle) return {0, columns};
  const std::int64_t first = column_of(longitude - half_width, columns);
  const std::int64_t last = column_of(longitude + half_width, columns);
  return {first, (last - first + columns) % columns + 1};
}

// Units of longitude that `units` of latitude are at that latitude; negative: all around.
std::int64_t widened(std::int64_t units, std::int64_t from_equator) {
  const std::int64_t cosine = cosine_q30(std::min(kQuarterCircle, from_equator));
  if (cosine < kOneQ30 / 1'000) return -1;
  return units * kOneQ30 / cosine + 1;
}

}  // namespace

std::uint64_t block_of(GridPoint point, Instant occurred, Grain grain) {
  const std::int64_t height = row_height(grain);
  const std::int64_t row = row_of(point.latitude, height);
  return block(grain, row, column_of(point.longitude, columns_of(row, height)), hour_of(occurred));
}

void blocks_around(GridPoint point, Instant occurred, Grain grain, std::uint32_t radius_m,
                   Duration span, std::vector<std::uint64_t>& blocks) {
  const std::int64_t height = row_height(grain);
  const std::int64_t reach = units_of_metres(radius_m + radius_m / 100 + 2);
  const std::int64_t half_width = widened(reach, std::abs(std::int64_t{point.latitude}) + reach);
  const std::int64_t first_hour = hour_of(occurred - span);
  const std::int64_t last_hour = hour_of(occurred + span);
  const std::int64_t last_row = row_of(point.latitude + reach, height);
  for (std::int64_t row = row_of(point.latitude - reach, height); row <= last_row; ++row) {
    const std::int64_t columns = columns_of(row, height);
    const Columns touched = columns_around(point.longitude, half_width, columns);
    for (std::int64_t i = 0; i < touched.count; ++i) {
      const std::int64_t column = (touched.first + i) % columns;
      for (std::int64_t hour = first_hour; hour <= last_hour; ++hour) {
        blocks.push_back(block(grain, row, column, hour));
      }
    }
  }
}

}  // namespace commonwatch::linkage
