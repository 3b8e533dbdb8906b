#include "clients/cli/watch_table.h"

#include <array>
#include <cstdio>

#include "clients/cli/alert_text.h"
#include "clients/cli/figure_text.h"
#include "clients/cli/interval_text.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

constexpr const char* kRowFormat = "%-8s %10s %6s %9s %6s  %-20s  %-20s  %s";

std::string row(const std::string& severity, const std::string& interval, const std::string& count,
                const std::string& expected, const std::string& window, const std::string& last,
                const std::string& place, const std::string& zone) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), kRowFormat, severity.c_str(), interval.c_str(),
                count.c_str(), expected.c_str(), window.c_str(), last.c_str(), place.c_str(),
                zone.c_str());
  return text.data();
}

std::string age_text(Instant as_of, Instant now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - as_of).count();
  if (seconds < 120) return std::to_string(std::max<std::int64_t>(seconds, 0)) + " s ago";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
  return "";  // the hub's time follows data, or its clock is far off
}

// After so many heartbeats without anything new, what is shown is not called live.
constexpr double kDelayedAfterHeartbeats = 1.5;

bool is_delayed(const client::HotspotState& state, const client::LinkStatus& link, Instant now) {
  if (link.heartbeat.count() == 0 || !state.position()) return false;
  const std::chrono::duration<double, std::milli> age =
      now + link.hub_ahead - from_timestamp(state.as_of());
  return age > kDelayedAfterHeartbeats * link.heartbeat;
}

bool is_live(const client::HotspotState& state, const client::LinkStatus& link, Instant now) {
  return link.state == client::LinkState::kOpen && !is_delayed(state, link, now);
}

std::string status_line(const client::HotspotState& state, const client::LinkStatus& link,
                        Instant now) {
  std::string text = is_live(state, link, now)                      ? "live"
                     : link.state == client::LinkState::kOpen       ? "DELAYED"
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

// Line below line; what an earlier drawing left is erased.
class TablePainter {
 public:
  explicit TablePainter(const TableStyle& style) : style_(style) {}

  void draw_status(const std::string& text, bool is_live) { add(text, is_live ? kBold : kYellow); }

  void draw_alerts(const client::HotspotState& state) {
    const auto alerts = state.open_alerts();
    if (alerts.empty()) return;
    add(alert_head(), kBold);
    for (std::size_t i = 0; i < alerts.size() && i < style_.rows; ++i) {
      add(alert_row(*alerts[i]), alerts[i]->asks() ? kRed : "");
    }
    add_rest(alerts.size(), "more alerts");
    add("", "");
  }

  // A quiet partner is never shown as a quiet city.
  void draw_sources(const client::HotspotState& state) {
    const auto sources = state.troubled_sources();
    for (std::size_t i = 0; i < sources.size() && i < style_.rows; ++i) {
      add(source_text(*sources[i]), kYellow);
    }
    add_rest(sources.size(), "more sources are late or silent");
  }

  void draw_hotspots(const client::HotspotState& state) {
    add(hotspot_head(), kBold);
    std::size_t wanted = 0;
    for (const auto* hotspot : state.ranked()) {
      if (static_cast<int>(hotspot->severity()) < static_cast<int>(style_.min_severity)) continue;
      if (++wanted > style_.rows) continue;
      add(hotspot_row(*hotspot), hotspot->severity() == v1::SEVERITY_ALERT ? kRed : "");
    }
    if (wanted == 0 && state.position()) add("no hotspots", "");
    add_rest(wanted, "more");
  }

  // For an audience that is shown figures: they do not live, and a hidden one is no zero.
  void draw_figures(const client::HotspotState& state) {
    const auto health = state.troubled_health();
    for (std::size_t i = 0; i < health.size() && i < style_.rows; ++i) {
      add(health_text(*health[i]), kYellow);
    }
    add("published figures, not the live picture", kBold);
    add(figure_head(), kBold);
    const auto counts = state.published_counts();
    for (std::size_t i = 0; i < counts.size() && i < style_.rows; ++i) {
      const auto* alert = state.published_alert(counts[i]->id());
      add(figure_row(*counts[i], alert), alert != nullptr ? kRed : "");
    }
    if (counts.empty()) add("no figures yet: none is told before its period is over", "");
    add_rest(counts.size(), "more");
  }

  std::string take_screen() { return screen_ + "\x1b[J"; }

 private:
  static constexpr const char* kBold = "\x1b[1m";
  static constexpr const char* kRed = "\x1b[31m";
  static constexpr const char* kYellow = "\x1b[33m";

  void add(const std::string& text, const std::string& color) {
    const bool is_coloured = style_.color && !color.empty();
    screen_ += (is_coloured ? color + text + "\x1b[0m" : text) + "\x1b[K\n";
  }
  void add_rest(std::size_t size, const std::string& what) {
    if (size > style_.rows) add("and " + std::to_string(size - style_.rows) + " " + what, "");
  }

  const TableStyle& style_;
  std::string screen_ = "\x1b[H";
};

}  // namespace

std::string hotspot_head() {
  return row("SEVERITY", "ONCE IN", "COUNT", "EXPECTED", "HOURS", "LAST", "PLACE", "ZONE");
}

std::string hotspot_row(const v1::Hotspot& hotspot) {
  std::string zone = zone_text(hotspot);
  if (hotspot.provisional()) zone += " (provisional)";
  return row(severity_text(hotspot.severity()), interval_text(hotspot.interval_days()),
             std::to_string(hotspot.count()), number_text(hotspot.expected(), 2),
             std::to_string(hotspot.window_hours()), second_text(hotspot.last_occurred_at()),
             number_text(hotspot.latitude(), 5) + "," + number_text(hotspot.longitude(), 5), zone);
}

std::string draw_table(const client::HotspotState& state, const client::LinkStatus& link,
                       const TableStyle& style, Instant now) {
  TablePainter painter(style);
  painter.draw_status(status_line(state, link, now), is_live(state, link, now));
  if (state.is_of_figures()) {
    painter.draw_figures(state);
  } else {
    painter.draw_alerts(state);
    painter.draw_sources(state);
    painter.draw_hotspots(state);
  }
  return painter.take_screen();
}

}  // namespace commonwatch::cli
