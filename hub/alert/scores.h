// What the fold of the alerts is fed with, and what it may ask back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/cell.h"
#include "hub/model/hotspot.h"
#include "hub/model/zone.h"

namespace commonwatch::alert {

// A zone and window at or beyond the note level: one for each group of overlapping cells, blocks
// and facilities, the best zone of it. Areas are found on their own: an area never stands for the
// cells in it, nor they for it.
struct Finding {
  std::string jurisdiction;
  model::Hotspot hotspot;
  Instant window_end{};  // occurred time, a whole hour, not included
};

// What a zone and window score with what is known now, also far below the note level; `evidence`
// bears the bounds of the window.
struct Inspection {
  model::Hotspot hotspot;
  model::Evidence evidence;
};

// Where the set of incidents changed since the last tick: a new report, a correction (its old
// place and its new one), a retraction.
struct Touch {
  model::Cell cell;  // of kLeafLevel
  Instant occurred{};
};

// Answers from the current set of incidents. While that set and the hour of `as_of` stay the same,
// so do the answers; the inspection of a finding's own zone and window has the finding's hotspot.
class Scores {
 public:
  virtual ~Scores() = default;
  virtual Inspection inspect(const std::string& jurisdiction, const model::Zone& zone,
                             std::uint32_t window_hours, Instant window_end) const = 0;
  // The count and the expectation that `inspect` gives of each of the zones, none twice, in one
  // look at the reports however many zones there are.
  struct Part {
    std::uint32_t count = 0;
    double expected = 0;
  };
  virtual std::vector<Part> parts(const std::string& jurisdiction,
                                  std::span<const model::Zone> zones, std::uint32_t window_hours,
                                  Instant window_end) const = 0;
  // Whether an area or a facility holds the cell (of kLeafLevel).
  virtual bool covers(const std::string& jurisdiction, const model::Zone& zone,
                      model::Cell cell) const = 0;
  // The formula of hub/model/alert.h, nats; 0 for fewer persons than a hotspot has.
  virtual double score(double count, double expected, double dispersion) const = 0;
};

}  // namespace commonwatch::alert
