// A head of a chain that somebody outside holds, and where `verify` found it. A partner holds what
// `published` gave it, an operator what the system log said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/model/ids.h"

namespace commonwatch::storage {

using Hash = std::string;  // 32 bytes, SHA-256

struct HeldHead {
  Hash hash;
  // Where it stood, if the holder knows: behind so many events (the end offset), or behind the
  // audit record of that number. Never known to a partner.
  std::optional<std::uint64_t> place;
  // What a partner knows: the source and sequence that `published` stated with it.
  std::optional<std::pair<model::SourceName, model::Sequence>> acknowledged;
};

struct FoundHead {
  std::optional<std::uint64_t> place;  // as above; nothing: it is not on the chain
  Instant at{};                        // when what it stands behind was recorded
};

// Lower-case hexadecimal.
std::string to_hex(const Hash& hash);

// Looks for held heads while somebody walks along a chain, and says what their absence means.
class HeadSearch {
 public:
  // `unit`: what places count, `offset` or `audit record`.
  HeadSearch(const std::vector<HeldHead>& held, std::string unit);

  // The chain's head at the place; in order of place.
  void pass(const Hash& head, std::uint64_t place, Instant at);
  // Where the source's sequence stands now.
  void pass(const std::string& source, model::Sequence first, model::Sequence last,
            std::uint64_t end);
  // A sentence for each head that is not where it has to be; `end` is where the chain ends,
  // `forgotten` up to where retention took it.
  std::vector<std::string> faults(std::uint64_t end, std::uint64_t forgotten) const;
  const std::vector<FoundHead>& found() const { return found_; }

 private:
  std::string fault_of(std::size_t index, std::uint64_t end, std::uint64_t forgotten) const;
  // The newest place below `place` (or of all) at which a held head was found.
  std::uint64_t sound_below(std::uint64_t place) const;

  const std::vector<HeldHead>& held_;
  std::string unit_;
  std::vector<FoundHead> found_;
  std::vector<std::optional<std::uint64_t>> stands_;  // of `acknowledged`
};

}  // namespace commonwatch::storage
