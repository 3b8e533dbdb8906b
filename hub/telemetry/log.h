// The hub's own words, for its operator: to stderr, one line each. Never holds what an event says,
// a token, or anything else that could name a person. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace commonwatch::telemetry {

enum class LogLevel { kInfo, kWarning, kError };

// Nothing if the name is none of info, warning, error. Call before other threads start.
bool set_log_level(std::string_view name);

// `room` is the folder that speaks.
void log(LogLevel level, std::string_view room, std::string_view message);

inline void log_info(std::string_view room, std::string_view message) {
  log(LogLevel::kInfo, room, message);
}
inline void log_warning(std::string_view room, std::string_view message) {
  log(LogLevel::kWarning, room, message);
}
inline void log_error(std::string_view room, std::string_view message) {
  log(LogLevel::kError, room, message);
}

}  // namespace commonwatch::telemetry
