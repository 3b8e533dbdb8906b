#include "clients/cpp/fault.h"

namespace commonwatch::client {
namespace {

FaultKind kind_of(v1::ErrorCode code) {
  switch (code) {
    case v1::ERROR_CODE_UNAUTHENTICATED:
    case v1::ERROR_CODE_FORBIDDEN:
      return FaultKind::kNoRight;
    case v1::ERROR_CODE_FENCED:
      return FaultKind::kFenced;
    case v1::ERROR_CODE_LOG_REGRESSED:
    case v1::ERROR_CODE_CURSOR_INVALID:
      return FaultKind::kPositionLost;
    case v1::ERROR_CODE_SOURCE_INVALID:
    case v1::ERROR_CODE_AREA_INVALID:
    case v1::ERROR_CODE_INVALID_REQUEST:
    case v1::ERROR_CODE_RANGE_INVALID:
      return FaultKind::kBadInput;
    default:
      return FaultKind::kFailed;
  }
}

// These pass by themselves, whatever the flag says.
bool passes_by_itself(v1::ErrorCode code) {
  return code == v1::ERROR_CODE_RECOVERING || code == v1::ERROR_CODE_NO_SPACE ||
         code == v1::ERROR_CODE_SHUTTING_DOWN || code == v1::ERROR_CODE_RATE_LIMITED ||
         code == v1::ERROR_CODE_INTERNAL;
}

}  // namespace

std::string error_name(v1::ErrorCode code) {
  const std::string prefix = "ERROR_CODE_";
  std::string name = v1::ErrorCode_Name(code);
  if (name.empty()) return std::to_string(static_cast<int>(code));
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

Fault fault_of(const v1::Error& error) {
  Fault fault;
  fault.kind = kind_of(error.code());
  fault.message = error.message().empty() ? "the hub answers " + error_name(error.code())
                                          : error.message() + " (" + error_name(error.code()) + ")";
  if (!error.field().empty()) fault.message += " [" + error.field() + "]";
  fault.retryable = error.retryable() || passes_by_itself(error.code());
  fault.retry_after = std::chrono::milliseconds(error.retry_after_ms());
  return fault;
}

Fault fault_of_close(std::uint16_t code, const std::string& reason) {
  const std::string said = "the hub closed the connection (" + std::to_string(code) +
                           (reason.empty() ? "" : ", " + reason) + ")";
  if (code == v1::CLOSE_CODE_BAD_TOKEN || code == v1::CLOSE_CODE_NO_RIGHT) {
    return make_fault(FaultKind::kNoRight, said + "; check the token or certificate");
  }
  // RFC 6455: the peer found fault with what was sent; sending it again changes nothing.
  const bool protocol =
      code == 1002 || code == 1003 || code == 1007 || code == 1008 || code == 1009;
  if (code >= 4500 || protocol) return make_fault(FaultKind::kFailed, said);
  return make_retryable(FaultKind::kUnreachable, said);
}

}  // namespace commonwatch::client
