#include "hub/app/paging_keys.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string_view>

namespace commonwatch::app {
namespace {

using alert::QuietHours;
using model::Severity;
using T = delivery::Target;

constexpr std::string_view kLevels[] = {"note", "watch", "alert"};

Key<T> level(std::string name, std::string description, Severity alert::TargetRules::*member) {
  return {std::move(name), "\"note\", \"watch\" or \"alert\": " + std::move(description),
          [member](T& target, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            const auto found =
                std::find(std::begin(kLevels), std::end(kLevels), value.value_or(""));
            if (found == std::end(kLevels)) return false;
            target.rules.*member = static_cast<Severity>(found - std::begin(kLevels) + 1);
            return true;
          },
          [member](const T& target) {
            return quote(kLevels[static_cast<std::size_t>(target.rules.*member) - 1]);
          }};
}

std::string print_clock(int minute) {
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

std::optional<QuietHours> parse_quiet_hours(const std::string& text) {
  unsigned from_hour = 0;
  unsigned from = 0;
  unsigned to_hour = 0;
  unsigned to = 0;
  int read = 0;
  if (std::sscanf(text.c_str(), "%2u:%2u-%2u:%2u%n", &from_hour, &from, &to_hour, &to, &read) !=
      4) {
    return std::nullopt;
  }
  const QuietHours hours{static_cast<std::uint16_t>(from_hour * 60 + from),
                         static_cast<std::uint16_t>(to_hour * 60 + to)};
  // Written again it is what was read: no blanks, no signs, nothing left over, nothing above 23:59.
  const bool holds = from_hour < 24 && to_hour < 24 && from < 60 && to < 60 &&
                     print_clock(hours.from_minute) + "-" + print_clock(hours.to_minute) == text;
  return holds ? std::optional(hours) : std::nullopt;
}

Key<T> quiet_hours_key() {
  return {
      "quiet_hours",
      "\"22:00-07:00\", local time of time_zone: what is below quiet_breaks_through waits until "
      "they end",
      [](T& target, const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        target.rules.quiet = parse_quiet_hours(value.value_or(""));
        return target.rules.quiet.has_value();
      },
      [](const T& target) {
        return target.rules.quiet ? quote(print_clock(target.rules.quiet->from_minute) + "-" +
                                          print_clock(target.rules.quiet->to_minute))
                                  : std::string();
      }};
}

Key<T> time_zone_key() {
  return {
      "time_zone",
      "of the quiet hours, like \"America/New_York\"; known to this machine; the two go together",
      [](T& target, const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        auto zone = model::TimeZone::load(value.value_or(""));
        if (!value || value->empty() || !zone) return false;
        target.rules.time_zone = *std::move(zone);
        return true;
      },
      [](const T& target) {
        return target.rules.quiet ? quote(target.rules.time_zone.name()) : std::string();
      }};
}

Key<T> command_key() {
  Key<T> key = optional(texts<T>(
      "command", "a program, by its absolute path, and its arguments; no shell in between",
      [](T & t) -> auto& { return t.command; }));
  const auto read = key.read;
  key.read = [read](T& target, const toml::node& node) {
    return read(target, node) && !target.command.empty();
  };
  return key;
}

Key<T> escalation_time_key() {
  return {"escalate_after_minutes", "how long an answer may take, in minutes; 1 to 10080",
          [](T& target, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < 1 || *value > 10'080) return false;
            target.rules.escalate_after = std::chrono::minutes(*value);
            return true;
          },
          [](const T& target) {
            return std::to_string(
                std::chrono::floor<std::chrono::minutes>(target.rules.escalate_after).count());
          }};
}

Key<T> timeout_key() {
  return {"timeout_s", "one attempt, in seconds; 1 to 600",
          [](T& target, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < 1 || *value > 600) return false;
            target.timeout = std::chrono::seconds(*value);
            return true;
          },
          [](const T& target) { return std::to_string(target.timeout.count()); }};
}

std::vector<Key<T>> make_keys() {
  return {
      optional(text<T>(
          "name", "a name of its own, 1 to 64 of a-z 0-9 - _ .",
          [](T & t) -> auto& { return t.rules.name; })),
      command_key(),
      optional(text<T>(
          "webhook", "instead of a command: https://host/path, or http:// on this machine",
          [](T & t) -> auto& { return t.webhook; })),
      optional(text<T>(
          "secret_file", "file with the secret that a webhook's pages are signed with",
          [](T & t) -> auto& { return t.secret_file; })),
      optional(text<T>(
          "ca_file",
          "PEM file with the authorities that a webhook is trusted by; the system's without it",
          [](T & t) -> auto& { return t.ca_file; })),
      level("level", "the lowest that it is woken for", &alert::TargetRules::level),
      text<T>(
          "audience", "whose alerts it is woken for; needed where there are audiences",
          [](T & t) -> auto& { return t.rules.audience; }),
      optional(texts<T>(
          "jurisdictions", "a list of names; without it, all",
          [](T & t) -> auto& { return t.rules.jurisdictions; })),
      quiet_hours_key(),
      time_zone_key(),
      level("quiet_breaks_through", "from here on quiet hours do not hold",
            &alert::TargetRules::breaks_through),
      optional(text<T>(
          "escalate_to", "name of another [[page]], woken when nobody answers",
          [](T & t) -> auto& { return t.rules.escalate_to; })),
      escalation_time_key(),
      timeout_key(),
      whole_number<T>(
          "attempts_max", "attempts at one page", 1, 1000,
          [](T & t) -> auto& { return t.rules.attempts_max; }),
  };
}

}  // namespace

const Table<T>& page_table() {
  static const Table<T> table = {
      "page", "whom the hub wakes about alerts; see \"Being woken\" in docs/OPERATIONS.md",
      make_keys()};
  return table;
}

std::vector<T> read_page_targets(const std::filesystem::path& file, const toml::node& node) {
  std::vector<T> targets;
  std::size_t nth = 0;
  for (Row<T>& row : read_rows(file, page_table(), node)) {
    const bool has_zone = node.as_array()->get(nth++)->as_table()->contains("time_zone");
    if (row.value.rules.quiet.has_value() != has_zone) {
      fail_at(file, row.source, "quiet_hours and time_zone go together; give both or none");
    }
    for (std::string* path : {&row.value.secret_file, &row.value.ca_file}) {
      *path = path_from(file, *path);
    }
    targets.push_back(std::move(row.value));
  }
  return targets;
}

}  // namespace commonwatch::app
