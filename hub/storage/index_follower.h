// Brings durable chunks from the backlog into the indexes: on a thread of its own, or step by step.
#pragma once

#include <thread>

#include "hub/storage/backlog.h"
#include "hub/storage/indexes.h"

namespace commonwatch::storage {

class IndexFollower {
 public:
  // Both outlive it. `stepped`: there is no thread, and nobody waits for it; `step` is called.
  IndexFollower(Indexes& indexes, Backlog& backlog, bool stepped);
  // With a thread: indexes what is left, then stops.
  ~IndexFollower();
  IndexFollower(const IndexFollower&) = delete;
  IndexFollower& operator=(const IndexFollower&) = delete;

  // Waits for chunks, and indexes some; false: it is over, or (stepped) there is nothing to do.
  bool step();

 private:
  Indexes& indexes_;
  Backlog& backlog_;
  std::thread thread_;
};

}  // namespace commonwatch::storage
