// From a decoded message to the log: authorise, validate, submit, acknowledge. Any thread;
// callbacks run on the log thread (see hub/storage/event_log.h).
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/access/principal.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::pipeline {

// What became durable later, added to what the client has not been told: one message for two.
void merge(wire::Published& into, storage::Published&& later);

class Ingest {
 public:
  // Everything outlives the ingest.
  Ingest(storage::EventLog& log, const Clock& clock, const Limits& limits,
         telemetry::Metrics& metrics);

  // Takes hold of a source. kSourceInvalid, kForbidden, kLogRegressed, or what the log says. When
  // somebody else takes hold of it later, `fenced` is called once, on the log thread.
  // `only_if_free` as in EventLog::open_source.
  void open(const access::Principal& principal, const std::string& source,
            model::Sequence acknowledged, std::function<void()> fenced,
            storage::EventLog::OpenedCallback opened, bool only_if_free = false);
  void close(const storage::SourceHandle& handle);
  // Sources that somebody holds.
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return holders_.size();
  }

  // Validates each event, refuses what its partner may not give (42 CFR Part 2), and submits all.
  // `ordered` and `published` as in EventLog::submit.
  void publish(const access::Principal& principal, const storage::SourceHandle& handle, model::Sequence first,
               std::vector<wire::DecodedEvent> events, storage::EventLog::OrderedCallback ordered,
               storage::EventLog::PublishedCallback published);

  // The highest sequence that a client may send when everything up to `durable` is, given what it
  // was told before: never lower than that, and no more than that while the log takes no more.
  model::Sequence credit(model::Sequence durable, model::Sequence told) const;

  // The position of a source, held or not. kSourceInvalid, kForbidden.
  Result<model::Sequence> position(const access::Principal& principal,
                                   const std::string& source) const;

 private:
  struct Holder {
    std::uint64_t fence = 0;
    std::function<void()> fenced;
  };
  void take_hold(const storage::SourceHandle& handle, std::function<void()> fenced);

  Result<model::SourceName> authorise(const access::Principal& principal,
                                      const std::string& source) const;
  storage::Candidate make_candidate(const access::Principal& principal, wire::DecodedEvent event,
                                    Instant now) const;

  storage::EventLog& log_;
  const Clock& clock_;
  const Limits& limits_;
  telemetry::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::unordered_map<model::SourceName, Holder> holders_;
};

}  // namespace commonwatch::pipeline
