#include "clients/cli/input/suggestion.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace commonwatch::cli {
namespace {

constexpr std::size_t kListedMax = 20;
constexpr std::size_t kWordBytesMax = 64;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Levenshtein: inserts, removals and replacements that turn one into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = lower(word.substr(0, kWordBytesMax));
  const std::string* nearest = nullptr;
  std::size_t best = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t found = distance(wanted, lower(candidate.substr(0, kWordBytesMax)));
    if (found < best) {
      best = found;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return "did you mean \"" + *nearest + "\"?";
  std::string list = "known: ";
  for (std::size_t i = 0; i < std::min(candidates.size(), kListedMax); ++i) {
    list += (i == 0 ? "" : ", ") + candidates[i];
  }
  return list + (candidates.size() > kListedMax ? ", ..." : "");
}

}  // namespace commonwatch::cli
