// Which of the names that there are somebody may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace commonwatch::app {

// The nearest of `known`, which is not empty, by edits of single letters; the first of equals.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace commonwatch::app
