// What the fold of the alerts follows; part of the configuration event, as `alert.<name> = value`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace commonwatch::alert {

struct Settings {
  // An episode ends when its zone was below half its threshold for so long, in recorded time.
  std::uint32_t close_after_hours = 24;
  // A report on what occurred at least so long ago is late; a younger one simply came in live. The
  // shortest window.
  std::uint32_t late_after_hours = 6;
  // Late data re-score an episode that ended less than so long ago, in recorded time.
  std::uint32_t rescored_days = 7;
  // An episode that is over stays on the live display for so long after its last change.
  std::uint32_t shown_days = 7;
  // An episode that is over is forgotten so long after its last change.
  std::uint32_t kept_days = 400;
  // A score (nats) that moved by less is no change by itself.
  double score_step_nats = 0.5;
  // Open episodes of one jurisdiction: beyond, the weaker findings of a tick open none.
  std::uint32_t open_max = 64;
  // Zones that an episode remembers to have had; the oldest is forgotten first.
  std::uint32_t zones_max = 16;
  // Answers listed with one alert; a further one counts all the same.
  std::uint32_t acknowledgements_max = 256;
  friend bool operator==(const Settings&, const Settings&) = default;
};

// Throws Failure if a setting is out of range.
void require_valid(const Settings& settings);

}  // namespace commonwatch::alert
