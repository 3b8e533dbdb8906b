// What the health of sources is judged by: the hub takes the defaults.
#pragma once

#include <string>
#include <vector>

namespace commonwatch::health {

struct Settings {
  // Sources whose last part of the name begins so are counted for their partner's group and never
  // alone: phones that enrol and leave. 1 to 64 of a-z 0-9 - _ . each.
  std::vector<std::string> group_prefixes;
  // From so many small sources on, a partner's small sources are taken together as its group.
  int group_sources_min = 6;
  // A source is small below so many events a day.
  double group_events_per_day_max = 2;
  // What is usual is learnt from so many days before the source's last event.
  int trailing_days = 56;
  // Whole days watched, and events in them, until a source is judged.
  int starting_days = 7;
  int starting_events = 20;
  // Silent: a healthy source would have sent nothing for so long with at most this probability,
  // and at most once in this many days.
  double silence_probability_max = 0.001;
  double silence_interval_days = 365;
  // Silent: the silence is this many times its longest usual gap, in expected events.
  double silence_gap_factor = 1.5;
  // Silent: no sooner than so long after the last event.
  int silence_minutes_min = 60;
  // Late: the median delay of the latest events, so many of them at least, ...
  int late_events_min = 10;
  // ... is beyond the usual 95th percentile, and this much beyond the usual median.
  int late_seconds_min = 300;
  // The watermark moves in steps of so many minutes, so that an idle hub has nothing to say.
  int watermark_step_minutes = 15;
  // A source that sent nothing for so long is forgotten.
  int retired_days = 60;

  // One `key = value` a line, sorted; the same settings give the same text.
  std::string canonical() const;
};

// Prefixes sorted, each once. Throws Failure (kInvalidRequest) that names the setting if one is out
// of range: this is start-up.
Settings normalised(Settings settings);

}  // namespace commonwatch::health
