#include "hub/app/keys.h"

#include <algorithm>
#include <utility>

#include "hub/access/origin.h"
#include "hub/app/sharing_keys.h"
#include "hub/model/time_zone.h"

namespace commonwatch::app {
namespace {

using C = Configuration;

Key<C> data_key() {
  return {"data", "data directory",
          [](C& c, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            if (value) c.data = *value;
            return value && !value->empty();
          },
          [](const C& c) { return quote(c.data.string()); }};
}

Key<C> clock_key() {
  return {
      "clock",
      "what recorded time follows: \"wall\", or \"events\" for back-tests; kept by the data "
      "directory",
      [](C& c, const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        if (!value || (*value != "wall" && *value != "events")) return false;
        c.clock = *value == "wall" ? storage::ClockMode::kWall : storage::ClockMode::kEvents;
        return true;
      },
      [](const C& c) { return quote(c.clock == storage::ClockMode::kWall ? "wall" : "events"); }};
}

// One address, or a list.
bool read_addresses(C& c, const toml::node& node) {
  std::vector<server::ListenAddress> addresses;
  const auto add = [&addresses](const toml::node& one) {
    const auto text = one.value_exact<std::string>();
    const auto address = server::ListenAddress::parse(text.value_or(""));
    if (address) addresses.push_back(*address);
    return address.has_value();
  };
  const toml::array* array = node.as_array();
  const bool sound = array ? std::all_of(array->begin(), array->end(), add) : add(node);
  if (!sound || addresses.empty()) return false;
  c.listen = std::move(addresses);
  return true;
}

std::string print_addresses(const C& c) {
  if (c.listen.size() == 1) return quote(c.listen.front().text());
  std::vector<std::string> texts;
  for (const server::ListenAddress& address : c.listen) texts.push_back(address.text());
  return print_list(texts);
}

std::vector<Key<C>> restart(std::vector<Key<C>> keys) {
  for (Key<C>& key : keys) key.effect = Effect::kRestart;
  return keys;
}

std::vector<Key<C>> hub_keys() {
  std::vector<Key<C>> keys = restart({
      data_key(),
      clock_key(),
      whole_number<C>(
          "tick_ms", "recorded time is cut into versions of this length, in ms", 10, 3'600'000,
          [](C & c) -> auto& { return c.tick_ms; }),
      whole_number<C>(
          "step_max_s",
          "with clock \"events\": how far one event moves time beyond the slowest "
          "source, in seconds",
          1, 31'536'000, [](C & c) -> auto& { return c.step_max_s; }),
  });
  keys.push_back(choice<C>(
      "log_level", "\"info\", \"warning\" or \"error\"", {"info", "warning", "error"},
      [](C & c) -> auto& { return c.log_level; }));
  keys.push_back(
      with_effect(Effect::kRestart, whole_number<C>(
                                        "threads", "threads that serve connections; 0: one a core",
                                        0, 1024, [](C & c) -> auto& { return c.threads; })));
  return keys;
}

Key<C> origins_key() {
  return {"origins",
          "pages of other hosts that may speak to the hub from a browser, as "
          "\"https://map.example.org\", in lower case",
          [](C& c, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array) return false;
            std::vector<std::string> origins;
            for (const toml::node& element : *array) {
              const auto value = element.value_exact<std::string>();
              const auto is_upper = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
              if (!value || !access::is_origin(*value) ||
                  std::any_of(value->begin(), value->end(), is_upper)) {
                return false;
              }
              origins.push_back(*value);
            }
            c.origins = std::move(origins);
            return true;
          },
          [](const C& c) { return print_list(c.origins); }};
}

std::vector<Key<C>> listen_keys() {
  std::vector<Key<C>> keys = {
      text<C>(
          "tls_certificate", "PEM file with the certificate chain; empty: no TLS",
          [](C & c) -> auto& { return c.tls_certificate; }),
      text<C>(
          "tls_key", "PEM file with the certificate's key",
          [](C & c) -> auto& { return c.tls_key; }),
      text<C>(
          "client_ca",
          "PEM file with the authorities of client certificates; empty: none are asked for",
          [](C & c) -> auto& { return c.client_ca; }),
      origins_key(),
  };
  keys.insert(keys.begin(),
              with_effect(Effect::kRestart,
                          Key<C>{"address",
                                 "ADDRESS:PORT, or a list of them; other than loopback needs TLS "
                                 "and accounts",
                                 read_addresses, print_addresses}));
  return keys;
}

#define LIMIT(field, description, low, high) \
  whole_number<C>(                           \
      #field, description, low, high, [](C & c) -> auto& { return c.limits.field; })
#define START_LIMIT(field, description, low, high) \
  with_effect(Effect::kRestart, LIMIT(field, description, low, high))

std::vector<Key<C>> limit_keys() {
  constexpr std::int64_t kMiB = 1 << 20;
  return {
      LIMIT(frame_bytes_max, "one message from a client, in bytes", 4096, 64 * kMiB),
      LIMIT(event_bytes_max, "one encoded event, in bytes", 256, kMiB),
      LIMIT(batch_events_max, "events of one publish", 1, 10'000),
      START_LIMIT(credit_events, "events that a source may send ahead of what is durable", 1,
                  1'000'000),
      LIMIT(sources_max, "sources that one connection may hold", 1, 100'000),
      LIMIT(subscriptions_max, "subscriptions of one connection", 1, 1000),
      LIMIT(subscription_tiles_max,
            "tiles of one subscription; a larger area is served as everywhere", 1, 100'000),
      LIMIT(replays_max, "replays of one connection", 1, 100),
      LIMIT(hub_replays_max, "replays of the whole hub", 1, 1000),
      LIMIT(principal_replays_max, "replays of one principal, where there are accounts", 1, 1000),
      LIMIT(connections_max, "WebSocket connections of one thread", 1, 1'000'000),
      LIMIT(session_requests_per_second_max,
            "requests of one connection in one second, ten times as many at once; then it is read "
            "more slowly",
            1, 1'000'000),
      LIMIT(session_control_frames_per_second_max,
            "pings and pongs of one connection in one second; one that sends more is closed", 1,
            1'000'000),
      LIMIT(hello_timeout_ms, "until hello must have come, in ms", 100, 600'000),
      LIMIT(heartbeat_ms, "the hub sends at least one message in this time, in ms", 2000, 600'000),
      LIMIT(idle_timeout_ms, "a silent client is closed after this, in ms", 2000, 3'600'000),
      LIMIT(write_timeout_ms, "a client that does not read is closed after this, in ms", 1000,
            3'600'000),
      LIMIT(http_timeout_ms, "one HTTP request, in ms", 100, 600'000),
      LIMIT(inbound_bytes_max, "messages and request bodies that have not come whole, in bytes",
            kMiB, 65'536 * kMiB),
      LIMIT(http_connections_max,
            "connections of one thread that are no session; beyond them the one that has waited "
            "longest is closed",
            16, 1'000'000),
      LIMIT(http_body_bytes_max, "body of one HTTP request, in bytes", 4096, 1024 * kMiB),
      LIMIT(http_events_max, "events of one HTTP request, an event a line", 1, 1'000'000),
      START_LIMIT(future_ms_max, "how far occurred_at may lie ahead of the hub's clock, in ms", 0,
                  31'536'000'000),
      START_LIMIT(ring_bytes_max, "frames kept for those who resume, in bytes", kMiB,
                  65'536 * kMiB),
      START_LIMIT(ring_ms_max, "frames kept for those who resume, in ms of recorded time", 1000,
                  86'400'000),
      START_LIMIT(
          refold_events_max,
          "events that a start folds again to fill that ring; beyond them it begins at the last "
          "checkpoint",
          0, 100'000'000),
      START_LIMIT(queued_bytes_max, "submitted events that wait for the disk, in bytes", kMiB,
                  65'536 * kMiB),
      START_LIMIT(address_connections_max, "connections of one address", 1, 1'000'000),
      START_LIMIT(
          address_requests_per_second_max,
          "handshakes and HTTP requests of one address, in one second; twice as many at once", 1,
          1'000'000),
      START_LIMIT(address_failures_per_minute_max,
                  "wrong tokens from one address in one minute; then each request counts ten times",
                  1, 1'000'000),
      START_LIMIT(address_enrolments_max,
                  "enrolment codes that one address may try while a code is valid", 1, 10'000),
      START_LIMIT(enrolments_per_minute_max, "enrolment codes tried by all together, in one minute",
                  1, 1'000'000),
      START_LIMIT(addresses_max, "addresses that are remembered, and likewise principals", 1000,
                  10'000'000),
      START_LIMIT(principal_connections_max, "sessions of one principal", 1, 1'000'000),
      START_LIMIT(
          principal_requests_per_second_max,
          "HTTP requests of one principal, and what its sessions ask that is recorded, in one "
          "second; twice as many at once",
          1, 1'000'000),
      START_LIMIT(enrolment_codes_max,
                  "enrolment codes that wait to be used; of one principal, a tenth", 1, 100'000),
      START_LIMIT(enrolment_code_ms, "how long an enrolment code may be used, in ms", 10'000,
                  3'600'000),
      START_LIMIT(device_token_days, "how long an enrolled device may publish, in days", 1, 3650),
      START_LIMIT(tokens_max, "tokens that are valid at a time", 1, 1'000'000),
      START_LIMIT(
          disk_free_bytes_min,
          "below this much free disk no event is taken, below half of it nothing that is to be "
          "recorded, in bytes",
          0, std::int64_t{1} << 50),
  };
}

#define RETENTION(field, description, low, high) \
  whole_number<C>(                               \
      #field, description, low, high, [](C & c) -> auto& { return c.retention.field; })

std::vector<Key<C>> retention_keys() {
  return {
      RETENTION(events_days, "events as they came, in days of recorded time; 0: for ever", 0,
                36'500),
      RETENTION(skeleton_days,
                "what the engine reads of them, in days, not below events_days; 0: for ever", 0,
                36'500),
      RETENTION(audit_days, "the audit log, in days; six years by default", 30, 36'500),
  };
}

// Absolute, so that it means the same wherever the hub is started.
Key<C> directory_key(std::string name, std::string description, std::string Dashboard::* member) {
  return with_effect(
      Effect::kRestart,
      Key<C>{std::move(name), std::move(description),
             [member](C& c, const toml::node& node) {
               const auto value = node.value_exact<std::string>();
               if (!value || (!value->empty() && value->front() != '/')) return false;
               c.dashboard.*member = *value;
               return true;
             },
             [member](const C& c) { return quote(c.dashboard.*member); }});
}

std::vector<Key<C>> dashboard_keys() {
  return {
      directory_key("dir",
                    "absolute path of the built dashboard, served at /; empty: what was built or "
                    "installed with this program",
                    &Dashboard::dir),
      directory_key("tiles_dir",
                    "absolute path of a directory with map tiles (NAME.pmtiles), served to anybody "
                    "under /tiles/; empty: none",
                    &Dashboard::tiles_dir),
  };
}

bool is_time_zone(const std::string& name) { return model::TimeZone::load(name).has_value(); }

#define HOTSPOT(field, description, low, high) \
  whole_number<C>(                             \
      #field, description, low, high, [](C & c) -> auto& { return c.hotspot.field; })

std::vector<Key<C>> hotspot_keys() {
  return {
      text_that<C>(
          "time_zone",
          "as \"America/New_York\": days and hours of the week follow it in every jurisdiction "
          "without a time zone of its own; known to this machine",
          [](C & c) -> auto& { return c.hotspot.time_zone; }, is_time_zone),
      HOTSPOT(level_min, "coarsest S2 level of the cells that are counted", 9, 15),
      HOTSPOT(level_max, "finest S2 level, not below level_min", 9, 15),
      whole_numbers<C>(
          "windows_hours", "up to six windows of occurred time, in hours, rising; 1 to 168", 1, 168,
          [](C & c) -> auto& { return c.hotspot.windows_hours; }),
      HOTSPOT(count_min, "persons that a hotspot has at least", 1, 1000),
      number<C>(
          "prior_persons",
          "persons that every zone is taken to have had besides those that were seen", 0.01, 1000,
          [](C & c) -> auto& { return c.hotspot.prior_persons; }),
      HOTSPOT(guard_days, "days before today that do not count into the baseline", 7, 60),
      HOTSPOT(trailing_days, "length of the baseline, in days", 28, 3650),
      HOTSPOT(exposure_days_min, "days of baseline below which nothing opens", 14, 3650),
      HOTSPOT(note_days, "a note is what chance reaches once in so many days", 7, 3650),
      HOTSPOT(watch_days, "likewise a watch; not below note_days", 7, 3650),
      HOTSPOT(alert_days, "likewise an alert; not below watch_days", 7, 3650),
      HOTSPOT(null_days, "simulated days behind a calibration", 3650, 1'000'000),
      HOTSPOT(
          proposal_persons_min,
          "persons a year at one geocode from which it is proposed as a facility or placeholder", 3,
          1000),
  };
}

std::vector<Key<C>> new_epoch(std::vector<Key<C>> keys) {
  for (Key<C>& key : keys) key.effect = Effect::kNewEpoch;
  return keys;
}

}  // namespace

const std::vector<Table<C>>& tables() {
  static const std::vector<Table<C>> all = {{"hub", "", hub_keys()},
                                            {"listen", "", listen_keys()},
                                            {"limits", "", limit_keys()},
                                            {"retention", "", retention_keys()},
                                            {"dashboard", "", dashboard_keys()},
                                            {"hotspot", "", new_epoch(hotspot_keys())},
                                            {"publication", "", new_epoch(publication_keys())}};
  return all;
}

std::vector<std::string> all_key_names() {
  std::vector<std::string> all;
  for (const Table<C>& table : tables()) {
    for (std::string& name : key_names(table)) all.push_back(std::move(name));
  }
  return all;
}

}  // namespace commonwatch::app
