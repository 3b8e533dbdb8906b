#include "clients/cli/figure_text.h"

#include <array>
#include <cstdio>

#include "clients/cli/interval_text.h"
#include "clients/cli/text_values.h"
#include "hub/model/cell.h"

namespace commonwatch::cli {
namespace {

constexpr const char* kRowFormat = "%-20s  %-20s  %-20s  %-16s  %-22s  %s";

std::string row(const std::string& start, const std::string& end, const std::string& place,
                const std::string& zone, const std::string& persons, const std::string& remarks) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), kRowFormat, start.c_str(), end.c_str(), place.c_str(),
                zone.c_str(), persons.c_str(), remarks.c_str());
  return text.data();
}

std::string remarks_of(const v1::PublishedCount& count, const v1::PublishedAlert* alert) {
  std::string text = "shared with " + count.shared_with();
  if (count.has_fatal() && count.has_other()) {
    text += ", " + std::to_string(count.fatal()) + " fatal, " + std::to_string(count.other()) +
            " other";
  }
  if (alert != nullptr) {
    text += ", " + severity_text(alert->severity()) + ": " + band_text(alert->interval());
  }
  if (count.revision_pending()) text += ", may be revised";
  return text;
}

}  // namespace

std::string persons_text(const v1::PublishedCount& count) {
  switch (count.state()) {
    case v1::FIGURE_STATE_SHOWN:
      return std::to_string(count.persons());
    case v1::FIGURE_STATE_NO_DATA:
      return "no data";
    default:
      return "hidden (few or none)";
  }
}

std::string band_text(v1::IntervalBand interval) {
  switch (interval) {
    case v1::INTERVAL_BAND_30_DAYS:
      return "once in 30 d at most";
    case v1::INTERVAL_BAND_100_DAYS:
      return "once in 100 d at most";
    case v1::INTERVAL_BAND_1_YEAR:
      return "once a year at most";
    case v1::INTERVAL_BAND_10_YEARS:
      return "once in 10 y at most";
    default:
      return "-";
  }
}

std::string health_text(const v1::BandedHealth& health) {
  const std::string state = health.state() == v1::HEALTH_STATE_SILENT ? "silent" : "late";
  if (!health.name().empty() && health.sources() <= 1) return health.name() + " is " + state;
  const std::string name = health.name().empty() ? "all partners" : health.name();
  return "small sources of " + name + " (" + std::to_string(health.sources()) + ") are " + state;
}

std::string figure_head() {
  return row("PERIOD FROM", "TO", "PLACE", "ZONE", "PERSONS", "REMARKS");
}

std::string figure_row(const v1::PublishedCount& count, const v1::PublishedAlert* alert) {
  return row(second_text(count.period_start()), second_text(count.period_end()),
             number_text(count.latitude(), 5) + "," + number_text(count.longitude(), 5),
             model::Cell(count.cell()).token(), persons_text(count), remarks_of(count, alert));
}

}  // namespace commonwatch::cli
