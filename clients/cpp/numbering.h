// Which sequence an event of the spool has.
//
// The spool counts its events by index: 1, 2, 3, also while no hub was ever reached. The hub counts
// by sequence. Between the two lies a shift that changes when somebody else published to the source
// in between: "from this index on, sequence = index + shift".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace commonwatch::client {

struct NumberingSpan {
  std::uint64_t first_index = 0;
  std::int64_t shift = 0;
  friend bool operator==(const NumberingSpan&, const NumberingSpan&) = default;
};

class Numbering {
 public:
  // Numbers `first_index` and all behind it anew, from `first_sequence`.
  void number_from(std::uint64_t first_index, std::uint64_t first_sequence);
  void add_span(NumberingSpan span);

  // Nothing when the index has no number yet.
  std::optional<std::uint64_t> sequence_of(std::uint64_t index) const;
  // Nothing when the sequence is none of ours.
  std::optional<std::uint64_t> index_of(std::uint64_t sequence) const;

  const std::vector<NumberingSpan>& spans() const { return spans_; }

 private:
  std::vector<NumberingSpan> spans_;  // in order of first_index
};

}  // namespace commonwatch::client
