#include "clients/cli/input/mapping_toml.h"

#include <algorithm>
#include <sstream>

#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/personal_data.h"
#include "clients/cli/input/suggestion.h"

namespace commonwatch::cli {

std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

void MappingTables::note(std::uint32_t line, const std::string& sentence) {
  faults_.emplace_back(line, sentence);
}

void MappingTables::refuse_if_faulty() const {
  if (faults_.empty()) return;
  auto faults = faults_;
  std::stable_sort(faults.begin(), faults.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string all;
  for (const auto& [line, sentence] : faults) {
    all += (all.empty() ? "" : "\n") + name_ + ":" + std::to_string(line) + ": " + sentence;
  }
  throw InputError(all);
}

void MappingTables::check_keys(const toml::table& table, const std::string& where,
                               std::span<const std::string> allowed) {
  for (const auto& [key, node] : table) {
    if (std::find(allowed.begin(), allowed.end(), key.str()) != allowed.end()) continue;
    note(key.source().begin.line, "unknown key \"" + std::string(key.str()) + "\"" +
                                      (where.empty() ? "" : " in " + where) + "; " +
                                      suggest(key.str(), allowed));
  }
}

const toml::table* MappingTables::table(const toml::table& from, std::string_view key) {
  const toml::node* node = from.get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) {
    note(line_of(*node), "\"" + std::string(key) + "\" is to be a table, as { key = ... }");
  }
  return node->as_table();
}

std::optional<std::string> MappingTables::text(const toml::table& from, std::string_view key) {
  const toml::node* node = from.get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) {
    note(line_of(*node), "\"" + std::string(key) + "\" is to be a text in quotes");
    return std::nullopt;
  }
  return node->as_string()->get();
}

std::optional<std::int64_t> MappingTables::integer(const toml::table& from, std::string_view key,
                                                   std::int64_t least, std::int64_t most) {
  const toml::node* node = from.get(key);
  if (node == nullptr) return std::nullopt;
  const auto* number = node->as_integer();
  if (number == nullptr || number->get() < least || number->get() > most) {
    note(line_of(*node), "\"" + std::string(key) + "\" is to be a whole number from " +
                             std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number->get();
}

std::optional<bool> MappingTables::flag(const toml::table& from, std::string_view key) {
  const toml::node* node = from.get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) {
    note(line_of(*node), "\"" + std::string(key) + "\" is to be true or false");
    return std::nullopt;
  }
  return node->as_boolean()->get();
}

std::vector<std::string> MappingTables::texts(const toml::table& from, std::string_view key) {
  const toml::node* node = from.get(key);
  std::vector<std::string> result;
  if (node == nullptr) return result;
  const auto* array = node->as_array();
  const bool good = array != nullptr && !array->empty() &&
                    std::all_of(array->begin(), array->end(),
                                [](const toml::node& item) { return item.is_string(); });
  if (!good) {
    note(line_of(*node),
         "\"" + std::string(key) + "\" is to be a list of texts, as [\"a\", \"b\"]");
    return result;
  }
  for (const toml::node& item : *array) result.push_back(item.as_string()->get());
  return result;
}

std::optional<std::string> MappingTables::column(const toml::table& from, std::string_view key) {
  auto name = text(from, key);
  if (!name) return std::nullopt;
  const std::uint32_t line = line_of(*from.get(key));
  if (name->empty()) {
    note(line, "the name of a column is empty; write it as in the header row");
    return std::nullopt;
  }
  if (const std::string what = personal_data_in(*name); !what.empty()) {
    note(line, "column \"" + *name + "\" looks like personal data (" + what +
                   "), which the hub does not take; remove this rule: columns that no rule names "
                   "never leave your machine");
  }
  return name;
}

std::optional<std::string> MappingTables::scalar(const toml::node& node, const std::string& where) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream out;
  out.precision(17);
  if (const auto* number = node.as_integer()) {
    out << number->get();
  } else if (const auto* real = node.as_floating_point()) {
    out << real->get();
  } else if (const auto* boolean = node.as_boolean()) {
    out << (boolean->get() ? "true" : "false");
  } else {
    note(line_of(node), where + " is to be a text or a number");
    return std::nullopt;
  }
  return out.str();
}

}  // namespace commonwatch::cli
