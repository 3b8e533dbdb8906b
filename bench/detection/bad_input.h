// A file that is not what it should be: what, where, what next. Ends the program with status 7.
#pragma once

#include <stdexcept>
#include <string>

namespace commonwatch::detection {

class BadInput : public std::runtime_error {
 public:
  explicit BadInput(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace commonwatch::detection
