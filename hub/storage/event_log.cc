#include "hub/storage/event_log.h"

#include <sys/stat.h>

#include <utility>

#include "hub/storage/checkpoint_store.h"
#include "hub/storage/index_follower.h"
#include "hub/storage/log_steps.h"
#include "hub/storage/log_thread.h"
#include "hub/storage/open_hooks.h"
#include "hub/storage/recovery.h"
#include "hub/storage/verify.h"

namespace commonwatch::storage {
namespace {

constexpr Duration kAheadWorthSaying = std::chrono::minutes(1);

}  // namespace

// The members are destroyed from the last to the first: threads before what they work on.
class EventLog::Impl {
 public:
  Impl(const LogOptions& options, const Clock& clock, Recovered recovered)
      : options_(options),
        recovered_(std::move(recovered)),
        durable_(recovered_.durable, recovered_.chain_head),
        time_(options_, clock, recovered_.ceiling, recovered_.durable.recorded),
        backlog_(recovered_.durable.end),
        reader_(*recovered_.log, *recovered_.indexes, backlog_, durable_, *recovered_.keys,
                *recovered_.rewritten),
        checkpoints_(options_.directory / "checkpoints"),
        queue_(options_.limits.queued_bytes_max),
        stepped_(ScopedOpenHooks::current().stepped),
        follower_(std::make_unique<IndexFollower>(*recovered_.indexes, backlog_, stepped_)),
        writer_({options_, *recovered_.log, *recovered_.indexes, backlog_, *recovered_.sources,
                 durable_, time_, *recovered_.watermark, recovered_.epoch, *recovered_.keys,
                 *recovered_.rewritten, checkpoints_},
                recovered_.ended) {
    if (options_.clock_mode == ClockMode::kWall && time_.wall().ahead() > kAheadWorthSaying) {
      recovered_.report.description +=
          "The wall clock is behind what was recorded by " +
          std::to_string(
              std::chrono::duration_cast<std::chrono::seconds>(time_.wall().ahead()).count()) +
          " s: recorded time goes on from there and runs ahead; check the machine's clock. ";
    }
  }
  // Once, before anything is asked.
  Result<void> start() {
    if (auto completed = writer_.complete_erasure(); !completed) return completed;
    if (!stepped_) {
      thread_ = std::make_unique<LogThread>(queue_, writer_, options_.limits.commit_bytes_max);
    }
    return {};
  }
  ~Impl() { close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void close() {
    const bool closed = queue_.closed();
    writer_.end_rewriting();
    queue_.close();
    if (stepped_ && !closed) {
      while (commit()) {
      }
      writer_.finish();
    }
    thread_.reset();
    follower_.reset();
  }

  bool commit() {
    auto taken = queue_.take(options_.limits.commit_bytes_max, std::chrono::milliseconds(0));
    if (taken.operations.empty()) return false;
    writer_.commit_once(taken.operations, [&] { queue_.release(taken.bytes); });
    return true;
  }

  void push(Operation operation) {
    if (auto pushed = queue_.push(std::move(operation)); !pushed) {
      refuse(operation, pushed.error());
    }
  }

  LogOptions options_;
  Recovered recovered_;
  DurableEnd durable_;
  RecordedTime time_;
  Backlog backlog_;
  LogReader reader_;
  CheckpointStore checkpoints_;
  OperationQueue queue_;
  const bool stepped_;
  std::unique_ptr<IndexFollower> follower_;
  LogWriter writer_;
  std::unique_ptr<LogThread> thread_;
};

Result<std::unique_ptr<EventLog>> EventLog::open(const LogOptions& options, const Clock& clock) {
  // RocksDB creates its files with the process's mask, for as long as the log is open.
  ::umask(S_IRWXG | S_IRWXO);
  auto recovered = recover(options);
  if (!recovered) return recovered.error();
  auto impl = std::make_unique<Impl>(options, clock, std::move(*recovered));
  if (auto started = impl->start(); !started) return started.error();
  return std::unique_ptr<EventLog>(new EventLog(std::move(impl)));
}

EventLog::EventLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventLog::~EventLog() = default;

const OpenReport& EventLog::open_report() const { return impl_->recovered_.report; }
model::LogEpoch EventLog::epoch() const { return impl_->recovered_.epoch; }
ClockMode EventLog::clock_mode() const { return impl_->options_.clock_mode; }
bool EventLog::failed() const { return impl_->writer_.failed(); }

void EventLog::open_source(const model::SourceName& source, model::Sequence acknowledged,
                           OpenedCallback opened, bool only_if_free) {
  impl_->push(OpenRequest{source, acknowledged, only_if_free, std::move(opened)});
}

void EventLog::close_source(const SourceHandle& handle) { impl_->push(CloseRequest{handle}); }

model::Sequence EventLog::last_sequence(const model::SourceName& source) const {
  return impl_->recovered_.sources->last_sequence(source);
}

bool EventLog::is_open(const model::SourceName& source) const {
  return impl_->recovered_.sources->is_open(source);
}

void EventLog::submit(const SourceHandle& handle, model::Sequence first,
                      std::vector<Candidate> events, OrderedCallback ordered,
                      PublishedCallback published) {
  Submission submission =
      prepare_submission(*impl_->recovered_.keys, handle, first, std::move(events));
  if (!ordered) ordered = [](const auto&) {};
  if (!published) published = [](const auto&) {};
  submission.ordered = std::move(ordered);
  submission.published = std::move(published);
  impl_->push(std::move(submission));
}

void EventLog::append_hub_event(std::string payload, PublishedCallback published) {
  if (!published) published = [](const auto&) {};
  impl_->push(HubAppend{std::move(payload), std::move(published)});
}

void EventLog::hold_at(Instant barrier) { impl_->push(HoldRequest{barrier}); }

void EventLog::seal(Instant tick, SealedCallback sealed) {
  impl_->push(SealRequest{tick, std::move(sealed)});
}

Instant EventLog::recorded_now() const { return impl_->time_.now(); }

std::size_t EventLog::queued_bytes() const { return impl_->queue_.bytes(); }

std::optional<Instant> EventLog::waiting_for() const { return impl_->writer_.waiting_for(); }

bool EventLog::accepts() const {
  return !failed() && impl_->writer_.has_room() && !impl_->queue_.closed() &&
         queued_bytes() <= impl_->options_.limits.queued_bytes_max / 2;
}

void EventLog::set_durable_listener(DurableListener listener) {
  impl_->writer_.set_listener(std::move(listener));
}

DurableState EventLog::durable() const { return impl_->durable_.state(); }

LogHead EventLog::head() const { return impl_->durable_.head(); }

Result<std::optional<Chunk>> EventLog::read(model::Offset offset) const {
  return impl_->reader_.read(offset);
}

Result<model::Offset> EventLog::find_recorded(Instant recorded) const {
  return impl_->reader_.find_recorded(recorded);
}

Result<std::vector<model::Offset>> EventLog::find_occurred(Instant from, Instant to,
                                                           const model::Area& area,
                                                           model::Offset begin, model::Offset end,
                                                           std::size_t count_max) const {
  return impl_->reader_.find_occurred(from, to, area, begin, end, count_max);
}

Result<bool> EventLog::is_latest(const model::SourceName& source, const Entry& entry) const {
  const auto number = impl_->recovered_.sources->number(source);
  if (!number) return false;
  return impl_->reader_.is_latest(source, *number, entry);
}

void EventLog::reduce_before(Retention retention, Instant now, model::Offset clean_below,
                             SkeletonMaker make, ReducedCallback reduced) {
  impl_->push(
      ReduceRequest{std::move(retention), now, clean_below, std::move(make), std::move(reduced)});
}

std::optional<ReducedUpTo> EventLog::reduced() const {
  return impl_->recovered_.rewritten->reduced();
}

void EventLog::erase(const model::SourceName& source, std::string record_id, ErasureMaker make,
                     NamesRecord names, ErasedCallback erased) {
  if (record_id.empty()) {
    erased(make_error(ErrorCode::kInvalidRequest, "a record id is 1 to 128 bytes", "record"));
    return;
  }
  impl_->push(EraseRequest{source, std::move(record_id), std::move(make), std::move(names),
                           std::move(erased)});
}

std::optional<model::Offset> EventLog::last_erasure() const {
  return impl_->recovered_.rewritten->last_erasure();
}

std::vector<std::pair<model::SourceName, model::Sequence>> EventLog::sources() const {
  return impl_->recovered_.sources->durable_sources();
}

const RecordKeys& EventLog::record_keys() const { return *impl_->recovered_.keys; }

Result<std::optional<std::pair<model::Offset, std::string>>> EventLog::find_last_hub_event(
    const std::function<bool(const std::string& payload)>& matches,
    std::optional<model::Offset> below) const {
  return impl_->reader_.find_last_hub_event(matches, below);
}

Result<void> EventLog::write_checkpoint(const std::string& audience, const Checkpoint& checkpoint,
                                        model::Offset clean_below, std::size_t keep) {
  return impl_->checkpoints_.write(audience, checkpoint, clean_below, keep);
}

std::optional<Checkpoint> EventLog::read_checkpoint(const std::string& audience,
                                                    model::EngineEpoch epoch,
                                                    model::Version at) const {
  return impl_->checkpoints_.read(audience, epoch, at);
}

VerifyReport EventLog::verify(const std::vector<HeldHead>& held,
                              const std::function<bool()>& is_wanted) const {
  return verify_log(*impl_->recovered_.log, *impl_->recovered_.sources, impl_->durable_,
                    impl_->options_.rewrite_event, held, is_wanted);
}

const LogDatabase& EventLog::database() const { return *impl_->recovered_.log; }

void EventLog::end_rewriting() { impl_->writer_.end_rewriting(); }
void EventLog::close() { impl_->close(); }

bool LogSteps::commit() { return log_.impl_->commit(); }
std::optional<std::chrono::milliseconds> LogSteps::rewrite() {
  return log_.impl_->writer_.rewrite_some();
}
void LogSteps::keep_house() { log_.impl_->writer_.keep_house(); }
bool LogSteps::index() { return log_.impl_->follower_->step(); }

}  // namespace commonwatch::storage
