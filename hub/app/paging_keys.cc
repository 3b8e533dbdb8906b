#include "hub/app/paging_keys.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace commonwatch::app {
namespace {

using alert::QuietHours;
using delivery::Target;
using model::Severity;

struct PageKey {
  std::string name;
  std::string description;
  // False: the value is not what the description states.
  std::function<bool(Target&, const toml::node&)> read;
  // As TOML; empty: not given.
  std::function<std::string(const Target&)> print;
};

std::string quote(std::string_view text) {
  std::ostringstream quoted;
  quoted << toml::value<std::string>(std::string(text));
  return quoted.str();
}

constexpr std::string_view kLevels[] = {"note", "watch", "alert"};

bool read_level(Severity& level, const toml::node& node) {
  const auto name = node.value_exact<std::string>();
  const auto found = std::find(std::begin(kLevels), std::end(kLevels), name.value_or(""));
  if (found == std::end(kLevels)) return false;
  level = static_cast<Severity>(found - std::begin(kLevels) + 1);
  return true;
}

std::string print_level(Severity level) {
  return quote(kLevels[static_cast<std::size_t>(level) - 1]);
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

template <class Member>
PageKey text(std::string name, std::string description, Member member) {
  return {std::move(name), std::move(description),
          [member](Target& target, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            if (value) member(target) = *value;
            return value.has_value();
          },
          [member](const Target& target) {
            const std::string& value = member(const_cast<Target&>(target));
            return value.empty() ? value : quote(value);
          }};
}

template <class Member>
PageKey texts(std::string name, std::string description, Member member) {
  return {std::move(name), std::move(description),
          [member](Target& target, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array || array->empty()) return false;
            for (const toml::node& element : *array) {
              const auto value = element.value_exact<std::string>();
              if (!value) return false;
              member(target).push_back(*value);
            }
            return true;
          },
          [member](const Target& target) {
            std::string list;
            for (const std::string& value : member(const_cast<Target&>(target))) {
              list += (list.empty() ? "[" : ", ") + quote(value);
            }
            return list.empty() ? list : list + "]";
          }};
}

// `set` and `get` state the value in the key's unit.
template <class Set, class Get>
PageKey whole_number(std::string name, std::string description, std::int64_t low, std::int64_t high,
                     Set set, Get get) {
  description += "; " + std::to_string(low) + " to " + std::to_string(high);
  return {std::move(name), std::move(description),
          [=](Target& target, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < low || *value > high) return false;
            set(target, *value);
            return true;
          },
          [=](const Target& target) { return std::to_string(get(target)); }};
}

PageKey level(std::string name, std::string description, Severity alert::TargetRules::*member) {
  return {std::move(name), std::move(description),
          [member](Target& target, const toml::node& node) {
            return read_level(target.rules.*member, node);
          },
          [member](const Target& target) { return print_level(target.rules.*member); }};
}

PageKey quiet_hours_key() {
  return {"quiet_hours", "\"22:00-07:00\", local time of time_zone",
          [](Target& target, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            target.rules.quiet = parse_quiet_hours(value.value_or(""));
            return target.rules.quiet.has_value();
          },
          [](const Target& target) {
            return target.rules.quiet ? quote(print_clock(target.rules.quiet->from_minute) + "-" +
                                              print_clock(target.rules.quiet->to_minute))
                                      : std::string();
          }};
}

PageKey time_zone_key() {
  return {"time_zone", "of the quiet hours, like \"America/New_York\"; known to this machine",
          [](Target& target, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            auto zone = model::TimeZone::load(value.value_or(""));
            if (!value || value->empty() || !zone) return false;
            target.rules.time_zone = *std::move(zone);
            return true;
          },
          [](const Target& target) {
            return target.rules.quiet ? quote(target.rules.time_zone.name()) : std::string();
          }};
}

std::vector<PageKey> make_keys() {
  using T = Target;
  return {
      text(
          "name", "a name of its own, 1 to 64 of a-z 0-9 - _ .",
          [](T & t) -> auto& { return t.rules.name; }),
      texts(
          "command", "a program, by its absolute path, and its arguments; no shell in between",
          [](T & t) -> auto& { return t.command; }),
      text(
          "webhook", "https://host/path, or http:// on this machine",
          [](T & t) -> auto& { return t.webhook; }),
      text(
          "secret_file", "file with the secret that a webhook's pages are signed with",
          [](T & t) -> auto& { return t.secret_file; }),
      text(
          "ca_file", "PEM file with the authorities that a webhook is trusted by",
          [](T & t) -> auto& { return t.ca_file; }),
      level("level", "\"note\", \"watch\" or \"alert\": the lowest that it is woken for",
            &alert::TargetRules::level),
      texts(
          "jurisdictions", "a list of names; without it, all",
          [](T & t) -> auto& { return t.rules.jurisdictions; }),
      quiet_hours_key(),
      time_zone_key(),
      level("quiet_breaks_through",
            "\"note\", \"watch\" or \"alert\": from here on quiet hours do not hold",
            &alert::TargetRules::breaks_through),
      text(
          "escalate_to", "name of another [[page]], woken when nobody answers",
          [](T & t) -> auto& { return t.rules.escalate_to; }),
      whole_number(
          "escalate_after_minutes", "how long an answer may take, in minutes", 1, 10'080,
          [](T& t, std::int64_t n) { t.rules.escalate_after = std::chrono::minutes(n); },
          [](const T& t) {
            return std::chrono::floor<std::chrono::minutes>(t.rules.escalate_after).count();
          }),
      whole_number(
          "timeout_s", "one attempt, in seconds", 1, 600,
          [](T& t, std::int64_t n) { t.timeout = std::chrono::seconds(n); },
          [](const T& t) { return t.timeout.count(); }),
      whole_number(
          "attempts_max", "attempts at one page", 1, 1000,
          [](T& t, std::int64_t n) { t.rules.attempts_max = static_cast<std::uint32_t>(n); },
          [](const T& t) { return t.rules.attempts_max; }),
  };
}

const std::vector<PageKey>& page_keys() {
  static const std::vector<PageKey> all = make_keys();
  return all;
}

[[noreturn]] void fail(const std::filesystem::path& file, const toml::source_region& source,
                       const std::string& message) {
  throw Failure(
      make_error(ErrorCode::kInvalidRequest,
                 file.string() + ":" + std::to_string(source.begin.line) + ": " + message));
}

std::string key_names() {
  std::string names;
  for (const PageKey& key : page_keys()) names += (names.empty() ? "" : ", ") + key.name;
  return names;
}

}  // namespace

delivery::Target read_page_target(const std::filesystem::path& file, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (!table) fail(file, node.source(), "write it as [[page]]");
  delivery::Target target;
  for (const auto& [key, value] : *table) {
    const std::string_view name = key.str();
    const auto found = std::find_if(page_keys().begin(), page_keys().end(),
                                    [&](const PageKey& known) { return known.name == name; });
    if (found == page_keys().end()) {
      fail(file, key.source(),
           "a page has the keys " + key_names() + "; there is no " + std::string(name));
    }
    if (!found->read(target, value)) {
      fail(file, value.source(), "page." + found->name + " is " + found->description);
    }
  }
  if (target.rules.quiet.has_value() != table->contains("time_zone")) {
    fail(file, node.source(), "quiet_hours and time_zone go together; give both or none");
  }
  for (std::string* path : {&target.secret_file, &target.ca_file}) {
    if (!path->empty()) *path = (file.parent_path() / *path).string();
  }
  return target;
}

std::string print_page_target(const delivery::Target& target) {
  std::string printed = "[[page]]\n";
  for (const PageKey& key : page_keys()) {
    const std::string value = key.print(target);
    if (!value.empty()) printed += key.name + " = " + value + "\n";
  }
  return printed;
}

}  // namespace commonwatch::app
