#include "clients/cli/watch_table.h"

#include <array>
#include <cstdio>

#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

constexpr const char* kRowFormat = "%-8s %8s %6s %9s %6s  %-20s  %-20s  %s";

std::string severity_name(v1::Severity severity) {
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

std::string number(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string row(const char* severity, const std::string& score, const std::string& count,
                const std::string& expected, const std::string& window, const std::string& last,
                const std::string& place, const std::string& zone) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), kRowFormat, severity, score.c_str(), count.c_str(),
                expected.c_str(), window.c_str(), last.c_str(), place.c_str(), zone.c_str());
  return text.data();
}

std::string age_text(Instant as_of, Instant now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - as_of).count();
  if (seconds < 120) return std::to_string(std::max<std::int64_t>(seconds, 0)) + " s ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
  return "";  // the hub's time follows data, or its clock is far off
}

std::string status_line(const client::HotspotState& state, const client::LinkStatus& link,
                        Instant now) {
  std::string text = link.state == client::LinkState::kOpen         ? "live"
                     : link.state == client::LinkState::kConnecting ? "connecting"
                                                                    : "RECONNECTING";
  if (state.as_of().seconds() > 0) {
    text += "  as of " + second_text(state.as_of());
    const auto age = age_text(from_timestamp(state.as_of()), now);
    if (!age.empty()) text += " (" + age + ")";
  }
  if (link.state == client::LinkState::kOpen && !state.position()) text += "  waiting for the hub";
  if (link.state == client::LinkState::kWaiting) text += "  " + link.detail;
  return text;
}

}  // namespace

std::string hotspot_head() {
  return row("SEVERITY", "SCORE", "COUNT", "EXPECTED", "HOURS", "LAST", "PLACE", "ZONE");
}

std::string hotspot_row(const v1::Hotspot& hotspot) {
  std::string zone = hotspot.zone().name().empty() ? hotspot.id() : hotspot.zone().name();
  if (hotspot.provisional()) zone += " (provisional)";
  return row(severity_name(hotspot.severity()).c_str(), number(hotspot.score(), 2),
             std::to_string(hotspot.count()), number(hotspot.expected(), 2),
             std::to_string(hotspot.window_hours()), second_text(hotspot.last_occurred_at()),
             number(hotspot.latitude(), 5) + "," + number(hotspot.longitude(), 5), zone);
}

std::string draw_table(const client::HotspotState& state, const client::LinkStatus& link,
                       const TableStyle& style, Instant now) {
  const auto bold = [&style](const std::string& text) {
    return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
  };
  const bool live = link.state == client::LinkState::kOpen;
  std::string screen = "\x1b[H";
  const auto add = [&screen](const std::string& text) { screen += text + "\x1b[K\n"; };
  const auto status = status_line(state, link, now);
  add(style.color && !live ? "\x1b[33m" + status + "\x1b[0m" : bold(status));
  add(bold(hotspot_head()));
  std::uint32_t shown = 0;
  std::uint64_t beyond = 0;
  for (const auto* hotspot : state.ranked()) {
    if (static_cast<int>(hotspot->severity()) < static_cast<int>(style.min_severity)) continue;
    if (shown >= style.rows) {
      ++beyond;
      continue;
    }
    ++shown;
    const bool alert = style.color && hotspot->severity() == v1::SEVERITY_ALERT;
    add(alert ? "\x1b[31m" + hotspot_row(*hotspot) + "\x1b[0m" : hotspot_row(*hotspot));
  }
  if (shown == 0 && state.position()) add("no hotspots");
  if (beyond > 0) add("and " + std::to_string(beyond) + " more");
  return screen + "\x1b[J";
}

}  // namespace commonwatch::cli
