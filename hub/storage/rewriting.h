// Putting reduced chunks in the place of whole ones, and taking what was there out of the files.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "hub/storage/backlog.h"
#include "hub/storage/checkpoint_store.h"
#include "hub/storage/database.h"
#include "hub/storage/indexes.h"
#include "hub/storage/log_reader.h"
#include "hub/storage/operations.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/rewritten.h"
#include "hub/storage/sha256.h"
#include "hub/storage/source_table.h"

namespace commonwatch::storage {

// What retention and erasure work on. Everything outlives them.
struct RewriteParts {
  const std::filesystem::path& directory;
  LogDatabase& log;
  Indexes& indexes;
  Backlog& backlog;
  SourceTable& sources;
  const RecordKeys& keys;
  Rewritten& rewritten;
  CheckpointStore& checkpoints;
  const RewriteEvent& event;
  std::atomic<bool>& ended;  // nothing is to be rewritten any more
};

// What a step of a task came to.
enum class TaskStep {
  kMore,    // go on, whenever nothing else waits
  kLater,   // waits for another thread: ask again soon
  kEvents,  // wants the events that it has ready appended
  kOver,    // answered
};

// A chunk and what is to be put in its place.
struct Replacement {
  SharedChunk before;
  std::string after;

  RewrittenChunk name() const { return {before->first(), sha256(after)}; }
};
// The events that name the chunks; to be durable before the first of them is written.
std::vector<Operation> name_rewritten(const RewriteEvent& event,
                                      const std::vector<RewrittenChunk>& chunks);

using OffsetRange = std::pair<model::Offset, model::Offset>;  // first offsets of chunks, both in

// One synced batch. The log thread's, or before it starts.
class RewriteBatch {
 public:
  explicit RewriteBatch(const RewriteParts& parts);
  ~RewriteBatch();
  RewriteBatch(const RewriteBatch&) = delete;
  RewriteBatch& operator=(const RewriteBatch&) = delete;

  void put_chunk(Replacement replacement);
  void put_setting(const std::string& key, const std::string& value);
  void delete_setting(const std::string& key);
  Result<void> write();

 private:
  struct Batch;
  const RewriteParts& parts_;
  std::unique_ptr<Batch> batch_;
  std::vector<std::pair<SharedChunk, StoredChunk>> chunks_;  // before and after
  std::optional<Error> failed_;
};

// Nothing if the log has no such setting.
Result<std::optional<std::string>> read_setting(const LogDatabase& log, const std::string& key);

// Flushes everything, so that no write-ahead log holds it any more, and compacts the chunks
// between, so that no table does. Blocks for as long as that takes; any thread.
// kShuttingDown: it was ended.
Result<void> sweep(const RewriteParts& parts, const std::vector<OffsetRange>& ranges);

// Of the copies in `cut/`, those last written before; all: the end of time.
Result<void> remove_cut_copies(const std::filesystem::path& directory, Instant before);

}  // namespace commonwatch::storage
