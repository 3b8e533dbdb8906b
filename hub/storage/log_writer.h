// The serial step: orders a group of operations, writes them in one batch, syncs once, answers.
// Has no thread of its own, so that a simulation can step it. The log thread's, but for what says
// otherwise.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hub/storage/barrier.h"
#include "hub/storage/erasure_task.h"
#include "hub/storage/ordering.h"
#include "hub/storage/recorded_time.h"
#include "hub/storage/retention_task.h"
#include "hub/storage/watermark.h"

namespace rocksdb {
class WriteBatch;
}

namespace commonwatch::storage {

// What the writer works on; all of it outlives the writer.
struct WriterParts {
  const LogOptions& options;
  LogDatabase& log;
  Indexes& indexes;
  Backlog& backlog;
  SourceTable& sources;
  DurableEnd& durable;
  RecordedTime& time;
  WatermarkFile& watermark;
  model::LogEpoch epoch;
  const RecordKeys& keys;
  Rewritten& rewritten;
  CheckpointStore& checkpoints;
};

class LogWriter {
 public:
  // `ended`: the log's last chunk is an end event, or there is none.
  LogWriter(const WriterParts& parts, bool ended);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Everything in the group is answered when it returns. `settled` is called once nothing of the
  // group waits for the disk any more, before the answers.
  void commit_once(std::vector<Operation>& group, const std::function<void()>& settled);
  // About once a second: syncs the watermark, looks at the disk.
  void keep_house();
  // Before the first commit: completes an erasure that was interrupted. Blocks.
  Result<void> complete_erasure();
  // One step of retention or erasure, if one was asked for: how soon the next is worth taking.
  std::optional<std::chrono::milliseconds> rewrite_some();
  // After the last commit: leaves the ceiling as low as promises allow, syncs the watermark.
  void finish();

  // --- any thread ----------------------------------------------------------------------------
  void end_rewriting() { rewriting_ended_ = true; }
  void set_listener(EventLog::DurableListener listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
  }
  bool failed() const { return failed_.load(); }
  // Room on the disk, and RocksDB takes writes.
  bool has_room() const { return has_room_.load(); }
  std::optional<Instant> waiting_for() const { return barrier_.wanted(); }

 private:
  // Told, after the sync, of the failure if there was one.
  using Answer = std::function<void(const std::optional<Error>& failure)>;

  void order(Submission& submission);
  void order(OpenRequest& request);
  void order(CloseRequest& request);
  void order(HubAppend& append);
  void order(SealRequest& request);
  void order(HoldRequest& request);
  void order(ReduceRequest& request);
  void order(EraseRequest& request);
  void order(ErasureEvent& event);
  void order_unless_held(Operation& operation);
  std::optional<Error> refusal_of(const Submission& submission, const Source* source) const;
  void append_new(Source& source, const Submission& submission, std::size_t from,
                  std::vector<Verdict>& verdicts, Published& published);
  void append_hub_payload(std::string payload, bool is_end);
  void close_chunk(Source& source, ChunkEncoder& encoder, Instant recorded);

  Result<TaskStep> step_task();
  void refuse_tasks(const Error& error);

  Result<void> write_group();
  Result<void> write_synced(rocksdb::WriteBatch& batch);
  void announce();
  void fail(const Error& error);
  Watermark watermark() const;

  using Task = std::variant<RetentionTask, ErasureTask>;

  WriterParts parts_;
  std::atomic<bool> rewriting_ended_{false};
  RewriteParts rewrite_parts_;
  std::deque<Task> tasks_;
  model::Offset tasks_begin_at_;  // what is below is to be indexed first: no reader has it then
                                  // from the backlog, as it was
  Ordering ordering_;
  Barrier barrier_;
  std::mutex listener_mutex_;
  EventLog::DurableListener listener_;
  std::uint64_t fences_ = 0;
  model::Offset end_;  // ordered; durable once the commit is
  Hash chain_head_;
  bool ended_;
  bool watermark_behind_ = true;

  // Of the group in hand.
  std::vector<NumberedChunk> chunks_;
  std::vector<Source*> touched_;
  std::vector<Answer> answers_;
  bool sealed_ = false;
  std::vector<std::pair<std::string, std::string>> settings_;  // to write with it
  std::optional<Instant> events_ceiling_;  // of this group: a tick was sealed ahead of the data

  std::atomic<bool> failed_{false};
  std::atomic<bool> has_room_{true};
  Error failure_;
};

}  // namespace commonwatch::storage
