// Waking somebody, step by step: events of the hub's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hub/base/time.h"
#include "hub/model/alert_subject.h"
#include "hub/model/ids.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

// kIntended is recorded before anything is sent; an intent without an outcome behind it was
// possibly sent. The numbers of log.proto, as those of PageReason.
enum class PagingPhase : std::uint8_t {
  kUnspecified,
  kIntended,
  kSent,
  kFailed,    // another attempt follows
  kGivenUp,   // none follows
  kHeldBack,  // by quiet hours
};

// Why a page is sent; all its attempts have the same.
enum class PageReason : std::uint8_t {
  kUnspecified,
  kOpened,        // the target has not heard of the alert
  kHigherLevel,   // than the last page stated
  kCountDoubled,  // against what the last page stated
  kAsksAgain,     // somebody answered; since then it reached a higher level or twice the count
  kEscalated,     // the target before did not answer in time, or could not be reached
};

struct Paging {
  std::string alert_id;
  std::uint32_t alert_version = 0;  // that the page is about; the same for all its attempts
  std::string target;               // name of the configured command or webhook
  std::string page_id;              // the same for all attempts at one page
  std::uint32_t attempt = 0;        // 1, 2, 3; 0 with kHeldBack
  PagingPhase phase = PagingPhase::kUnspecified;
  Instant at{};  // wall clock
  // Of the alert in that version.
  Severity level = Severity::kUnspecified;
  std::uint32_t count = 0;
  PageReason reason = PageReason::kUnspecified;
  std::string audience = std::string(kOpenAudience);  // to which the alert is shown
  std::optional<AlertSubject> subject = std::nullopt;  // nothing: from a log that did not say
  friend bool operator==(const Paging&, const Paging&) = default;
};

}  // namespace commonwatch::model
