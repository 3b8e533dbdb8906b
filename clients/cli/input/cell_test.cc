#include <algorithm>
#include <boost/regex.hpp>
#include <stdexcept>

#include "clients/cli/input/mapping.h"

namespace commonwatch::cli {

// Boost's expressions, unlike the standard library's, neither recurse with the length of the text
// nor go on for ever.
struct CompiledPattern {
  boost::regex regex;
};

std::shared_ptr<const CompiledPattern> compile_pattern(const std::string& pattern) {
  try {
    return std::make_shared<const CompiledPattern>(CompiledPattern{boost::regex(pattern)});
  } catch (const std::exception& error) {
    throw std::invalid_argument("\"" + pattern + "\" is no regular expression: " + error.what());
  }
}

bool CellTest::holds(const std::string& cell) const {
  bool result = false;
  switch (kind) {
    case Kind::kIn:
      result = std::find(texts.begin(), texts.end(), cell) != texts.end();
      break;
    case Kind::kPrefix:
      result = cell.starts_with(texts.front());
      break;
    case Kind::kRegex:
      result = boost::regex_match(cell, pattern->regex);
      break;
  }
  return result != negated;
}

}  // namespace commonwatch::cli
