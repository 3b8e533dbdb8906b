// What the log thread is asked to do, and the queue in which it waits, in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

struct Submission {
  SourceHandle handle;
  model::Sequence first;
  std::vector<Candidate> events;
  // For each event: a salt, and the salted hash of its content. Made by the caller's thread.
  std::string salts;
  std::string hashes;
  // And what names its record in the index.
  std::vector<model::RecordKey> keys;
  EventLog::OrderedCallback ordered;
  EventLog::PublishedCallback published;
  // The queue was full: only the answer waits its turn.
  std::optional<Error> refused;
};
struct OpenRequest {
  model::SourceName source;
  model::Sequence acknowledged;
  bool only_if_free = false;
  EventLog::OpenedCallback opened;
};
struct CloseRequest {
  SourceHandle handle;
};
struct HubAppend {
  std::string payload;
  EventLog::PublishedCallback published;
};
struct SealRequest {
  Instant tick;
  EventLog::SealedCallback sealed;
};
struct HoldRequest {
  Instant barrier;
};
struct ReduceRequest {
  Retention retention;
  Instant now;
  model::Offset clean_below;
  EventLog::SkeletonMaker make;
  EventLog::ReducedCallback reduced;
};
struct EraseRequest {
  model::SourceName source;
  std::string record_id;
  EventLog::ErasureMaker make;
  EventLog::NamesRecord names;
  EventLog::ErasedCallback erased;
};
// The writer's own: the erasure whose entries were found is to begin. Behind the HubAppend that
// names the chunks.
struct ErasureEvent {
  std::string payload;
  // What the log's setting of that name is from the event's offset on.
  std::function<std::string(model::Offset event)> erasing;
};

using Operation = std::variant<Submission, OpenRequest, CloseRequest, HubAppend, SealRequest,
                               HoldRequest, ReduceRequest, EraseRequest, ErasureEvent>;

// Draws the salts and computes the hashes.
Submission prepare_submission(const RecordKeys& keys, const SourceHandle& handle,
                              model::Sequence first, std::vector<Candidate> events);
std::size_t bytes_of(const Operation& operation);
// Answers with an error, whatever it is.
void refuse(Operation& operation, const Error& error);

// Thread-safe.
class OperationQueue {
 public:
  explicit OperationQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // kShuttingDown once it is closed; `operation` is untouched then. A submission that finds the
  // queue full is put in line without its events, refused with kRateLimited.
  Result<void> push(Operation&& operation);
  struct Taken {
    std::vector<Operation> operations;
    std::size_t bytes = 0;
  };
  // Waits up to `wait`; then as much as there is, at most `bytes_max` if that is more than one.
  Taken take(std::size_t bytes_max, std::chrono::milliseconds wait);
  // What `take` gave is durable or refused.
  void release(std::size_t bytes);
  // Nothing more comes in; what is there can still be taken.
  void close();
  bool closed() const;
  // Of what was pushed and not released.
  std::size_t bytes() const { return bytes_.load(); }

 private:
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::pair<Operation, std::size_t>> waiting_;
  std::atomic<std::size_t> bytes_{0};
  bool closed_ = false;
};

}  // namespace commonwatch::storage
