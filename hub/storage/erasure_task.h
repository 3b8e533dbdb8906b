// One erasure: finds the record's entries, has the event appended that says so, takes the entries
// out of their chunks, then out of everything else that may hold them. The log thread's, or before
// it starts.
#pragma once

#include <future>
#include <optional>
#include <vector>

#include "hub/storage/operations.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/rewriting.h"

namespace commonwatch::storage {

// What the log remembers of an erasure from its event on until it is complete.
struct Erasing {
  model::Offset event;
  model::SourceName source;
  model::RecordKey record;
  std::uint64_t events = 0;            // of the record
  std::vector<model::Offset> entries;  // rising: these, and the hub's own that name it
  std::uint32_t rewritten = 0;         // of `entries`, the first so many
};
std::string encode_erasing(const Erasing& erasing);
std::optional<Erasing> decode_erasing(std::string_view value);

class ErasureTask {
 public:
  // `parts` outlives it.
  ErasureTask(const RewriteParts& parts, EraseRequest request);
  // One that a crash interrupted.
  ErasureTask(const RewriteParts& parts, Erasing begun);

  // An error is final for the log. Before the event is appended, any but a failed write ends the
  // erasure with its answer instead.
  Result<TaskStep> step();
  // With TaskStep::kEvents: what is to be appended before the next step.
  std::vector<Operation> events();
  // Instead of going on.
  void refuse(const Error& error);

 private:
  enum class Stage { kScanSource, kScanHub, kRewrite, kClean, kSweep };

  TaskStep give_up(const Error& error);
  TaskStep scan_source();
  TaskStep scan_hub();
  // The chunk that holds that one of the entries, without all of them that it holds; moves behind
  // those. It may be without them already.
  Result<std::optional<Replacement>> erase_at(std::uint32_t& entry) const;
  TaskStep name_chunks();
  Result<TaskStep> rewrite_some();
  Result<TaskStep> clean();
  Result<TaskStep> finish();
  Result<void> look_at(model::Offset first);
  bool matches(const EntryView& entry) const;

  const RewriteParts& parts_;
  EraseRequest request_;
  Erasing erasing_;
  Stage stage_ = Stage::kScanSource;
  std::vector<RewrittenChunk> named_;
  model::Sequence scanned_;
  model::Offset hub_scanned_;
  std::future<Result<void>> sweep_;
};

}  // namespace commonwatch::storage
