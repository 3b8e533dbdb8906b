#include "hub/access/refusal_log.h"

#include "hub/access/admission.h"

namespace commonwatch::access {
namespace {

constexpr Duration kMinute = std::chrono::minutes(1);

}  // namespace

std::optional<std::string> RefusalLog::note(const std::string& address, std::string_view reason,
                                            Duration now) {
  const std::lock_guard lock(mutex_);
  const std::string key = address_key(address);
  Address* const entry = addresses_.find_or_add(key);
  if (!minute_ || now - *minute_ >= kMinute) {
    minute_ = now;
    lines_ = 0;
  }
  if (entry->told && now - *entry->told < kMinute) {
    ++entry->untold;
    return std::nullopt;
  }
  if (lines_ >= kLinesPerMinute) {
    ++untold_;
    return std::nullopt;
  }
  ++lines_;
  std::string line = "refused " + key + ": " + std::string(reason);
  if (entry->untold != 0) line += " (and " + std::to_string(entry->untold) + " times before)";
  if (untold_ != 0) {
    line += "; besides, " + std::to_string(untold_) + " refusals of other addresses were not told";
  }
  entry->told = now;
  entry->untold = 0;
  untold_ = 0;
  return line;
}

}  // namespace commonwatch::access
