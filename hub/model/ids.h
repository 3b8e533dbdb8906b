// The names and numbers of the glossary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/strong_id.h"
#include "hub/base/time.h"

namespace commonwatch::model {

// The source's number of an event: 1, 2, 3, without gaps. 0: none.
using Sequence = StrongId<struct SequenceTag>;
// The hub's dense number of an event in the log: 0, 1, 2. Never shown to partners or viewers.
using Offset = StrongId<struct OffsetTag>;
// The number of a tick: recorded time in units of the tick. 0: none.
using Version = StrongId<struct VersionTag>;
// Random; names one log.
using LogEpoch = StrongId<struct LogEpochTag>;
// Names one log and one configuration of it.
using EngineEpoch = StrongId<struct EngineEpochTag>;

// The audience of a hub without agreements, which sees everything.
inline constexpr std::string_view kOpenAudience = "all";

// The engine epoch of an audience: the `generation`-th of this log, made by settings with this
// digest. A hash; it depends on nothing that the audience is not shown.
EngineEpoch make_engine_epoch(LogEpoch log, std::string_view audience, std::uint64_t digest,
                              std::uint32_t generation);
// 64 bits of a hash of a text that names settings.
std::uint64_t digest_of(std::string_view settings);

// A place in an audience's history.
struct Position {
  EngineEpoch epoch;
  Version version;
  friend bool operator==(const Position&, const Position&) = default;
};

// Cuts recorded time into ticks.
class TickLength {
 public:
  explicit TickLength(Duration length) : length_(length) {}
  Duration length() const { return length_; }
  // The first tick at or behind `instant`.
  Version at_or_after(Instant instant) const;
  // The last tick at or before `instant`.
  Version at_or_before(Instant instant) const;
  Instant instant_of(Version version) const;

 private:
  Duration length_;
};

// `partner/source`, each part 1 to 64 of a-z 0-9 - _ . and not beginning with a dot.
class SourceName {
 public:
  SourceName() = default;
  static std::optional<SourceName> parse(std::string_view text);
  // The hub's own source: configuration and end events.
  static SourceName hub();

  const std::string& text() const { return text_; }
  std::string_view partner() const;
  friend auto operator<=>(const SourceName&, const SourceName&) = default;

 private:
  explicit SourceName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace commonwatch::model

template <>
struct std::hash<commonwatch::model::SourceName> {
  std::size_t operator()(const commonwatch::model::SourceName& name) const noexcept {
    return std::hash<std::string>()(name.text());
  }
};
