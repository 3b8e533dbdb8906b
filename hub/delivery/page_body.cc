#include "hub/delivery/page_body.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <vector>

namespace commonwatch::delivery {
namespace {

// About 10 m: finer than any zone.
constexpr double kDegreeParts = 1e4;

std::string_view state_name(model::AlertState state) {
  constexpr std::array<std::string_view, 5> kNames = {"unspecified", "open", "closed", "withdrawn",
                                                      "merged"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view reason_name(model::PageReason reason) {
  constexpr std::array<std::string_view, 6> kNames = {"unspecified",   "opened",     "higher_level",
                                                      "count_doubled", "asks_again", "escalated"};
  return kNames.at(static_cast<std::size_t>(reason));
}

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

// Without an exponent, so that a person can read it.
std::string plain(double number) {
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

// Members in the order in which they are added.
class JsonObject {
 public:
  JsonObject& raw(std::string_view name, const std::string& json) {
    text_ += (text_.empty() ? "{" : ",") + quoted(name) + ":" + json;
    return *this;
  }
  JsonObject& text(std::string_view name, std::string_view value) {
    return raw(name, quoted(value));
  }
  JsonObject& number(std::string_view name, double value) { return raw(name, plain(value)); }
  JsonObject& flag(std::string_view name, bool value) {
    return raw(name, value ? "true" : "false");
  }
  std::string finish() { return text_ + "}"; }

 private:
  std::string text_;
};

std::string list_of(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? "," : "") + quoted(text);
  return list + "]";
}

double rounded(double degrees) { return std::round(degrees * kDegreeParts) / kDegreeParts; }

std::string place_of(const model::Hotspot& hotspot) {
  const std::string center = JsonObject()
                                 .number("latitude", rounded(hotspot.center.latitude))
                                 .number("longitude", rounded(hotspot.center.longitude))
                                 .finish();
  JsonObject place;
  place.text("zone", hotspot.id).raw("center", center);
  if (hotspot.zone.cell.is_valid()) place.text("cell", hotspot.zone.cell.token());
  if (!hotspot.zone.name.empty()) place.text("name", hotspot.zone.name);
  return place.finish();
}

}  // namespace

std::string_view level_name(model::Severity level) {
  constexpr std::array<std::string_view, 4> kNames = {"unspecified", "note", "watch", "alert"};
  return kNames.at(static_cast<std::size_t>(level));
}

std::string interval_text(double interval_days) {
  if (interval_days >= model::kIntervalDaysMax) return "once in over 10 years";
  return "once in " + std::to_string(std::lround(interval_days)) + " days";
}

std::string page_body(const model::Alert& alert, const model::Paging& step) {
  const model::Hotspot& hotspot = alert.hotspot;
  const std::string window = JsonObject()
                                 .number("hours", hotspot.window_hours)
                                 .text("start", to_rfc3339(alert.evidence.window_start))
                                 .text("end", to_rfc3339(alert.evidence.window_end))
                                 .finish();
  return JsonObject()
      .text("id", alert.id)
      .text("page_id", step.page_id)
      .number("version", alert.version)
      .text("state", state_name(alert.state))
      .flag("asks", alert.asks)
      .text("level", level_name(hotspot.severity))
      .text("jurisdiction", alert.jurisdiction)
      .raw("place", place_of(hotspot))
      .number("count", hotspot.count)
      .number("expected", hotspot.expected)
      .text("interval", interval_text(hotspot.interval_days))
      .number("interval_days", hotspot.interval_days)
      .raw("window", window)
      .text("opened", to_rfc3339(alert.opened))
      .text("reason", reason_name(step.reason))
      .number("attempt", step.attempt)
      .flag("possibly_repeated", step.attempt > 1)
      .flag("provisional", hotspot.provisional)
      .raw("silent_partners", list_of(alert.evidence.silent))
      .finish();
}

}  // namespace commonwatch::delivery
