// The groups of one component while they are made: links taken, reports exchanged (grouping.h has
// the rules). Not thread-safe; the room's own.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "hub/linkage/bit_rows.h"
#include "hub/linkage/grouping.h"

namespace commonwatch::linkage {

// Reports and groups are named by their first record.
class ReportGroups {
 public:
  // Every report alone. `connected` outlives this; its links are in the order in which they are
  // taken. `reports`: for every record its report.
  ReportGroups(const Connected& connected, const std::vector<std::uint32_t>& reports);

  void take_links();
  // Makes the best exchange; false if there is none, or too many reports are alone.
  bool exchange();
  std::uint32_t first_of(std::uint32_t report) const { return group_[report]; }

 private:
  struct Exchange {
    std::int64_t gain = 0;  // of the sum of scores
    std::uint32_t comer = 0;
    std::uint32_t leaver = 0;
    std::uint32_t partner = 0;  // whom the leaver goes with
    auto order() const { return std::tuple(-gain, comer, leaver, partner); }
  };
  struct Pair {
    std::uint32_t first = 0;  // below second
    std::uint32_t second = 0;
    std::uint32_t score = 0;
    auto reports() const { return std::tuple(first, second); }
  };

  std::vector<std::uint32_t> members_of(std::uint32_t group) const;
  void join(std::uint32_t a, std::uint32_t b);
  void make_group(const std::vector<std::uint32_t>& members);
  void score_pairs();
  std::uint32_t score(std::uint32_t a, std::uint32_t b) const;
  std::optional<std::int64_t> gain(std::uint32_t comer, std::uint32_t leaver) const;

  const Connected& connected_;
  const std::vector<std::uint32_t>& reports_;
  std::vector<std::uint32_t> group_;   // of every report
  std::vector<std::uint32_t> length_;  // of every group, in reports; 0: no group
  BitRows linkable_;                   // of every report
  BitRows common_;                     // of every group: what all its reports are linkable with
  BitRows members_;                    // of every group
  std::vector<Pair> pairs_;            // the reports' best links, rising; made when first needed
};

}  // namespace commonwatch::linkage
