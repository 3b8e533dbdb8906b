// What the hub is told: one TOML file, and a few flags above it. Every key stands in one table,
// with its default and what it means; a key that is not there is an error.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/access/principal.h"
#include "hub/base/limits.h"
#include "hub/delivery/settings.h"
#include "hub/hotspot/engine.h"
#include "hub/server/listener.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

struct Configuration {
  std::filesystem::path data = "commonwatch-data";
  storage::ClockMode clock = storage::ClockMode::kWall;
  std::uint32_t tick_ms = 250;
  std::uint32_t step_max_s = 86'400;
  std::string log_level = "info";
  std::uint32_t threads = 0;  // 0: one a core

  server::ListenAddress listen;
  std::string tls_certificate;
  std::string tls_key;

  std::vector<access::Account> accounts;
  Limits limits;
  hotspot::Settings hotspot;
  delivery::Settings paging;
};

// Reads the file over the defaults. Throws Failure: what, in which line, what next.
Configuration read_configuration(const std::filesystem::path& file);

// What would be dangerous to serve: a non-loopback address without TLS or without accounts, a
// certificate without its key. Throws Failure.
void check_configuration(const Configuration& configuration);

// The whole configuration as a TOML file, each key with its meaning; tokens only as their hashes.
std::string print_configuration(const Configuration& configuration);

}  // namespace commonwatch::app
