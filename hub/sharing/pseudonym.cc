#include "hub/sharing/pseudonym.h"

#include "hub/model/sip_hash.h"

namespace commonwatch::sharing {

std::string pseudonym(const PseudonymKey& key, std::string_view source,
                      std::string_view record_id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  model::SipHash hash(key.words);
  hash.update(source);
  // A source's name holds no zero byte: the pair cannot be cut in two ways.
  hash.update(std::string_view("\0", 1));
  hash.update(record_id);
  std::string text;
  for (const std::uint64_t word : hash.finish()) {
    for (int shift = 60; shift >= 0; shift -= 4) text.push_back(kDigits[word >> shift & 0xfU]);
  }
  return text;
}

}  // namespace commonwatch::sharing
