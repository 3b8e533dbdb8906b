#include "clients/cli/input/local_time.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/suggestion.h"

namespace commonwatch::cli {
namespace {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

constexpr std::int64_t kMicrosMin = -2'208'988'800'000'000;  // 1900-01-01
constexpr std::int64_t kMicrosMax = 7'289'654'400'000'000;   // 2201-01-01

// The zones that the system's tzdata lists, for suggestions.
std::vector<std::string> known_zones() {
  const char* folder = std::getenv("TZDIR");
  std::ifstream table(std::string(folder == nullptr ? "/usr/share/zoneinfo" : folder) +
                      "/zone.tab");
  std::vector<std::string> names{"UTC"};
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t second = line.find('\t', line.find('\t') + 1);
    if (second == std::string::npos) continue;
    names.push_back(line.substr(second + 1, line.find('\t', second + 1) - second - 1));
  }
  return names;
}

std::optional<Instant> bounded(std::int64_t micros) {
  if (micros < kMicrosMin || micros >= kMicrosMax) return std::nullopt;
  return Instant(std::chrono::microseconds(micros));
}

// Decimal, with up to six digits behind the point, in units of `micros_per_unit`.
std::optional<Instant> read_unix(std::string_view text, std::int64_t micros_per_unit) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::int64_t units = 0;
  const auto end = whole.data() + whole.size();
  const auto parsed = std::from_chars(whole.data(), end, units);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (units > kMicrosMax / micros_per_unit || units < kMicrosMin / micros_per_unit) {
    return std::nullopt;
  }
  std::int64_t micros = units * micros_per_unit;
  if (point == std::string_view::npos) return bounded(micros);
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || fraction.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t part = 0;
  std::int64_t scale = 1;
  for (const char digit : fraction.substr(0, 6)) {
    part = part * 10 + (digit - '0');
    scale *= 10;
  }
  micros += (whole.starts_with('-') ? -1 : 1) * (part * micros_per_unit / scale);
  return bounded(micros);
}

// Abseil knows "infinite-future" as a time; a file has none.
bool begins_like_a_time(std::string_view text) { return !text.starts_with("infinite"); }

}  // namespace

struct TimeReader::State {
  Options options;
  absl::TimeZone zone;

  std::optional<Instant> from(absl::Time time) const { return bounded(absl::ToUnixMicros(time)); }

  // A civil time, read as if it were UTC, in the zone.
  std::optional<Instant> localize(absl::Time as_utc) const {
    if (options.zone.empty()) return std::nullopt;
    const auto civil = absl::UTCTimeZone().At(as_utc);
    const auto info = zone.At(civil.cs);
    const bool second =
        info.kind == absl::TimeZone::TimeInfo::REPEATED && options.ambiguous == Ambiguous::kSecond;
    return from((second ? info.post : info.pre) + civil.subsecond);
  }

  std::optional<Instant> read_pattern(const std::string& pattern, std::string_view text) const {
    absl::Time time;
    if (!absl::ParseTime(pattern, absl::string_view(text.data(), text.size()), &time, nullptr)) {
      return std::nullopt;
    }
    const bool has_offset = pattern.find("%z") != std::string::npos ||
                            pattern.find("%Ez") != std::string::npos ||
                            pattern.find("%s") != std::string::npos;
    return has_offset ? from(time) : localize(time);
  }

  std::optional<Instant> read_iso(std::string_view text) const {
    constexpr std::size_t kDateBytes = 10;
    std::string canonical(text);
    if (canonical.size() > kDateBytes && (canonical[kDateBytes] == ' ' || canonical[10] == 't')) {
      canonical[kDateBytes] = 'T';
    }
    static const std::array<std::string, 4> kPatterns{
        "%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S", "%Y-%m-%dT%H:%M%Ez", "%Y-%m-%dT%H:%M"};
    for (const std::string& pattern : kPatterns) {
      if (const auto instant = read_pattern(pattern, canonical)) return instant;
    }
    return std::nullopt;
  }
};

TimeReader::TimeReader(Options options) : state_(std::make_unique<State>()) {
  if (!options.zone.empty() && !absl::LoadTimeZone(options.zone, &state_->zone)) {
    throw std::invalid_argument("the system knows no time zone \"" + options.zone + "\"; " +
                                suggest(options.zone, known_zones()));
  }
  const std::string& format = options.format;
  const bool unix_time = format == "unix" || format == "unix_ms";
  const auto has = [&](const char* part) { return format.find(part) != std::string::npos; };
  if (!unix_time && format != "iso") {
    if (!has("%")) {
      static const std::vector<std::string> kNames{"iso", "unix", "unix_ms"};
      throw std::invalid_argument("\"" + format + "\" is no time format; use a pattern like " +
                                  "%Y-%m-%d %H:%M:%S, or " + suggest(format, kNames));
    }
    if (!has("%Y") && !has("%y") && !has("%D") && !has("%s") && !has("%c") && !has("%x") &&
        !has("%E4Y")) {
      throw std::invalid_argument("the time format \"" + format + "\" has no year; add %Y");
    }
    if (options.zone.empty() && !has("%z") && !has("%Ez") && !has("%s")) {
      throw std::invalid_argument("the time format \"" + format + "\" has no offset; add zone, " +
                                  "for example zone = \"America/New_York\"");
    }
  }
  if (unix_time && !options.zone.empty()) {
    throw std::invalid_argument("times in format " + format + " need no zone; remove it");
  }
  state_->options = std::move(options);
}

TimeReader::~TimeReader() = default;
TimeReader::TimeReader(TimeReader&&) noexcept = default;
TimeReader& TimeReader::operator=(TimeReader&&) noexcept = default;

std::optional<Instant> TimeReader::read(std::string_view text) const {
  text = trim(text);
  const std::string& format = state_->options.format;
  if (text.empty() || !begins_like_a_time(text)) return std::nullopt;
  if (format == "unix") return read_unix(text, 1'000'000);
  if (format == "unix_ms") return read_unix(text, 1'000);
  if (format == "iso") return state_->read_iso(text);
  return state_->read_pattern(format, text);
}

}  // namespace commonwatch::cli
