#include "hub/telemetry/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace commonwatch::telemetry {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_color_mt("hub");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

bool set_log_level(std::string_view name) {
  const std::pair<std::string_view, LogLevel> levels[] = {
      {"info", LogLevel::kInfo}, {"warning", LogLevel::kWarning}, {"error", LogLevel::kError}};
  for (const auto& [known, level] : levels) {
    if (known != name) continue;
    logger().set_level(to_spdlog(level));
    return true;
  }
  return false;
}

void log(LogLevel level, std::string_view room, std::string_view message) {
  logger().log(to_spdlog(level), "{}: {}", room, message);
}

}  // namespace commonwatch::telemetry
