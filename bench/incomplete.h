// A workload whose result is not whole has no figures: it ends here.
#pragma once

#include <stdexcept>
#include <string>

namespace commonwatch::bench {

class Incomplete : public std::runtime_error {
 public:
  explicit Incomplete(const std::string& what) : std::runtime_error(what) {}
};

inline void require(bool holds, const std::string& what) {
  if (!holds) throw Incomplete(what);
}

}  // namespace commonwatch::bench
