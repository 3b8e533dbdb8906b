#include "hub/pipeline/ingest.h"

#include <algorithm>
#include <utility>

#include "hub/sharing/agreement.h"

namespace commonwatch::pipeline {

void merge(wire::Published& into, storage::Published&& later) {
  into.last = std::max(into.last, later.last);
  into.stored += later.stored;
  into.repeated += later.repeated;
  into.chain_head = std::move(later.chain_head);
  for (storage::Rejection& rejection : later.rejections) {
    into.rejections.push_back({rejection.sequence, std::move(rejection.error)});
  }
}

Ingest::Ingest(storage::EventLog& log, const Clock& clock, const Limits& limits,
               telemetry::Metrics& metrics)
    : log_(log), clock_(clock), limits_(limits), metrics_(metrics) {}

Result<model::SourceName> Ingest::authorise(const access::Principal& principal,
                                            const std::string& source) const {
  auto name = model::SourceName::parse(source);
  if (!name) {
    return make_error(ErrorCode::kSourceInvalid,
                      "a source is called partner/source, each of 1 to 64 of a-z 0-9 - _ . ; "
                      "correct the name",
                      "source");
  }
  const auto allowed = principal.may(access::Operation::kPublish, {&*name, {}, "source"});
  if (!allowed) return allowed.error();
  return *std::move(name);
}

void Ingest::open(const access::Principal& principal, const std::string& source,
                  model::Sequence acknowledged, std::function<void()> fenced,
                  storage::EventLog::OpenedCallback opened, bool only_if_free) {
  auto name = authorise(principal, source);
  if (!name) return opened(name.error());
  log_.open_source(
      *name, acknowledged,
      [this, fenced = std::move(fenced),
       opened = std::move(opened)](Result<storage::SourceOpened> result) mutable {
        if (result) take_hold(result->handle, std::move(fenced));
        opened(std::move(result));
      },
      only_if_free);
}

// Runs on the log thread, so that holders follow each other in the order of their fences.
void Ingest::take_hold(const storage::SourceHandle& handle, std::function<void()> fenced) {
  std::function<void()> tell_older;
  {
    const std::lock_guard lock(mutex_);
    Holder& holder = holders_[handle.source];
    tell_older = std::exchange(holder, {handle.fence, std::move(fenced)}).fenced;
  }
  if (tell_older) tell_older();
}

void Ingest::close(const storage::SourceHandle& handle) {
  {
    const std::lock_guard lock(mutex_);
    const auto holder = holders_.find(handle.source);
    if (holder != holders_.end() && holder->second.fence == handle.fence) holders_.erase(holder);
  }
  log_.close_source(handle);
}

storage::Candidate Ingest::make_candidate(const access::Principal& principal,
                                           wire::DecodedEvent event, Instant now) const {
  storage::Candidate candidate;
  candidate.payload = std::move(event.payload);
  candidate.refusal = std::move(event.refusal);
  if (!candidate.refusal) {
    if (auto valid = model::validate(event.event, limits_, now); !valid) {
      candidate.refusal = valid.error();
    } else if (auto admitted = sharing::admit(principal.partner, principal.part2, event.event);
               !admitted) {
      candidate.refusal = admitted.error();
    }
  }
  if (candidate.refusal) return candidate;
  candidate.record_id = std::move(event.event.record_id);
  candidate.revision = event.event.revision;
  candidate.kind = event.event.kind();
  candidate.occurred = event.event.occurred_at;
  if (event.event.has_location) {
    const model::Location& location = event.event.location;
    candidate.cell =
        model::Cell::at({location.latitude, location.longitude}, model::kLeafLevel);
  }
  return candidate;
}

void Ingest::publish(const access::Principal& principal, const storage::SourceHandle& handle,
                     model::Sequence first, std::vector<wire::DecodedEvent> events,
                     storage::EventLog::OrderedCallback ordered,
                     storage::EventLog::PublishedCallback published) {
  const Instant now = clock_.wall();
  const Duration arrived = clock_.boot();
  std::vector<storage::Candidate> candidates;
  candidates.reserve(events.size());
  for (wire::DecodedEvent& event : events) {
    candidates.push_back(make_candidate(principal, std::move(event), now));
  }
  log_.submit(handle, first, std::move(candidates), std::move(ordered),
              [this, arrived, published = std::move(published)](
                  Result<storage::Published> result) {
                if (result) {
                  metrics_.events_stored.Increment(result->stored);
                  metrics_.events_repeated.Increment(result->repeated);
                  metrics_.events_rejected.Increment(
                      static_cast<double>(result->rejections.size()));
                  const std::chrono::duration<double> took = clock_.boot() - arrived;
                  metrics_.publish_seconds.Observe(took.count());
                }
                published(std::move(result));
              });
}

model::Sequence Ingest::credit(model::Sequence durable, model::Sequence told) const {
  if (!log_.accepts() || log_.queued_bytes() > limits_.queued_bytes_max / 2) {
    return std::max(told, durable);
  }
  return std::max(told, durable.plus(limits_.credit_events));
}

Result<model::Sequence> Ingest::position(const access::Principal& principal,
                                         const std::string& source) const {
  auto name = authorise(principal, source);
  if (!name) return name.error();
  return log_.last_sequence(*name);
}

}  // namespace commonwatch::pipeline
