// Takes things out of the log: erases records, one after the other, and has reduced what is old.
// Asks again for what a crash left open; in the end everything that was asked for is done.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/sim/process.h"
#include "tests/sim/stored.h"

namespace commonwatch::sim {

class Archivist {
 public:
  // Events stay whole for a day, and skeletons for another two.
  static constexpr storage::KeptFor kKept{1, 3};

  Archivist(Stored::Partners& partners, Stored& stored) : partners_(partners), stored_(stored) {}

  // The record whose erasure is not done yet, else another one; false: not now.
  bool erase(Process& process, Random& random);
  // What is older than that; false: not now.
  bool retain(Process& process);
  bool is_done() const { return !erasing_; }
  // Whether a pass of retention began ever.
  bool has_reduced() const { return reduces_; }
  std::size_t erased() const { return erased_; }
  std::size_t passes() const { return passes_; }

 private:
  struct Erasing {
    Partner* partner;
    std::string record;
  };

  Stored::Partners& partners_;
  Stored& stored_;
  std::optional<Erasing> erasing_;
  bool reduces_ = false;
  std::size_t erased_ = 0;
  std::size_t passes_ = 0;
};

}  // namespace commonwatch::sim
