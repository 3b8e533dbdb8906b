// The thread that brings durable chunks from the backlog into the indexes.
#pragma once

#include <thread>

#include "hub/storage/backlog.h"
#include "hub/storage/indexes.h"

namespace commonwatch::storage {

class IndexFollower {
 public:
  // Both outlive it.
  IndexFollower(Indexes& indexes, Backlog& backlog);
  // Indexes what is left, then stops.
  ~IndexFollower();
  IndexFollower(const IndexFollower&) = delete;
  IndexFollower& operator=(const IndexFollower&) = delete;

 private:
  void follow();

  Indexes& indexes_;
  Backlog& backlog_;
  std::thread thread_;
};

}  // namespace commonwatch::storage
