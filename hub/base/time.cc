#include "hub/base/time.h"

#include <array>
#include <cstdio>

namespace commonwatch {
namespace {

// Reads exactly `digits` decimal digits at `at`, and moves `at` behind them.
std::optional<int> take_number(std::string_view text, std::size_t& at, int digits) {
  int number = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return std::nullopt;
    number = number * 10 + (text[at] - '0');
  }
  return number;
}

bool take(std::string_view text, std::size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

// Digits of a second behind the point; further digits than six are dropped.
std::optional<std::int64_t> take_fraction_micros(std::string_view text, std::size_t& at) {
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  const std::size_t start = at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
    micros += unit * (text[at] - '0');
  }
  if (at == start) return std::nullopt;
  return micros;
}

std::optional<Duration> take_offset(std::string_view text, std::size_t& at) {
  if (take(text, at, "Zz")) return Duration(0);
  const bool west = at < text.size() && text[at] == '-';
  if (!take(text, at, "+-")) return std::nullopt;
  const auto hours = take_number(text, at, 2);
  if (!hours || !take(text, at, ":")) return std::nullopt;
  const auto minutes = take_number(text, at, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Duration offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

}  // namespace

std::string to_rfc3339(Instant instant) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss clock(instant - day);
  std::array<char, 48> text{};
  int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                             static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()),
                             static_cast<int>(clock.hours().count()),
                             static_cast<int>(clock.minutes().count()),
                             static_cast<int>(clock.seconds().count()));
  std::string result(text.data(), static_cast<std::size_t>(length));
  const auto micros = static_cast<int>(clock.subseconds().count());
  if (micros != 0) {
    length = micros % 1000 == 0 ? std::snprintf(text.data(), text.size(), ".%03d", micros / 1000)
                                : std::snprintf(text.data(), text.size(), ".%06d", micros);
    result.append(text.data(), static_cast<std::size_t>(length));
  }
  return result + "Z";
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  std::size_t at = 0;
  const auto y = take_number(text, at, 4);
  if (!y || !take(text, at, "-")) return std::nullopt;
  const auto m = take_number(text, at, 2);
  if (!m || !take(text, at, "-")) return std::nullopt;
  const auto d = take_number(text, at, 2);
  if (!d || !take(text, at, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, at, 2);
  if (!hour || !take(text, at, ":")) return std::nullopt;
  const auto minute = take_number(text, at, 2);
  if (!minute || !take(text, at, ":")) return std::nullopt;
  const auto second = take_number(text, at, 2);
  if (!second) return std::nullopt;
  std::int64_t micros = 0;
  if (take(text, at, ".")) {
    const auto fraction = take_fraction_micros(text, at);
    if (!fraction) return std::nullopt;
    micros = *fraction;
  }
  const auto offset = take_offset(text, at);
  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d)));
  if (!offset || at != text.size() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  const Instant instant = Instant(sys_days(date)) + hours(*hour) + minutes(*minute) +
                          seconds(*second) + Duration(micros) - *offset;
  const int utc_year = static_cast<int>(year_month_day(floor<days>(instant)).year());
  if (utc_year < 1 || utc_year > 9999) return std::nullopt;
  return instant;
}

}  // namespace commonwatch
