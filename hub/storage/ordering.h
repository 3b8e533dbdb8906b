// Decides what becomes of each event of a submission, before it gets its place in the log: what was
// there before, what contradicts it, what is new. Reads the log, changes nothing but what it was
// told to remember. The log thread's.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "hub/storage/log_reader.h"
#include "hub/storage/operations.h"
#include "hub/storage/source_table.h"

namespace commonwatch::storage {

// For the events of a submission that are new, in order.
struct Verdict {
  Disposition disposition = Disposition::kStored;
  std::optional<Error> refusal;
};

class Ordering {
 public:
  // All outlive it.
  Ordering(const LogDatabase& log, const Indexes& indexes, const Backlog& backlog)
      : log_(log), indexes_(indexes), backlog_(backlog) {}

  // The first `count` events were consumed before: adds to `published` what they are now.
  Result<void> compare_consumed(const Source& source, const Submission& submission,
                                std::size_t count, Published& published);
  // The events from `from` on are new and will get the offsets from `base` on.
  Result<std::vector<Verdict>> judge_new(const Source& source, const Submission& submission,
                                         std::size_t from, model::Offset base);
  // The chunk has its place, though it may not be durable yet.
  void remember(Source& source, const SharedChunk& chunk);
  // Forgets what the indexes have.
  void forget_indexed();
  // Chunks were rewritten.
  void forget_read();

 private:
  Result<SharedChunk> find_chunk(model::Offset offset);
  Result<SharedChunk> find_consumed(const Source& source, model::Sequence sequence);
  Result<std::optional<bool>> compare_record(const Source& source, const Submission& submission,
                                             std::size_t index, std::size_t from,
                                             model::Offset base, model::Offset at);

  const LogDatabase& log_;
  const Indexes& indexes_;
  const Backlog& backlog_;
  std::deque<SharedChunk> recent_;  // ordered, and not indexed for sure
  RecordGenerations records_;       // of `recent_`
  std::deque<SharedChunk> read_before_;
};

}  // namespace commonwatch::storage
