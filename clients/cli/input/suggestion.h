// What somebody who mistyped a word may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace commonwatch::cli {

// `did you mean "x"?` for the nearest candidate, or `known: a, b, c` when none is near.
std::string suggest(std::string_view word, std::span<const std::string> candidates);

}  // namespace commonwatch::cli
