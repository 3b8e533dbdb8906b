#include "hub/app/keys.h"

#include <cstdio>
#include <utility>

#include "hub/telemetry/log.h"

namespace commonwatch::app {
namespace {

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string print_number(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  const std::string printed = text;
  return printed.find_first_of(".e") == std::string::npos ? printed + ".0" : printed;
}

// `member(configuration)` gives a reference to where the value lives.
template <class Member>
Key whole_number(std::string name, std::string description, std::int64_t low, std::int64_t high,
                 Member member) {
  description += "; " + std::to_string(low) + " to " + std::to_string(high);
  return {std::move(name), std::move(description),
          [=](Configuration& configuration, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < low || *value > high) return false;
            auto& place = member(configuration);
            place = static_cast<std::remove_reference_t<decltype(place)>>(*value);
            return true;
          },
          [=](const Configuration& configuration) {
            return std::to_string(member(const_cast<Configuration&>(configuration)));
          }};
}

template <class Member>
Key number(std::string name, std::string description, double low, double high, Member member) {
  description += "; " + print_number(low) + " to " + print_number(high);
  return {std::move(name), std::move(description),
          [=](Configuration& configuration, const toml::node& node) {
            const auto value = node.value<double>();
            if (!value || !(*value >= low && *value <= high)) return false;
            member(configuration) = *value;
            return true;
          },
          [=](const Configuration& configuration) {
            return print_number(member(const_cast<Configuration&>(configuration)));
          }};
}

template <class Member>
Key text(std::string name, std::string description, Member member) {
  return {std::move(name), std::move(description),
          [=](Configuration& configuration, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            if (value) member(configuration) = *value;
            return value.has_value();
          },
          [=](const Configuration& configuration) {
            return quote(member(const_cast<Configuration&>(configuration)));
          }};
}

template <class Member>
Key whole_numbers(std::string name, std::string description, std::int64_t low, std::int64_t high,
                  Member member) {
  return {std::move(name), std::move(description),
          [=](Configuration& configuration, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array || array->empty()) return false;
            std::vector<int> values;
            for (const toml::node& element : *array) {
              const auto value = element.value_exact<std::int64_t>();
              if (!value || *value < low || *value > high) return false;
              if (!values.empty() && *value <= values.back()) return false;
              values.push_back(static_cast<int>(*value));
            }
            member(configuration) = std::move(values);
            return true;
          },
          [=](const Configuration& configuration) {
            std::string list;
            for (const int value : member(const_cast<Configuration&>(configuration))) {
              list += (list.empty() ? "" : ", ") + std::to_string(value);
            }
            return "[" + list + "]";
          }};
}

Key clock_key() {
  return {"hub.clock",
          "what recorded time follows: \"wall\", or \"events\" for back-tests; kept by the data "
          "directory",
          [](Configuration& configuration, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            if (!value || (*value != "wall" && *value != "events")) return false;
            configuration.clock =
                *value == "wall" ? storage::ClockMode::kWall : storage::ClockMode::kEvents;
            return true;
          },
          [](const Configuration& configuration) {
            return quote(configuration.clock == storage::ClockMode::kWall ? "wall" : "events");
          }};
}

Key listen_key() {
  return {"listen.address", "ADDRESS:PORT; other than loopback needs TLS and accounts",
          [](Configuration& configuration, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            const auto address =
                value ? server::ListenAddress::parse(*value) : std::optional<server::ListenAddress>();
            if (address) configuration.listen = *address;
            return address.has_value();
          },
          [](const Configuration& configuration) { return quote(configuration.listen.text()); }};
}

Key log_level_key() {
  Key key = text("hub.log_level", "\"debug\", \"info\", \"warning\" or \"error\"",
                 [](Configuration& c) -> auto& { return c.log_level; });
  const auto read = key.read;
  key.read = [read](Configuration& configuration, const toml::node& node) {
    return read(configuration, node) && telemetry::set_log_level(configuration.log_level);
  };
  return key;
}

#define LIMIT(field, description, low, high)                    \
  whole_number("limits." #field, description, low, high,        \
               [](Configuration& c) -> auto& { return c.limits.field; })

std::vector<Key> limit_keys() {
  constexpr std::int64_t kMiB = 1 << 20;
  return {
      LIMIT(frame_bytes_max, "one message from a client, in bytes", 4096, 64 * kMiB),
      LIMIT(event_bytes_max, "one encoded event, in bytes", 256, kMiB),
      LIMIT(batch_events_max, "events of one publish", 1, 10'000),
      LIMIT(credit_events, "events that a source may send ahead of what is durable", 1, 1'000'000),
      LIMIT(sources_max, "sources that one connection may hold", 1, 100'000),
      LIMIT(subscriptions_max, "subscriptions of one connection", 1, 1000),
      LIMIT(subscription_tiles_max,
            "tiles of one subscription; a larger area is served as everywhere", 1, 100'000),
      LIMIT(replays_max, "replays of one connection", 1, 100),
      LIMIT(hub_replays_max, "replays of the whole hub", 1, 1000),
      LIMIT(connections_max, "WebSocket connections of one thread", 1, 1'000'000),
      LIMIT(hello_timeout_ms, "until hello must have come, in ms", 100, 600'000),
      LIMIT(heartbeat_ms, "the hub sends at least one message in this time, in ms", 2000, 600'000),
      LIMIT(idle_timeout_ms, "a silent client is closed after this, in ms", 2000, 3'600'000),
      LIMIT(write_timeout_ms, "a client that does not read is closed after this, in ms", 1000,
            3'600'000),
      LIMIT(http_timeout_ms, "one HTTP request, in ms", 100, 600'000),
      LIMIT(http_body_bytes_max, "body of one HTTP request, in bytes", 4096, 1024 * kMiB),
      LIMIT(future_ms_max, "how far occurred_at may lie ahead of the hub's clock, in ms", 0,
            31'536'000'000),
      LIMIT(ring_bytes_max, "frames kept for those who resume, in bytes", kMiB, 65'536 * kMiB),
      LIMIT(ring_ms_max, "frames kept for those who resume, in ms of recorded time", 1000,
            86'400'000),
      LIMIT(refold_events_max,
            "events that a start folds again to fill that ring; beyond them it begins at the last "
            "checkpoint",
            0, 100'000'000),
      LIMIT(queued_bytes_max, "submitted events that wait for the disk, in bytes", kMiB,
            65'536 * kMiB),
      LIMIT(disk_free_bytes_min, "below this much free disk no event is taken, in bytes", 0,
            std::int64_t{1} << 50),
  };
}

#define HOTSPOT(field, description, low, high)              \
  whole_number("hotspot." #field, description, low, high,   \
               [](Configuration& c) -> auto& { return c.hotspot.field; })

std::vector<Key> hotspot_keys() {
  using C = Configuration;
  return {
      text("hotspot.time_zone", "of the jurisdiction, as \"America/New_York\": days and hours of the "
           "week follow it", [](C& c) -> auto& { return c.hotspot.time_zone; }),
      HOTSPOT(level_min, "coarsest S2 level of the cells that are counted", 9, 15),
      HOTSPOT(level_max, "finest S2 level, not below level_min", 9, 15),
      whole_numbers("hotspot.windows_hours",
                    "up to six windows of occurred time, in hours, rising; 1 to 168", 1, 168,
                    [](C& c) -> auto& { return c.hotspot.windows_hours; }),
      HOTSPOT(count_min, "persons that a hotspot has at least", 1, 1000),
      number("hotspot.prior_persons",
             "persons that every zone is taken to have had besides those that were seen", 0.01, 1000,
             [](C& c) -> auto& { return c.hotspot.prior_persons; }),
      HOTSPOT(guard_days, "days before today that do not count into the baseline", 7, 60),
      HOTSPOT(trailing_days, "length of the baseline, in days", 28, 3650),
      HOTSPOT(exposure_days_min, "days of baseline below which nothing opens", 14, 3650),
      HOTSPOT(note_days, "a note is what chance reaches once in so many days", 7, 3650),
      HOTSPOT(watch_days, "likewise a watch; not below note_days", 7, 3650),
      HOTSPOT(alert_days, "likewise an alert; not below watch_days", 7, 3650),
      HOTSPOT(null_days, "simulated days behind a calibration", 3650, 1'000'000),
      HOTSPOT(proposal_persons_min,
              "persons a year at one geocode from which it is proposed as a facility or placeholder",
              3, 1000),
  };
}

std::vector<Key> make_keys() {
  using C = Configuration;
  std::vector<Key> all = {
      {"hub.data", "data directory",
       [](C& c, const toml::node& node) {
         const auto value = node.value_exact<std::string>();
         if (value) c.data = *value;
         return value && !value->empty();
       },
       [](const C& c) { return quote(c.data.string()); }},
      clock_key(),
      whole_number("hub.tick_ms", "recorded time is cut into versions of this length, in ms", 10,
                   3'600'000, [](C& c) -> auto& { return c.tick_ms; }),
      whole_number("hub.step_max_s",
                   "with clock \"events\": how far one event moves time beyond the slowest source, "
                   "in seconds",
                   1, 31'536'000, [](C& c) -> auto& { return c.step_max_s; }),
      log_level_key(),
      whole_number("hub.threads", "threads that serve connections; 0: one a core", 0, 1024,
                   [](C& c) -> auto& { return c.threads; }),
      listen_key(),
      text("listen.tls_certificate", "PEM file with the certificate chain; empty: no TLS",
           [](C& c) -> auto& { return c.tls_certificate; }),
      text("listen.tls_key", "PEM file with the certificate's key",
           [](C& c) -> auto& { return c.tls_key; }),
  };
  for (auto more : {limit_keys(), hotspot_keys()}) {
    for (Key& key : more) all.push_back(std::move(key));
  }
  return all;
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> all = make_keys();
  return all;
}

}  // namespace commonwatch::app
