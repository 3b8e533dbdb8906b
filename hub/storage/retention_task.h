// A pass of retention: source by source, chunk by chunk from where the last pass came to. The log
// thread's.
#pragma once

#include <future>
#include <map>
#include <optional>

#include "hub/storage/operations.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/rewriting.h"

namespace commonwatch::storage {

std::string encode_reduced(const ReducedUpTo& reduced);
std::optional<ReducedUpTo> decode_reduced(std::string_view value);

class RetentionTask {
 public:
  // `parts` outlives it.
  RetentionTask(const RewriteParts& parts, ReduceRequest request);

  // Rewrites a few chunks at most. An error is a failed write: final for the log. Any other ends
  // the pass with its answer.
  Result<TaskStep> step();
  // With TaskStep::kEvents: what is to be appended before the next step.
  std::vector<Operation> events();
  // Instead of going on.
  void refuse(const Error& error) { request_.reduced(error); }
  // Its destructor would wait for another thread: a step ends it as well.
  bool is_sweeping() const { return sweep_.valid(); }

 private:
  // The last sequences of a source of which nothing is whole, and nothing but stubs, any more.
  struct Progress {
    model::Sequence reduced;
    model::Sequence stubs;
  };
  enum class Stage { kReduce, kStub, kSweep, kOver };
  // A few chunks as they are to be, and how far the stage has come with them.
  struct Prepared {
    std::vector<Replacement> replacements;
    bool is_last = false;  // of the stage
  };

  void begin_source();
  TaskStep give_up(const Error& error);
  TaskStep begin_sweep();
  Result<TaskStep> prepare_some();
  Result<TaskStep> write_prepared();
  Result<TaskStep> finish();
  Reduction reduction_of(const Chunk& chunk, std::size_t index, const EntryView& entry);
  // Whether the chunk is old enough for the stage.
  bool is_due(Instant recorded) const;
  Result<std::optional<std::string>> rewrite(const SharedChunk& chunk);
  void next_stage();
  void note(const StoredChunk& chunk);

  const RewriteParts& parts_;
  ReduceRequest request_;
  std::vector<model::SourceName> sources_;
  std::size_t at_ = 0;
  Stage stage_ = Stage::kReduce;
  bool begun_ = false;  // the source at hand
  std::optional<Prepared> prepared_;
  KeptFor kept_;
  Progress progress_;
  SourceNumber number_;
  RetentionPass pass_;
  std::map<std::string, OffsetRange> ranges_;  // by source
  std::optional<ReducedUpTo> reduced_;
  bool sweep_all_ = false;
  std::future<Result<void>> sweep_;
};

}  // namespace commonwatch::storage
