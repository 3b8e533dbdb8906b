// Reading tables of a mapping file, with every fault noted by line instead of ending at the first.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/input/mapping.h"

namespace commonwatch::cli {

// Used by mapping.cc alone. `name` and the TOML must remain live.
class MappingTables {
 public:
  explicit MappingTables(const std::string& name) : name_(name) {}

  void note(std::uint32_t line, const std::string& sentence);
  // Throws InputError when anything was noted.
  void refuse_if_faulty() const;

  // Notes every key of the table that is not allowed. `where` names the table in the sentence.
  void check_keys(const toml::table& table, const std::string& where,
                  std::span<const std::string> allowed);
  // Each notes a wrong type and gives nothing; nothing also if the key is absent.
  const toml::table* table(const toml::table& from, std::string_view key);
  std::optional<std::string> text(const toml::table& from, std::string_view key);
  std::optional<std::int64_t> integer(const toml::table& from, std::string_view key,
                                      std::int64_t least, std::int64_t most);
  std::optional<bool> flag(const toml::table& from, std::string_view key);
  // An array of texts.
  std::vector<std::string> texts(const toml::table& from, std::string_view key);
  // A column's name; one that promises personal data is noted.
  std::optional<std::string> column(const toml::table& from, std::string_view key);
  // A text, number or boolean, as text.
  std::optional<std::string> scalar(const toml::node& node, const std::string& where);

 private:
  const std::string& name_;
  std::vector<std::pair<std::uint32_t, std::string>> faults_;
};

std::uint32_t line_of(const toml::node& node);

}  // namespace commonwatch::cli
