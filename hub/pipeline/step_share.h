// What one step of a replay may read of the log, however little of it is shown: others wait for the
// thread.
#pragma once

#include <algorithm>
#include <cstddef>

#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

class StepShare {
 public:
  bool is_left() const { return chunks_left_ > 0; }
  void take(const storage::Chunk& chunk) { take(1 + chunk.entries.size() / kEntriesOfOne); }
  // As much as so many small chunks.
  void take(std::size_t chunks) { chunks_left_ -= std::min(chunks_left_, chunks); }

 private:
  static constexpr std::size_t kChunksMax = 1024;
  // Entries that cost as much as reading one more chunk.
  static constexpr std::size_t kEntriesOfOne = 16;
  std::size_t chunks_left_ = kChunksMax;
};

}  // namespace commonwatch::pipeline
