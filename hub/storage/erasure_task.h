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
  // Rising: these, the hub's own that name it, and skeletons of others that are linked to it.
  std::vector<model::Offset> entries;
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
  // Its destructor would wait for another thread: a step ends it as well.
  bool is_sweeping() const { return sweep_.valid(); }

 private:
  enum class Stage { kScanSource, kScanLinks, kScanHub, kRewrite, kClean, kSweep };

  TaskStep give_up(const Error& error);
  TaskStep scan_source();
  TaskStep scan_links();
  TaskStep scan_hub();
  // What is to become of one of the entries; nothing: it has become that.
  std::optional<Reduction> reduction_of(const EntryView& entry) const;
  // The chunk that holds that one of the entries, with all of them that it holds reduced; moves
  // behind those. They may be so already.
  Result<std::optional<Replacement>> erase_at(std::uint32_t& entry) const;
  TaskStep name_chunks();
  Result<TaskStep> rewrite_some();
  Result<TaskStep> clean();
  Result<TaskStep> finish();
  Result<void> look_at(model::Offset first);
  bool matches(const EntryView& entry) const;
  bool is_skeleton_of_another(const EntryView& entry) const;
  // Of a skeleton that is linked to the record: what it is without that.
  std::optional<Skeleton> unlinked(const EntryView& entry) const;

  const RewriteParts& parts_;
  EraseRequest request_;
  Erasing erasing_;
  Stage stage_ = Stage::kScanSource;
  std::vector<RewrittenChunk> named_;
  model::Sequence scanned_;
  model::Offset own_scanned_;  // behind the last of its own entries that was found
  model::Offset links_scanned_;
  model::Offset hub_scanned_;
  std::optional<model::Offset> first_erased_;
  std::future<Result<void>> sweep_;
};

}  // namespace commonwatch::storage
