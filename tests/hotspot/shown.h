// How tests print what an engine shows.
#pragma once

#include <ostream>

#include "hub/hotspot/engine.h"

namespace commonwatch::model {

inline std::ostream& operator<<(std::ostream& out, const Hotspot& h) {
  return out << h.id << " W" << h.window_hours << " count " << h.count << " fatal " << h.fatal
             << " expected " << h.expected << " score " << h.score << " interval "
             << h.interval_days << " severity " << int(h.severity) << " last "
             << to_rfc3339(h.last_occurred) << " exposure " << h.exposure_days;
}
inline std::ostream& operator<<(std::ostream& out, const Place& p) {
  return out << p.id << " " << p.count << "/" << p.expected << " q " << p.q_value;
}
inline std::ostream& operator<<(std::ostream& out, const Proposal& p) {
  return out << p.id << " kind " << int(p.kind) << " persons " << p.persons;
}

}  // namespace commonwatch::model

namespace commonwatch::hotspot {

inline std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  return out << finding.jurisdiction << ": " << finding.hotspot;
}
inline std::ostream& operator<<(std::ostream& out, const Due& due) {
  return out << due.jurisdiction << " at " << due.version.value();
}

}  // namespace commonwatch::hotspot
