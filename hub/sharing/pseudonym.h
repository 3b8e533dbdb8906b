// A record's name for an audience that may not know the source's own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace commonwatch::sharing {

// 128 secret random bits: one key for each audience, kept by whoever calls, and never shown. With
// the same key a record keeps its pseudonym across revisions, restarts and replays.
struct PseudonymKey {
  std::array<std::uint64_t, 2> words{};
};

// 32 hexadecimal digits: SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012) over source
// and record id. Without the key it tells neither, and no two can be matched across audiences.
std::string pseudonym(const PseudonymKey& key, std::string_view source, std::string_view record_id);

}  // namespace commonwatch::sharing
