#include "clients/cli/alert_text.h"

#include <array>
#include <cstdio>

#include "clients/cli/interval_text.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

constexpr const char* kRowFormat = "%-8s %10s %6s %9s %6s  %-20s  %-28s  %s";

std::string row(const std::string& severity, const std::string& interval, const std::string& count,
                const std::string& expected, const std::string& window, const std::string& opened,
                const std::string& state, const std::string& name) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), kRowFormat, severity.c_str(), interval.c_str(),
                count.c_str(), expected.c_str(), window.c_str(), opened.c_str(), state.c_str(),
                name.c_str());
  return text.data();
}

std::string state_text(const v1::Alert& alert) {
  switch (alert.state()) {
    case v1::ALERT_STATE_OPEN:
      return alert.assessment() == v1::ALERT_ASSESSMENT_WEAKENED ? "open, weakened" : "open";
    case v1::ALERT_STATE_CLOSED:
      return "closed";
    case v1::ALERT_STATE_WITHDRAWN:
      return "withdrawn";
    case v1::ALERT_STATE_MERGED:
      return "merged into " + alert.merged_into();
    default:
      return "-";
  }
}

}  // namespace

std::string action_text(v1::AlertAction action) {
  switch (action) {
    case v1::ALERT_ACTION_SEEN:
      return "seen";
    case v1::ALERT_ACTION_TAKEN:
      return "taken";
    case v1::ALERT_ACTION_REAL:
      return "real";
    case v1::ALERT_ACTION_NOT_REAL:
      return "not real";
    default:
      return "answered";
  }
}

std::string alert_state_text(const v1::Alert& alert) {
  std::string text = state_text(alert);
  if (alert.found_late()) text += ", found late";
  if (alert.acknowledgements_size() > 0) {
    const auto& last = *alert.acknowledgements().rbegin();
    text += ", " + action_text(last.action()) + " by " + last.principal();
  }
  if (alert.state() == v1::ALERT_STATE_OPEN && alert.asks()) text += ", asks";
  return text;
}

std::string alert_head() {
  return row("PEAK", "ONCE IN", "COUNT", "EXPECTED", "HOURS", "OPENED", "STATE", "ALERT, ZONE");
}

std::string alert_row(const v1::Alert& alert) {
  const v1::Hotspot& hotspot = alert.hotspot();
  std::string name = alert.id() + "  " + zone_text(hotspot);
  if (hotspot.provisional()) name += " (provisional)";
  return row(severity_text(alert.peak()), interval_text(hotspot.interval_days()),
             std::to_string(hotspot.count()), number_text(hotspot.expected(), 2),
             std::to_string(hotspot.window_hours()), second_text(alert.opened_at()),
             alert_state_text(alert), name);
}

std::string source_text(const v1::SourceHealth& source) {
  std::string text = source.name();
  text += source.state() == v1::HEALTH_STATE_SILENT ? " is silent: " : " is late: ";
  text += std::to_string(source.received()) + " of " + number_text(source.expected(), 0) +
          " usual events in 24 h";
  if (source.has_last_received_at()) text += ", last " + second_text(source.last_received_at());
  return text;
}

}  // namespace commonwatch::cli
