// What operators say, into the log: answers to alerts, decisions on records and sites. Any thread;
// callbacks run on the caller's thread when the request is refused, else on the log thread.
#pragma once

#include <functional>
#include <string>

#include "hub/access/principal.h"
#include "hub/base/error.h"
#include "hub/model/decision.h"
#include "hub/pipeline/channel.h"
#include "hub/storage/event_log.h"
#include "hub/wire/client_message.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {

class Decisions {
 public:
  // Called once. The recorded time of the event, or of a chunk that became durable together with
  // it: a state as of that time has taken it in.
  using RecordedCallback = std::function<void(Result<Instant>)>;

  // Both outlive it.
  Decisions(storage::EventLog& log, const Channels& channels) : log_(log), channels_(channels) {}

  // kForbidden, kNotFound (no such alert is shown to the principal's audience), kInvalidRequest (a version that is yet to come), or what
  // the log says.
  void acknowledge(const access::Principal& principal, const wire::AcknowledgeAlert& request,
                   RecordedCallback recorded);
  // Counts for the principal's audience and those that are wider. kForbidden, or what the log says.
  // The subject need not be known.
  void decide(const access::Principal& principal, const wire::Decide& request,
              RecordedCallback recorded);

 private:
  void append(const wire::HubEvent& event, RecordedCallback recorded);

  storage::EventLog& log_;
  const Channels& channels_;
};

}  // namespace commonwatch::pipeline
