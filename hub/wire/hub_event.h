// The hub's own events in the log: proto/commonwatch/log/v1/log.proto without protobuf. Where an
// audience is named, a log from before there were several reads as of model::kOpenAudience.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/alert_subject.h"
#include "hub/model/decision.h"
#include "hub/model/ids.h"
#include "hub/model/paging.h"
#include "hub/model/record.h"

namespace commonwatch::wire {

// As the message of log.proto.
struct AudienceEpoch {
  std::string audience;
  std::uint64_t digest = 0;
  std::uint32_t generation = 0;
  bool begins = false;  // with this event
  std::uint32_t settings_generation = 0;
  std::uint32_t altered_generation = 0;  // 0: none
  friend bool operator==(const AudienceEpoch&, const AudienceEpoch&) = default;
};

struct Configuration {
  std::uint32_t engine_version = 0;
  std::string hub;
  std::string settings;  // one `key = value` a line, sorted
  std::vector<AudienceEpoch> audiences;  // in order of audience
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct End {
  friend bool operator==(const End&, const End&) = default;
};

struct AlertAcknowledged {
  std::string alert_id;
  std::uint32_t alert_version = 0;  // the version that was answered
  model::AlertAction action = model::AlertAction::kUnspecified;
  std::string principal;
  std::string audience = std::string(model::kOpenAudience);
  std::optional<model::AlertSubject> subject =
      std::nullopt;  // nothing: from a log that did not say
  // Of the alert in the version answered; kUnspecified and 0: not known.
  model::Severity level = model::Severity::kUnspecified;
  std::uint32_t count = 0;
  friend bool operator==(const AlertAcknowledged&, const AlertAcknowledged&) = default;
};

struct Decided {
  model::Decision decision;
  std::string audience = std::string(model::kOpenAudience);
  friend bool operator==(const Decided&, const Decided&) = default;
};

// How high the highest score of a jurisdiction's day is by chance: it reaches `scores[i]` nats once
// in `interval_days[i]` days. Both rise and are of one length.
struct Calibration {
  std::string jurisdiction;
  model::Version due;  // the tick whose state it was made from
  std::uint64_t seed = 0;
  std::uint32_t exposure_days = 0;
  std::uint32_t null_days = 0;
  std::vector<double> scores;
  std::vector<double> interval_days;
  double rate_per_day = 0;  // persons
  std::string audience = std::string(model::kOpenAudience);
  friend bool operator==(const Calibration&, const Calibration&) = default;
};

// Every event of the record below this one is gone.
struct Erasure {
  model::SourceName source;
  model::RecordKey record;  // its keyed hash
  std::uint64_t events = 0;
  std::string principal;
  friend bool operator==(const Erasure&, const Erasure&) = default;
};

struct Rewritten {
  std::vector<model::Offset> chunks;
  std::string hashes;  // 32 bytes of each
  friend bool operator==(const Rewritten&, const Rewritten&) = default;
};

using model::Paging;
using model::PagingPhase;

using HubEvent = std::variant<Configuration, End, AlertAcknowledged, Decided, Calibration, Paging,
                              Erasure, Rewritten>;

std::string encode_hub_event(const HubEvent& event);
// kInternal where the payload is not of the format, or of a kind or value that a newer hub wrote.
Result<HubEvent> decode_hub_event(std::string_view payload);

}  // namespace commonwatch::wire
