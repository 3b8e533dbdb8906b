// One-time codes by which a device becomes a source of its agency's group. In memory: a restart
// forgets them, and a person asks for another. Any thread. Time comes in.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/base/time.h"
#include "hub/model/ids.h"

namespace commonwatch::access {

struct EnrolmentCode {
  std::string text;  // `ABCD-EFGH`: two groups of an alphabet without look-alikes
  Instant expires{};
};

// What a code stands for.
struct Enrolment {
  std::string partner;
  std::string group;  // beginning of the device's name: `phone`
  std::string created_by;
};

class Enrolments {
 public:
  explicit Enrolments(const Limits& limits) : limits_(limits) {}

  // For a device of `partner`, to be called `partner/group-RANDOM`. kInvalidRequest: no such name
  // can be. kRateLimited: of all, or of its creator, too many wait.
  Result<EnrolmentCode> create(const Enrolment& enrolment, Instant now);
  // Uses the code up. Upper and lower case, blanks and hyphens do not matter. kUnauthenticated: no
  // such code, used, or expired; which of them is not said. How often an address may try is for
  // Admission to say.
  Result<Enrolment> redeem(std::string_view code, Instant now);

 private:
  struct Waiting {
    std::string code;
    Instant expires{};
    Enrolment enrolment;
  };

  const Limits& limits_;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;
};

// `partner/group-RANDOM`, of a device that was just enrolled.
model::SourceName make_device_name(const Enrolment& enrolment);

}  // namespace commonwatch::access
