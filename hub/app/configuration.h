// What the hub is told: one TOML file, and a few flags above it. Every key stands in a table of
// keys, with its default and what it means; a key that is not there is an error.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/access/account.h"
#include "hub/base/limits.h"
#include "hub/delivery/settings.h"
#include "hub/hotspot/engine.h"
#include "hub/server/listener.h"
#include "hub/sharing/agreement.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

// One [[area]]: what is counted, and the file that its polygon was read from.
struct ConfiguredArea {
  hotspot::NamedArea area;
  std::string geojson;  // absolute
};

// How long what is kept, in days of recorded time.
struct Retention {
  std::uint32_t events_days = 0;      // whole; 0: for ever
  std::uint32_t skeleton_days = 400;  // reduced to what the engine reads; 0: for ever
  std::uint32_t audit_days = 2192;    // six years
};

// One [[agreement]], and one [[share]] of it.
struct ConfiguredAgreement {
  std::string partner;
  std::uint32_t version = 1;
  Instant since{};
  std::string legal_basis;
};
struct ConfiguredShare {
  std::string partner;
  sharing::Term term;
};

// Files that are served to browsers.
struct Dashboard {
  std::string dir;        // absolute; empty: as built or installed with the program
  std::string tiles_dir;  // absolute; empty: none
};

struct Configuration {
  std::filesystem::path data = "commonwatch-data";
  storage::ClockMode clock = storage::ClockMode::kWall;
  std::uint32_t tick_ms = 250;
  std::uint32_t step_max_s = 86'400;
  std::string log_level = "info";
  std::uint32_t threads = 0;  // 0: one a core

  std::vector<server::ListenAddress> listen = {server::ListenAddress()};  // not empty
  std::string tls_certificate;
  std::string tls_key;
  std::string client_ca;
  std::vector<std::string> origins;

  std::vector<access::Account> accounts;
  Limits limits;
  Retention retention;
  Dashboard dashboard;
  std::vector<ConfiguredArea> areas;  // in order of name
  hotspot::Settings hotspot;          // with the areas in it
  delivery::Settings paging;

  std::string population;  // file; absolute
  sharing::PublicationSettings publication;  // without the population
  std::vector<sharing::Audience> audiences;
  std::vector<ConfiguredAgreement> agreements;
  std::vector<ConfiguredShare> shares;
  sharing::Settings sharing;  // all of that together
};

// Where the configuration comes from: to be read again while the hub runs.
struct ConfigurationSource {
  std::filesystem::path file;  // empty: defaults
  // Flags; they stand above the file. Empty: not given.
  std::string listen;
  std::string data;
  std::string clock;

  // Reads and checks. Throws Failure.
  Configuration read() const;
  // Only the data directory: what else the file says need not be sound. Throws Failure if it is no
  // TOML.
  std::filesystem::path read_data_directory() const;
};

// Reads the file over the defaults. Throws Failure: what, in which line, what next.
Configuration read_configuration(const std::filesystem::path& file);

// What would be dangerous to serve: a non-loopback address without TLS or without accounts, a
// certificate without its key. Throws Failure.
void check_configuration(const Configuration& configuration);

// What is sound and may still not be what was meant: a sentence each.
std::vector<std::string> warnings_of(const Configuration& configuration);

// The whole configuration as a TOML file that reads back as the same, each key with its meaning;
// tokens only as their hashes, files by their absolute paths.
std::string print_configuration(const Configuration& configuration);

}  // namespace commonwatch::app
