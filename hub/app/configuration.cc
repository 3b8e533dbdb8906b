#include "hub/app/configuration.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "hub/app/area_keys.h"
#include "hub/app/keys.h"
#include "hub/app/paging_keys.h"
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

bool is_token_hash(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// [[partner]] and [[viewer]]: who may connect.
access::Account read_account(const std::filesystem::path& file, const toml::node& node,
                             bool partner) {
  const toml::table* table = node.as_table();
  if (!table) fail(place(file, node.source()) + ": write it as [[partner]] or [[viewer]]");
  for (const auto& [key, value] : *table) {
    const std::string_view name = key.str();
    if (name == "id" || name == "token_sha256") continue;
    if (name == "operate") {
      if (value.is_boolean()) continue;
      fail(place(file, value.source()) + ": operate is true or false");
    }
    fail(place(file, key.source()) +
         ": an account has the keys id, token_sha256 and operate; there is no " +
         std::string(name));
  }
  access::Account account;
  account.principal.name = (*table)["id"].value_or(std::string());
  if (!model::SourceName::parse(account.principal.name + "/x")) {
    fail(place(file, node.source()) + ": id is 1 to 64 of a-z 0-9 - _ .");
  }
  const toml::array* hashes = (*table)["token_sha256"].as_array();
  for (std::size_t i = 0; hashes && i < hashes->size(); ++i) {
    account.token_sha256.push_back((*hashes)[i].value_or(std::string()));
  }
  if (account.token_sha256.empty() ||
      !std::all_of(account.token_sha256.begin(), account.token_sha256.end(), is_token_hash)) {
    fail(
        place(file, node.source()) +
        ": token_sha256 is a list of SHA-256 sums in lower-case hex (printf %s TOKEN | sha256sum)");
  }
  account.principal.audience = "all";
  account.principal.partner = partner ? account.principal.name : "";
  account.principal.may_subscribe = true;
  account.principal.may_replay = true;
  account.principal.may_operate = (*table)["operate"].value_or(false);
  return account;
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

}  // namespace

Configuration read_configuration(const std::filesystem::path& file) {
  Configuration configuration;
  for (const auto& [key, node] : parse(file)) read_table(file, key, node, configuration);
  for (const ConfiguredArea& area : configuration.areas) {
    configuration.hotspot.areas.push_back(area.area);
  }
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
  const bool tls = !configuration.tls_certificate.empty();
  if (tls != !configuration.tls_key.empty()) {
    fail("listen.tls_certificate and listen.tls_key go together; give both or none");
  }
  for (const server::ListenAddress& address : configuration.listen) {
    if (!address.is_loopback()) check_open_address(address, configuration);
  }
  const Retention& kept = configuration.retention;
  if (kept.skeleton_days != 0 && kept.skeleton_days < kept.events_days) {
    fail("retention.skeleton_days is below retention.events_days; skeletons outlive events");
  }
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
      << print_rows(page_table(), configuration.paging.targets);
  for (const access::Account& account : configuration.accounts) {
    out << "\n[[" << (account.principal.partner.empty() ? "viewer" : "partner") << "]]\nid = \""
        << account.principal.name << "\"\ntoken_sha256 = [";
    for (std::size_t i = 0; i < account.token_sha256.size(); ++i) {
      out << (i == 0 ? "\"" : ", \"") << account.token_sha256[i] << "\"";
    }
    out << "]\n";
    if (account.principal.may_operate) out << "operate = true\n";
  }
  return out.str();
}

}  // namespace commonwatch::app
