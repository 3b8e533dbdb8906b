#include "hub/app/configuration.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "hub/app/account_keys.h"
#include "hub/app/area_keys.h"
#include "hub/app/keys.h"
#include "hub/app/paging_keys.h"
#include "hub/app/sharing_keys.h"
#include "hub/app/suggestion.h"
#include "hub/hotspot/settings.h"

namespace commonwatch::app {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Failure(make_error(ErrorCode::kInvalidRequest, message));
}

std::string place(const std::filesystem::path& file, const toml::source_region& source) {
  return file.string() + ":" + std::to_string(source.begin.line);
}

void read_accounts(const std::filesystem::path& file, const toml::node& node, bool partner,
                   Configuration& configuration) {
  const toml::array* array = node.as_array();
  if (!array) fail(place(file, node.source()) + ": write it as [[partner]] or [[viewer]]");
  for (const toml::node& element : *array) {
    configuration.accounts.push_back(read_account(file, element, partner));
  }
}

void check_open_address(const server::ListenAddress& address, const Configuration& configuration) {
  if (configuration.tls_certificate.empty()) {
    fail("refusing to listen on " + address.text() +
         " without TLS: everyone between could read along; set listen.tls_certificate and "
         "listen.tls_key, or listen on 127.0.0.1");
  }
  if (configuration.accounts.empty()) {
    fail("refusing to listen on " + address.text() +
         " without configured partners: everyone could publish; add [[partner]] and [[viewer]], or "
         "listen on 127.0.0.1");
  }
}

toml::table parse(const std::filesystem::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    fail_at(file, error.source(), std::string(error.description()));
  }
}

// What stands under each [[NAME]].
using RowsReader = std::function<void(const std::filesystem::path& file, const toml::node& node,
                                      Configuration& configuration)>;

const std::vector<std::pair<std::string, RowsReader>>& row_readers() {
  using Path = std::filesystem::path;
  using C = Configuration;
  static const std::vector<std::pair<std::string, RowsReader>> all = {
      {"jurisdiction", [](const Path& file, const toml::node& node,
                          C& c) { c.hotspot.jurisdictions = read_jurisdictions(file, node); }},
      {"area",
       [](const Path& file, const toml::node& node, C& c) { c.areas = read_areas(file, node); }},
      {"audience", [](const Path& file, const toml::node& node,
                      C& c) { c.audiences = read_audiences(file, node); }},
      {"agreement", [](const Path& file, const toml::node& node,
                       C& c) { c.agreements = read_agreements(file, node); }},
      {"share", [](const Path& file, const toml::node& node,
                   C& c) { c.shares = read_shares(file, node); }},
      {"page", [](const Path& file, const toml::node& node,
                  C& c) { c.paging.targets = read_page_targets(file, node); }},
      {"partner",
       [](const Path& file, const toml::node& node, C& c) { read_accounts(file, node, true, c); }},
      {"viewer",
       [](const Path& file, const toml::node& node, C& c) { read_accounts(file, node, false, c); }},
  };
  return all;
}

void read_table(const std::filesystem::path& file, const toml::key& key, const toml::node& node,
                Configuration& configuration) {
  std::vector<std::string> names;
  for (const Table<Configuration>& table : tables()) {
    names.push_back(table.name);
    if (table.name != key.str()) continue;
    if (!node.is_table()) fail_at(file, key.source(), "write it as [" + table.name + "]");
    return read_keys(file, table, *node.as_table(), all_key_names(), configuration);
  }
  for (const auto& [name, read] : row_readers()) {
    names.push_back(name);
    if (name == key.str()) return read(file, node, configuration);
  }
  fail_at(file, key.source(),
          "there is no table " + std::string(key.str()) + "; did you mean " +
              nearest(key.str(), names) + "?");
}

// Whoever is woken sees the alert: it is one of an audience that is shown it live.
void check_pages(const Configuration& configuration) {
  for (const delivery::Target& target : configuration.paging.targets) {
    const std::string& audience = target.rules.audience;
    const std::string whose = "[[page]] " + target.rules.name + ": ";
    if (configuration.sharing.is_open()) {
      if (audience != model::kOpenAudience) fail(whose + "there is no audience " + audience);
      continue;
    }
    const sharing::Audience* known = configuration.sharing.audience(audience);
    if (known == nullptr) fail(whose + "audience names whose alerts it is woken for");
    if (known->k > 1) {
      fail(whose + audience + " is shown no alert live, only with its figures; name another");
    }
    for (const delivery::Target& next : configuration.paging.targets) {
      if (next.rules.name != target.rules.escalate_to || next.rules.audience == audience) continue;
      fail(whose + "escalate_to names " + next.rules.name + ", who is of another audience");
    }
  }
}

void check_dashboard(const Dashboard& dashboard) {
  if (!dashboard.dir.empty() &&
      !std::filesystem::is_regular_file(std::filesystem::path(dashboard.dir) / "index.html")) {
    fail("dashboard.dir: there is no " + dashboard.dir +
         "/index.html; name the directory of a built dashboard, or leave it empty");
  }
  if (!dashboard.tiles_dir.empty() && !std::filesystem::is_directory(dashboard.tiles_dir)) {
    fail("dashboard.tiles_dir: " + dashboard.tiles_dir + " is no directory; create it, or leave it empty");
  }
}

}  // namespace

Configuration read_configuration(const std::filesystem::path& file) {
  Configuration configuration;
  for (const auto& [key, node] : parse(file)) read_table(file, key, node, configuration);
  for (const ConfiguredArea& area : configuration.areas) {
    configuration.hotspot.areas.push_back(area.area);
  }
  configuration.population = path_from(file, configuration.population);
  configuration.sharing = make_sharing(configuration);
  return configuration;
}

Configuration ConfigurationSource::read() const {
  Configuration configuration = file.empty() ? Configuration() : read_configuration(file);
  if (!listen.empty()) {
    const auto address = server::ListenAddress::parse(listen);
    if (!address) fail("--listen takes ADDRESS:PORT, like 127.0.0.1:8710, not " + listen);
    configuration.listen = {*address};
  }
  if (!data.empty()) configuration.data = data;
  if (!clock.empty()) {
    configuration.clock =
        clock == "events" ? storage::ClockMode::kEvents : storage::ClockMode::kWall;
  }
  check_configuration(configuration);
  return configuration;
}

std::filesystem::path ConfigurationSource::read_data_directory() const {
  if (!data.empty()) return data;
  if (file.empty()) return Configuration().data;
  return parse(file)["hub"]["data"].value_or(Configuration().data.string());
}

void check_configuration(const Configuration& configuration) {
  hotspot::check(configuration.hotspot);
  if (auto checked = delivery::check(configuration.paging); !checked) {
    throw Failure(checked.error());
  }
  check_accounts(configuration.accounts, configuration.sharing);
  if (!configuration.sharing.is_open() && configuration.accounts.empty()) {
    fail("what is agreed needs accounts: without [[partner]] and [[viewer]] nobody can be told from "
         "anybody else");
  }
  check_pages(configuration);
  const bool tls = !configuration.tls_certificate.empty();
  if (!tls && !configuration.client_ca.empty()) {
    fail("listen.client_ca needs TLS; set listen.tls_certificate and listen.tls_key");
  }
  if (tls != !configuration.tls_key.empty()) {
    fail("listen.tls_certificate and listen.tls_key go together; give both or none");
  }
  for (const server::ListenAddress& address : configuration.listen) {
    if (!address.is_loopback()) check_open_address(address, configuration);
  }
  check_dashboard(configuration.dashboard);
  const Retention& kept = configuration.retention;
  if (kept.skeleton_days != 0 && kept.skeleton_days < kept.events_days) {
    fail("retention.skeleton_days is below retention.events_days; skeletons outlive events");
  }
}

std::vector<std::string> warnings_of(const Configuration& configuration) {
  if (configuration.accounts.empty()) {
    return {
        "NO ACCOUNTS ARE CONFIGURED: everyone on this machine may publish, watch and replay "
        "everything. Configure [[partner]] and [[viewer]] before real data come in."};
  }
  std::vector<std::string> warnings;
  if (configuration.sharing.is_open()) return warnings;
  for (const access::Account& account : configuration.accounts) {
    const std::string& partner = account.principal.partner;
    const auto* const agreement = configuration.sharing.agreement(partner);
    if (partner.empty() || (agreement != nullptr && !agreement->terms.empty())) continue;
    warnings.push_back("partner " + partner +
                       " shares with nobody: what it reports is stored and shown to no audience. "
                       "Add its [[agreement]] with a [[share]].");
  }
  return warnings;
}

std::string print_configuration(const Configuration& configuration) {
  std::ostringstream out;
  for (const Table<Configuration>& table : tables()) {
    out << "[" << table.name << "]\n";
    for (const Key<Configuration>& key : table.keys) {
      out << "# " << key.description << "\n"
          << key.name << " = " << key.print(configuration) << "\n";
    }
    out << "\n";
  }
  out << print_rows(jurisdiction_table(), configuration.hotspot.jurisdictions) << "\n"
      << print_rows(area_table(), configuration.areas) << "\n"
      << print_rows(audience_table(), configuration.audiences) << "\n"
      << print_rows(agreement_table(), configuration.agreements) << "\n"
      << print_rows(share_table(), configuration.shares) << "\n"
      << print_rows(page_table(), configuration.paging.targets);
  for (const access::Account& account : configuration.accounts) {
    out << "\n" << print_account(account);
  }
  return out.str();
}

}  // namespace commonwatch::app
