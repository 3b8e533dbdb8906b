// Cells of text, made into values.
#pragma once

#include <optional>
#include <string_view>

namespace commonwatch::cli {

// Without blanks and line ends around it.
std::string_view trim(std::string_view text);
// Decimal and finite; nothing if it is anything else. Blanks around it are ignored.
std::optional<double> read_number(std::string_view text);

}  // namespace commonwatch::cli
