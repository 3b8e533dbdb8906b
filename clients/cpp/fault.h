// What went wrong, as a value: what, where, what to do next, and whether trying again may help.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "commonwatch/v1/error.pb.h"

namespace commonwatch::client {

enum class FaultKind : std::uint8_t {
  kFailed,        // none of the others
  kStopped,       // stop() was called
  kUnreachable,   // no hub answers at the address
  kNoRight,       // unknown token or certificate, or no grant for the operation
  kFenced,        // another client took the source over
  kPositionLost,  // the hub no longer holds what the client needs to go on
  kBadInput,      // what the caller gave cannot be used
};

struct Fault {
  FaultKind kind = FaultKind::kFailed;
  std::string message;
  bool retryable = false;
  std::chrono::milliseconds retry_after{0};  // 0: no advice
};

inline Fault make_fault(FaultKind kind, std::string message) {
  return Fault{kind, std::move(message), false, std::chrono::milliseconds(0)};
}
inline Fault make_retryable(FaultKind kind, std::string message) {
  return Fault{kind, std::move(message), true, std::chrono::milliseconds(0)};
}

// What the hub's error means to a client.
Fault fault_of(const v1::Error& error);
// What the end of a WebSocket means: 4000 to 4499 and the network's codes are retryable, 4500 and
// above are not.
Fault fault_of_close(std::uint16_t code, const std::string& reason);
// `SEQUENCE_GAP`: the name in error.proto without its prefix.
std::string error_name(v1::ErrorCode code);

// Thrown by Result::value() when nobody looked first.
class FaultError : public std::runtime_error {
 public:
  explicit FaultError(Fault fault) : std::runtime_error(fault.message), fault_(std::move(fault)) {}
  const Fault& fault() const { return fault_; }

 private:
  Fault fault_;
};

[[noreturn]] inline void throw_exception_from_error(const Fault& fault,
                                                    const boost::source_location&) {
  throw FaultError(fault);
}

template <class T>
using Result = boost::system::result<T, Fault>;

}  // namespace commonwatch::client
