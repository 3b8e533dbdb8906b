#include "hub/app/configuration.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <sstream>
#include <utility>

#include "hub/app/areas.h"
#include "hub/app/keys.h"
#include "hub/app/paging_keys.h"
#include "hub/hotspot/settings.h"

namespace commonwatch::app {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Failure(make_error(ErrorCode::kInvalidRequest, message));
}

std::string place(const std::filesystem::path& file, const toml::source_region& source) {
  return file.string() + ":" + std::to_string(source.begin.line);
}

// Levenshtein (1966): insertions, deletions and substitutions between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, change});
    }
  }
  return row.back();
}

std::string nearest(const std::string& name) {
  const auto& all = keys();
  return std::min_element(all.begin(), all.end(), [&](const Key& a, const Key& b) {
           return distance(name, a.name) < distance(name, b.name);
         })
      ->name;
}

const std::string* known_table(const std::string& table) {
  static const std::vector<std::string> tables = {"hub", "listen", "limits", "hotspot"};
  const auto found = std::find(tables.begin(), tables.end(), table);
  return found == tables.end() ? nullptr : &*found;
}

void read_table(const std::filesystem::path& file, const std::string& table,
                const toml::table& values, Configuration& configuration) {
  for (const auto& [key, node] : values) {
    const std::string name = table + "." + std::string(key.str());
    const auto& all = keys();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Key& known) { return known.name == name; });
    if (found == all.end()) {
      fail(place(file, key.source()) + ": there is no key " + name + "; did you mean " +
           nearest(name) + "?");
    }
    if (!found->read(configuration, node)) {
      fail(place(file, node.source()) + ": " + name + " is " + found->description);
    }
  }
}

bool is_token_hash(const std::string& text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
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
    fail(place(file, node.source()) +
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

// One [[area]]: a named polygon of a jurisdiction.
hotspot::NamedArea read_area(const std::filesystem::path& file, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (!table) fail(place(file, node.source()) + ": write it as [[area]]");
  for (const auto& [key, value] : *table) {
    const std::string_view name = key.str();
    if (name == "name" || name == "jurisdiction" || name == "geojson" ||
        name == "fixed_threshold") {
      continue;
    }
    fail(place(file, key.source()) +
         ": an area has the keys name, jurisdiction, geojson and fixed_threshold; there is no " +
         std::string(name));
  }
  hotspot::NamedArea area;
  area.name = (*table)["name"].value_or(std::string());
  area.jurisdiction = (*table)["jurisdiction"].value_or(std::string());
  area.fixed_threshold = (*table)["fixed_threshold"].value_or(0);
  const auto is_name = [](const std::string& name) { return !name.empty() && name.size() <= 64; };
  if (!is_name(area.name) || !is_name(area.jurisdiction)) {
    fail(place(file, node.source()) + ": name and jurisdiction are 1 to 64 bytes each");
  }
  if (area.fixed_threshold < 0) {
    fail(place(file, node.source()) + ": fixed_threshold is persons in 24 hours; 0: none");
  }
  area.polygon = read_polygon_file(file, (*table)["geojson"].value_or(std::string()));
  return area;
}

void read_page_targets(const std::filesystem::path& file, const toml::node& node,
                       Configuration& configuration) {
  const toml::array* array = node.as_array();
  if (!array) fail(place(file, node.source()) + ": write it as [[page]]");
  for (const toml::node& element : *array) {
    configuration.paging.targets.push_back(read_page_target(file, element));
  }
}

void read_areas(const std::filesystem::path& file, const toml::node& node,
                Configuration& configuration) {
  const toml::array* array = node.as_array();
  if (!array) fail(place(file, node.source()) + ": write it as [[area]]");
  auto& areas = configuration.hotspot.areas;
  for (const toml::node& element : *array) areas.push_back(read_area(file, element));
  std::sort(areas.begin(), areas.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

Configuration read_configuration(const std::filesystem::path& file) {
  Configuration configuration;
  toml::table document;
  try {
    document = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    fail(place(file, error.source()) + ": " + std::string(error.description()));
  }
  for (const auto& [key, node] : document) {
    const std::string table(key.str());
    if (table == "partner" || table == "viewer") {
      read_accounts(file, node, table == "partner", configuration);
    } else if (table == "page") {
      read_page_targets(file, node, configuration);
    } else if (table == "area") {
      read_areas(file, node, configuration);
    } else if (known_table(table) && node.is_table()) {
      read_table(file, table, *node.as_table(), configuration);
    } else {
      fail(place(file, key.source()) + ": there is no table " + table +
           "; the tables are hub, listen, limits, hotspot, area, page, partner, viewer");
    }
  }
  return configuration;
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
  if (configuration.listen.is_loopback()) return;
  if (!tls) {
    fail("refusing to listen on " + configuration.listen.text() +
         " without TLS: everyone between could read along; set listen.tls_certificate and "
         "listen.tls_key, or listen on 127.0.0.1");
  }
  if (configuration.accounts.empty()) {
    fail("refusing to listen on " + configuration.listen.text() +
         " without configured partners: everyone could publish; add [[partner]] and [[viewer]], or "
         "listen on 127.0.0.1");
  }
}

std::string print_configuration(const Configuration& configuration) {
  std::ostringstream out;
  std::string table;
  for (const Key& key : keys()) {
    const std::string of = key.name.substr(0, key.name.find('.'));
    if (of != table) out << (table.empty() ? "" : "\n") << "[" << of << "]\n";
    table = of;
    out << "# " << key.description << "\n"
        << key.name.substr(of.size() + 1) << " = " << key.print(configuration) << "\n";
  }
  for (const access::Account& account : configuration.accounts) {
    out << "\n[[" << (account.principal.partner.empty() ? "viewer" : "partner") << "]]\nid = \""
        << account.principal.name << "\"\ntoken_sha256 = [";
    for (std::size_t i = 0; i < account.token_sha256.size(); ++i) {
      out << (i == 0 ? "\"" : ", \"") << account.token_sha256[i] << "\"";
    }
    out << "]\n";
    if (account.principal.may_operate) out << "operate = true\n";
  }
  for (const delivery::Target& target : configuration.paging.targets) {
    out << "\n" << print_page_target(target);
  }
  return out.str();
}

}  // namespace commonwatch::app
