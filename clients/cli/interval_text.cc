#include "clients/cli/interval_text.h"

#include <array>
#include <cstdio>

namespace commonwatch::cli {
namespace {

constexpr double kIntervalDaysMax = 3650;  // as in hotspot.proto
constexpr double kDaysOfYear = 365;
constexpr double kDaysShown = 1000;

}  // namespace

std::string number_text(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string interval_text(double interval_days) {
  if (interval_days <= 0) return "-";
  if (interval_days >= kIntervalDaysMax) return "over 10 y";
  if (interval_days < kDaysShown) return number_text(interval_days, 0) + " d";
  return number_text(interval_days / kDaysOfYear, 1) + " y";
}

std::string severity_text(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_ALERT:
      return "ALERT";
    case v1::SEVERITY_WATCH:
      return "watch";
    case v1::SEVERITY_NOTE:
      return "note";
    default:
      return "-";
  }
}

std::string zone_text(const v1::Hotspot& hotspot) {
  return hotspot.zone().name().empty() ? hotspot.id() : hotspot.zone().name();
}

}  // namespace commonwatch::cli
