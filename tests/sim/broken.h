// An invariant that does not hold; ends the run of its seed.
#pragma once

#include <stdexcept>
#include <string>

namespace commonwatch::sim {

class Broken : public std::runtime_error {
 public:
  Broken(std::string invariant, const std::string& what)
      : runtime_error(what), invariant_(std::move(invariant)) {}
  const std::string& invariant() const { return invariant_; }

 private:
  std::string invariant_;
};

inline void require(bool holds, const char* invariant, const std::string& what) {
  if (!holds) throw Broken(invariant, what);
}

}  // namespace commonwatch::sim
