#include "clients/cli/text_values.h"

#include <charconv>
#include <cmath>

#include "hub/base/time.h"

namespace commonwatch::cli {
namespace {

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
  const auto unit_begin = text.find_first_not_of("0123456789.");
  const auto number = parse_number(text.substr(0, unit_begin));
  const auto unit = unit_begin == std::string_view::npos ? "s" : text.substr(unit_begin);
  double milliseconds = 0;
  if (unit == "ms") {
    milliseconds = 1;
  } else if (unit == "s") {
    milliseconds = 1000;
  } else if (unit == "m") {
    milliseconds = 60e3;
  } else if (unit == "h") {
    milliseconds = 3600e3;
  } else if (unit == "d") {
    milliseconds = 86400e3;
  }
  constexpr double kMillisecondsMax = 100.0 * 366 * 86400e3;
  if (!number || milliseconds == 0 || *number * milliseconds > kMillisecondsMax) {
    return std::nullopt;
  }
  return Milliseconds(std::llround(*number * milliseconds));
}

std::optional<Instant> parse_time(std::string_view text, Instant now) {
  if (text == "now") return now;
  if (text.starts_with('-')) {
    const auto span = parse_duration(text.substr(1));
    if (!span) return std::nullopt;
    return now - *span;
  }
  if (text.size() == 10) return parse_rfc3339(std::string(text) + "T00:00:00Z");
  return parse_rfc3339(text);
}

std::optional<double> parse_rate(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  const auto rate = parse_number(text);
  return rate && *rate > 0 ? rate : std::nullopt;
}

std::optional<double> parse_speed(std::string_view text) {
  if (text == "max") return 0;
  const auto speed = parse_number(text);
  return speed && *speed > 0 && *speed <= 1e6 ? speed : std::nullopt;
}

google::protobuf::Timestamp to_timestamp(Instant instant) {
  google::protobuf::Timestamp timestamp;
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  timestamp.set_seconds(second.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>((instant - second).count() * 1000));
  return timestamp;
}

Instant from_timestamp(const google::protobuf::Timestamp& timestamp) {
  return instant_from_micros(timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1000);
}

std::string time_text(const google::protobuf::Timestamp& timestamp) {
  return to_rfc3339(from_timestamp(timestamp));
}

std::string second_text(const google::protobuf::Timestamp& timestamp) {
  return to_rfc3339(instant_from_micros(timestamp.seconds() * 1'000'000));
}

}  // namespace commonwatch::cli
