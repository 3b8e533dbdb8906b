// Errors as values: what went wrong, where, and what to do next.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace commonwatch {

// The catalogue of proto/commonwatch/v1/error.proto, with the same numbers (`wire` asserts it).
enum class ErrorCode : std::uint16_t {
  kMalformedMessage = 100,
  kMessageTooLarge = 101,
  kHelloExpected = 102,
  kHelloTimeout = 103,
  kUnauthenticated = 104,
  kForbidden = 105,
  kUnsupported = 106,
  kRateLimited = 107,
  kRecovering = 108,
  kNoSpace = 109,
  kShuttingDown = 110,
  kInternal = 111,
  kNotFound = 112,
  kInvalidRequest = 113,
  kSourceNotOpen = 200,
  kFenced = 201,
  kSequenceGap = 202,
  kCreditExceeded = 203,
  kBatchTooLarge = 204,
  kLogRegressed = 205,
  kSourceBusy = 206,
  kSourceInvalid = 207,
  kEventMalformed = 300,
  kEventTooLarge = 301,
  kUnknownField = 302,
  kUnknownValue = 303,
  kFieldMissing = 304,
  kOutOfRange = 305,
  kTimeInFuture = 306,
  kConflict = 307,
  kRevisionConflict = 308,
  kAreaInvalid = 400,
  kTooManySubscriptions = 401,
  kSubscriptionInvalid = 402,
  kTooManyReplays = 500,
  kReplayInvalid = 501,
  kRangeInvalid = 502,
  kCursorInvalid = 503,
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string field;    // path of the field at fault; may be empty
  std::string message;  // what, where, what next
};

inline Error make_error(ErrorCode code, std::string message, std::string field = {}) {
  return Error{code, std::move(field), std::move(message)};
}

// Thrown at start-up, and by Result::value() when nobody looked first.
class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw Failure(error);
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace commonwatch
