// The catalogue of error.proto beside the one of hub/base/error.h: the same numbers, the same
// names.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>
#include <utility>

#include "commonwatch/v1/error.pb.h"
#include "hub/wire/server_message.h"

namespace commonwatch::wire {
namespace {

constexpr std::string_view kErrorPrefix = "ERROR_CODE_";
constexpr std::string_view kClosePrefix = "CLOSE_CODE_";

constexpr auto kErrors = std::to_array<std::pair<ErrorCode, v1::ErrorCode>>({
    {ErrorCode::kMalformedMessage, v1::ERROR_CODE_MALFORMED_MESSAGE},
    {ErrorCode::kMessageTooLarge, v1::ERROR_CODE_MESSAGE_TOO_LARGE},
    {ErrorCode::kHelloExpected, v1::ERROR_CODE_HELLO_EXPECTED},
    {ErrorCode::kHelloTimeout, v1::ERROR_CODE_HELLO_TIMEOUT},
    {ErrorCode::kUnauthenticated, v1::ERROR_CODE_UNAUTHENTICATED},
    {ErrorCode::kForbidden, v1::ERROR_CODE_FORBIDDEN},
    {ErrorCode::kUnsupported, v1::ERROR_CODE_UNSUPPORTED},
    {ErrorCode::kRateLimited, v1::ERROR_CODE_RATE_LIMITED},
    {ErrorCode::kRecovering, v1::ERROR_CODE_RECOVERING},
    {ErrorCode::kNoSpace, v1::ERROR_CODE_NO_SPACE},
    {ErrorCode::kShuttingDown, v1::ERROR_CODE_SHUTTING_DOWN},
    {ErrorCode::kInternal, v1::ERROR_CODE_INTERNAL},
    {ErrorCode::kNotFound, v1::ERROR_CODE_NOT_FOUND},
    {ErrorCode::kInvalidRequest, v1::ERROR_CODE_INVALID_REQUEST},
    {ErrorCode::kSourceNotOpen, v1::ERROR_CODE_SOURCE_NOT_OPEN},
    {ErrorCode::kFenced, v1::ERROR_CODE_FENCED},
    {ErrorCode::kSequenceGap, v1::ERROR_CODE_SEQUENCE_GAP},
    {ErrorCode::kCreditExceeded, v1::ERROR_CODE_CREDIT_EXCEEDED},
    {ErrorCode::kBatchTooLarge, v1::ERROR_CODE_BATCH_TOO_LARGE},
    {ErrorCode::kLogRegressed, v1::ERROR_CODE_LOG_REGRESSED},
    {ErrorCode::kSourceBusy, v1::ERROR_CODE_SOURCE_BUSY},
    {ErrorCode::kSourceInvalid, v1::ERROR_CODE_SOURCE_INVALID},
    {ErrorCode::kEventMalformed, v1::ERROR_CODE_EVENT_MALFORMED},
    {ErrorCode::kEventTooLarge, v1::ERROR_CODE_EVENT_TOO_LARGE},
    {ErrorCode::kUnknownField, v1::ERROR_CODE_UNKNOWN_FIELD},
    {ErrorCode::kUnknownValue, v1::ERROR_CODE_UNKNOWN_VALUE},
    {ErrorCode::kFieldMissing, v1::ERROR_CODE_FIELD_MISSING},
    {ErrorCode::kOutOfRange, v1::ERROR_CODE_OUT_OF_RANGE},
    {ErrorCode::kTimeInFuture, v1::ERROR_CODE_TIME_IN_FUTURE},
    {ErrorCode::kConflict, v1::ERROR_CODE_CONFLICT},
    {ErrorCode::kRevisionConflict, v1::ERROR_CODE_REVISION_CONFLICT},
    {ErrorCode::kAreaInvalid, v1::ERROR_CODE_AREA_INVALID},
    {ErrorCode::kTooManySubscriptions, v1::ERROR_CODE_TOO_MANY_SUBSCRIPTIONS},
    {ErrorCode::kSubscriptionInvalid, v1::ERROR_CODE_SUBSCRIPTION_INVALID},
    {ErrorCode::kTooManyReplays, v1::ERROR_CODE_TOO_MANY_REPLAYS},
    {ErrorCode::kReplayInvalid, v1::ERROR_CODE_REPLAY_INVALID},
    {ErrorCode::kRangeInvalid, v1::ERROR_CODE_RANGE_INVALID},
    {ErrorCode::kCursorInvalid, v1::ERROR_CODE_CURSOR_INVALID},
});

constexpr auto kCloses = std::to_array<std::pair<CloseCode, v1::CloseCode>>({
    {CloseCode::kSlowReader, v1::CLOSE_CODE_SLOW_READER},
    {CloseCode::kRestarting, v1::CLOSE_CODE_RESTARTING},
    {CloseCode::kIdle, v1::CLOSE_CODE_IDLE},
    {CloseCode::kOverRate, v1::CLOSE_CODE_OVER_RATE},
    {CloseCode::kLogFailed, v1::CLOSE_CODE_LOG_FAILED},
    {CloseCode::kBadToken, v1::CLOSE_CODE_BAD_TOKEN},
    {CloseCode::kNoRight, v1::CLOSE_CODE_NO_RIGHT},
    {CloseCode::kProtocolViolation, v1::CLOSE_CODE_PROTOCOL_VIOLATION},
    {CloseCode::kHelloTimeout, v1::CLOSE_CODE_HELLO_TIMEOUT},
});

constexpr auto kSameNumber = [](const auto& pair) {
  return static_cast<int>(pair.first) == static_cast<int>(pair.second);
};
static_assert(std::ranges::all_of(kErrors, kSameNumber));
static_assert(std::ranges::all_of(kCloses, kSameNumber));

std::map<CloseCode, std::string> make_close_names() {
  std::map<CloseCode, std::string> names;
  for (const auto& [ours, theirs] : kCloses) {
    std::string name = v1::CloseCode_Name(theirs).substr(kClosePrefix.size());
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    names.emplace(ours, std::move(name));
  }
  return names;
}

}  // namespace

std::string_view close_name(CloseCode code) {
  static const auto names = make_close_names();
  const auto found = names.find(code);
  return found == names.end() ? std::string_view("unknown") : std::string_view(found->second);
}

std::string_view error_name(ErrorCode code) {
  const std::string_view name = v1::ErrorCode_Name(static_cast<v1::ErrorCode>(code));
  return name.empty() ? std::string_view("UNKNOWN") : name.substr(kErrorPrefix.size());
}

}  // namespace commonwatch::wire
