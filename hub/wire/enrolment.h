// Bodies of POST /v1/enrol and POST /v1/enrolment-codes, in JSON.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/base/time.h"

namespace commonwatch::wire {

struct EnrolmentCodeRequest {
  std::string partner;  // empty: the principal's own
  std::string group;    // empty: `phone`
};

// kMalformedMessage, kInvalidRequest (with the member at fault). An empty body asks for a code with
// everything left out.
Result<EnrolmentCodeRequest> read_enrolment_code_request(std::string_view body);
Result<std::string> read_enrol_request(std::string_view body);

std::string encode_enrolment_code(std::string_view code, std::string_view group, Instant expires);
std::string encode_enrolled(std::string_view token, std::string_view source, Instant expires);

}  // namespace commonwatch::wire
