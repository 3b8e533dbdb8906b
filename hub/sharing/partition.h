// The one partition of space on which figures are published.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "hub/sharing/agreement.h"

namespace commonwatch::sharing {

// Disjoint cells of mixed levels that together cover the ground that has a population entry. A
// value: made from configuration, and coarsened by figures that were published before; never by
// what is counted in it.
class Partition {
 public:
  struct Zone {
    model::Cell cell;
    std::uint64_t population = 0;
    bool publishable = true;  // false: below the floor even at the coarsest level; always hidden
    friend bool operator==(const Zone&, const Zone&) = default;
  };

  Partition() = default;
  // Cells of `level` (coarser where the population is given so), merged into their parents until
  // each has `floor` inhabitants or is of `settings.coarsest_level`.
  Partition(const PublicationSettings& settings, int level, std::uint64_t floor);

  const std::vector<Zone>& zones() const { return zones_; }  // in order of cell
  // The zone that holds the cell; nothing outside the ground.
  std::optional<model::Cell> zone_of(model::Cell cell) const;
  const Zone* find(model::Cell zone) const;

  // The partition in which every parent has taken the place of the zones in it if `keep` holds for
  // none of them. One step: a zone goes up one level at most.
  Partition coarsened(const std::function<bool(model::Cell)>& keep) const;

  // What a checkpoint keeps: same zones, same partition.
  static Partition restored(std::vector<Zone> zones, int coarsest_level);
  friend bool operator==(const Partition&, const Partition&) = default;

 private:
  std::vector<Zone> zones_;
  int coarsest_level_ = 0;
};

}  // namespace commonwatch::sharing
