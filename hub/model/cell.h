// Cells of the S2 grid (libs2): 64-bit ids, levels 0 (a face) to 30 (a square centimetre).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace commonwatch::model {

// Tiles are cells of this level, 15 to 25 km wide: what a subscriber selects.
inline constexpr int kTileLevel = 9;
// An incident's place is kept at this level, about 10 m wide.
inline constexpr int kLeafLevel = 20;

struct LatLng {
  double latitude = 0;   // degrees WGS 84
  double longitude = 0;  // degrees WGS 84
  friend bool operator==(const LatLng&, const LatLng&) = default;
};

class Cell {
 public:
  Cell() = default;  // no cell
  explicit Cell(std::uint64_t id) : id_(id) {}
  // The cell of `level` that holds the point.
  static Cell at(LatLng point, int level);

  std::uint64_t id() const { return id_; }
  bool is_valid() const;
  int level() const;
  // The cell of a coarser level that holds this one. `level` must not be finer than this cell's.
  Cell parent(int level) const;
  bool contains(Cell other) const;
  LatLng center() const;
  // The corners, counter-clockwise.
  std::array<LatLng, 4> vertices() const;
  // The cells of the same level around this one: eight, or seven at a corner of the cube.
  std::vector<Cell> neighbors() const;
  std::string token() const;

  friend auto operator<=>(Cell, Cell) = default;

 private:
  std::uint64_t id_ = 0;
};

// Where a zone's hotspots travel: a cell of the tile level, or tile 0 for what belongs to none.
using Tile = Cell;

}  // namespace commonwatch::model

template <>
struct std::hash<commonwatch::model::Cell> {
  std::size_t operator()(commonwatch::model::Cell cell) const noexcept {
    return static_cast<std::size_t>((cell.id() >> 1U) * 0x9e3779b97f4a7c15ULL);
  }
};
