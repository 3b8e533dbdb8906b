// Times as files write them, made into moments: formats, and time zones with daylight saving.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace commonwatch::cli {

// Which of its two moments a local time means that the end of daylight saving repeats.
enum class Ambiguous : std::uint8_t { kFirst, kSecond };

// Immutable; any thread.
class TimeReader {
 public:
  struct Options {
    // `iso` (RFC 3339; a blank for the T, seconds and offset may be missing), `unix`, `unix_ms`, or
    // a pattern as of strptime: %Y-%m-%d %H:%M:%S, %m/%d/%Y %I:%M %p, %E*S for seconds with a
    // fraction, %z or %Ez for an offset.
    std::string format;
    // IANA name; the system's tzdata has the rules. Used for times that carry no offset.
    std::string zone;
    Ambiguous ambiguous = Ambiguous::kFirst;
  };
  // Throws std::invalid_argument: what, what next.
  explicit TimeReader(Options options);
  ~TimeReader();
  TimeReader(TimeReader&&) noexcept;
  TimeReader& operator=(TimeReader&&) noexcept;

  // To the microsecond; years 1900 to 2200. A local time that the start of daylight saving skips
  // moves forward by what was skipped. Nothing if the text is no such time.
  std::optional<std::chrono::sys_time<std::chrono::microseconds>> read(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::cli
