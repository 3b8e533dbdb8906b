// Tables of the configuration: [NAME] once, or [[NAME]] as often as there are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/app/key.h"

namespace commonwatch::app {

template <class T>
struct Table {
  std::string name;
  std::string help;  // a line; empty for [NAME]
  std::vector<Key<T>> keys;
};

// One [[NAME]] of the file, and where it stands.
template <class T>
struct Row {
  T value;
  toml::source_region source;
};

// Throws Failure: `FILE:LINE: message`.
[[noreturn]] void fail_at(const std::filesystem::path& file, const toml::source_region& source,
                          const std::string& message);
// Likewise: there is no such key; the nearest of `known` is named.
[[noreturn]] void fail_unknown_key(const std::filesystem::path& file, const toml::key& key,
                                   const std::string& name, const std::vector<std::string>& known);

// A file that a key names: as it is, or from the folder of `file`; absolute. Empty stays empty.
std::string path_from(const std::filesystem::path& file, const std::string& path);

// Sets the keys that are given. `known`: what unknown ones are compared with, as `table.key`.
template <class T>
void read_keys(const std::filesystem::path& file, const Table<T>& table, const toml::table& values,
               const std::vector<std::string>& known, T& into) {
  for (const auto& [key, node] : values) {
    const std::string name = table.name + "." + std::string(key.str());
    const Key<T>* found = nullptr;
    for (const Key<T>& one : table.keys) {
      if (one.name == key.str()) found = &one;
    }
    if (!found) fail_unknown_key(file, key, name, known);
    if (!found->read(into, node)) {
      fail_at(file, node.source(), name + " is " + found->description);
    }
  }
}

template <class T>
std::vector<std::string> key_names(const Table<T>& table) {
  std::vector<std::string> names;
  for (const Key<T>& key : table.keys) names.push_back(table.name + "." + key.name);
  return names;
}

// Every [[NAME]], in the order of the file; `node` is what stands under the name.
template <class T>
std::vector<Row<T>> read_rows(const std::filesystem::path& file, const Table<T>& table,
                              const toml::node& node) {
  const toml::array* array = node.as_array();
  if (!array) fail_at(file, node.source(), "write it as [[" + table.name + "]]");
  std::vector<Row<T>> rows;
  for (const toml::node& element : *array) {
    const toml::table* values = element.as_table();
    if (!values) fail_at(file, element.source(), "write it as [[" + table.name + "]]");
    Row<T>& row = rows.emplace_back(Row<T>{T{}, element.source()});
    read_keys(file, table, *values, key_names(table), row.value);
  }
  return rows;
}

template <class T>
std::string print_row(const Table<T>& table, const T& row) {
  std::string printed = "[[" + table.name + "]]\n";
  for (const Key<T>& key : table.keys) {
    const std::string value = key.print(row);
    if (!value.empty()) printed += key.name + " = " + value + "\n";
  }
  return printed;
}

// What the keys of [[NAME]] mean, in comments; then the rows.
template <class T>
std::string print_rows(const Table<T>& table, const std::vector<T>& rows) {
  std::string printed = "# [[" + table.name + "]]: " + table.help + "\n";
  for (const Key<T>& key : table.keys) {
    const std::string preset = key.print(T{});
    printed += "#   " + key.name + ": " + key.description;
    if (!preset.empty() && preset != "\"\"") printed += "; default " + preset;
    printed += "\n";
  }
  for (const T& row : rows) printed += "\n" + print_row(table, row);
  return printed;
}

}  // namespace commonwatch::app
