#include "hub/storage/operations.h"

#include "hub/storage/chunk_codec.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// What an event weighs beside its payload and record id.
constexpr std::size_t kEventBytesFixed = 128;

}  // namespace

Submission prepare_submission(const RecordKeys& keys, const SourceHandle& handle,
                              model::Sequence first, std::vector<Candidate> events) {
  Submission submission{handle, first, std::move(events), {}, {}, {}, {}, {}, {}};
  submission.salts = random_bytes(submission.events.size() * kSaltBytes);
  submission.hashes.reserve(submission.events.size() * kHashBytes);
  submission.keys.reserve(submission.events.size());
  for (std::size_t index = 0; index < submission.events.size(); ++index) {
    const Candidate& candidate = submission.events[index];
    append_content_hash(std::string_view(submission.salts).substr(index * kSaltBytes, kSaltBytes),
                        candidate.refusal ? raw_content_of(candidate) : content_of(candidate),
                        submission.hashes);
    submission.keys.push_back(candidate.refusal ? model::RecordKey()
                                                : keys.of(handle.source, candidate.record_id));
  }
  return submission;
}

std::size_t bytes_of(const Operation& operation) {
  std::size_t bytes = 0;
  if (const auto* const submission = std::get_if<Submission>(&operation)) {
    for (const Candidate& event : submission->events) {
      bytes += event.payload.size() + event.record_id.size() + kEventBytesFixed;
    }
  } else if (const auto* const append = std::get_if<HubAppend>(&operation)) {
    bytes = append->payload.size() + kEventBytesFixed;
  }
  return bytes;
}

void refuse(Operation& operation, const Error& error) {
  if (auto* const submission = std::get_if<Submission>(&operation)) {
    if (submission->ordered) submission->ordered(error);
  } else if (auto* const open = std::get_if<OpenRequest>(&operation)) {
    if (open->opened) open->opened(error);
  } else if (auto* const append = std::get_if<HubAppend>(&operation)) {
    if (append->published) append->published(error);
  } else if (auto* const seal = std::get_if<SealRequest>(&operation)) {
    if (seal->sealed) seal->sealed(error);
  } else if (auto* const reduce = std::get_if<ReduceRequest>(&operation)) {
    if (reduce->reduced) reduce->reduced(error);
  } else if (auto* const erase = std::get_if<EraseRequest>(&operation)) {
    if (erase->erased) erase->erased(error);
  }
}

Result<void> OperationQueue::push(Operation&& operation) {
  std::size_t bytes = bytes_of(operation);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return make_error(ErrorCode::kShuttingDown,
                        "the log is being closed; send again when the hub is back");
    }
    auto* const submission = std::get_if<Submission>(&operation);
    if (submission != nullptr && bytes_.load() > 0 && bytes_.load() + bytes > bytes_max_) {
      submission->events.clear();
      submission->refused =
          make_error(ErrorCode::kRateLimited,
                     "too much waits for the log; wait for acknowledgements, then send again");
      bytes = 0;
    }
    bytes_ += bytes;
    waiting_.emplace_back(std::move(operation), bytes);
  }
  arrived_.notify_one();
  return {};
}

OperationQueue::Taken OperationQueue::take(std::size_t bytes_max, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, wait, [&] { return !waiting_.empty() || closed_; });
  Taken taken;
  while (!waiting_.empty() &&
         (taken.operations.empty() || taken.bytes + waiting_.front().second <= bytes_max)) {
    taken.bytes += waiting_.front().second;
    taken.operations.push_back(std::move(waiting_.front().first));
    waiting_.pop_front();
  }
  return taken;
}

void OperationQueue::release(std::size_t bytes) { bytes_ -= bytes; }

void OperationQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
}

bool OperationQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace commonwatch::storage
