#include "clients/cli/input/mapping.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/mapping_toml.h"
#include "clients/cli/input/suggestion.h"

namespace commonwatch::cli {
namespace {

using Keys = std::vector<std::string>;

constexpr std::size_t kKeyBytesMin = 16;
constexpr std::size_t kKeyBytesMax = 4096;
constexpr std::size_t kMappingBytesMax = 1U << 20U;
constexpr std::size_t kPrefixBytesMax = 48;  // with 64 of a hash below the 128 of a record id

const Keys kTopKeys{"csv",      "filter",  "record_id", "revision",  "occurred_at", "location",
                    "overdose", "persons", "naloxone",  "match_key", "retraction"};
const Keys kCsvKeys{"delimiter", "columns"};
const Keys kTestKeys{"column", "equals", "in", "prefix", "regex", "not"};
const Keys kRecordIdKeys{"column", "hash", "columns", "prefix"};
const Keys kOccurredAtKeys{"column", "columns", "format", "zone", "ambiguous"};
const Keys kMatchKeyKeys{"column", "key_file", "version"};
const Keys kFieldKeys{"column", "value", "values", "otherwise"};
const Keys kListFieldKeys{"column", "value", "values", "otherwise", "separator"};
const Keys kRetractionKeys{"when", "reason"};

Keys keys_of_section(std::string_view section) {
  Keys keys;
  for (const FieldTraits& traits : field_traits()) {
    if (section == traits.section) keys.emplace_back(traits.key);
  }
  return keys;
}

Keys enum_names(const google::protobuf::EnumDescriptor& values) {
  const std::string& first = values.value(0)->name();
  const std::size_t prefix = first.size() - std::string_view("UNSPECIFIED").size();
  Keys names;
  for (int i = 1; i < values.value_count(); ++i) {
    names.push_back(values.value(i)->name().substr(prefix));
  }
  return names;
}

class MappingParser {
 public:
  MappingParser(const std::string& name, std::filesystem::path folder)
      : tables_(name), folder_(std::move(folder)) {
    mapping_.name = name;
  }

  Mapping parse(const toml::table& root) {
    tables_.check_keys(root, "", kTopKeys);
    read_csv(root);
    read_filters(root);
    read_record_id(root);
    read_occurred_at(root);
    read_match_key(root);
    read_retraction(root);
    for (const char* section : {"location", "overdose", "persons", "naloxone"}) {
      const toml::table* table = tables_.table(root, section);
      if (table == nullptr) continue;
      tables_.check_keys(*table, std::string("[") + section + "]", keys_of_section(section));
      read_fields(*table, section);
    }
    read_fields(root, "");
    check_together(root);
    tables_.refuse_if_faulty();
    return std::move(mapping_);
  }

 private:
  void read_csv(const toml::table& root) {
    const toml::table* csv = tables_.table(root, "csv");
    if (csv == nullptr) return;
    tables_.check_keys(*csv, "[csv]", kCsvKeys);
    if (const auto delimiter = tables_.text(*csv, "delimiter")) {
      if (delimiter->size() != 1 || delimiter->find_first_of("\"\r\n") != std::string::npos) {
        tables_.note(line_of(*csv->get("delimiter")),
                     "\"delimiter\" is to be one character, as \",\" or \";\" or \"\\t\"");
      } else {
        mapping_.delimiter = delimiter->front();
      }
    }
    mapping_.columns = tables_.texts(*csv, "columns");
  }

  void read_filters(const toml::table& root) {
    const toml::node* node = root.get("filter");
    if (node == nullptr) return;
    if (!node->is_array_of_tables()) {
      tables_.note(line_of(*node), "write each filter as a table of its own, under [[filter]]");
      return;
    }
    for (const toml::node& filter : *node->as_array()) {
      if (auto test = read_test(*filter.as_table(), "[[filter]]")) {
        mapping_.filters.push_back(std::move(*test));
      }
    }
  }

  std::optional<CellTest> read_test(const toml::table& table, const std::string& where) {
    tables_.check_keys(table, where, kTestKeys);
    CellTest test;
    test.line = line_of(table);
    // Looked at and not sent: a filter may name any column.
    const auto column = tables_.text(table, "column");
    test.negated = tables_.flag(table, "not").value_or(false);
    const auto equals = tables_.text(table, "equals");
    const auto prefix = tables_.text(table, "prefix");
    const auto regex = tables_.text(table, "regex");
    test.texts = tables_.texts(table, "in");
    int conditions = 0;
    for (const char* key : {"equals", "in", "prefix", "regex"}) conditions += table.contains(key);
    if (!column || conditions != 1) {
      tables_.note(test.line, where + " needs a column and one of equals, in, prefix, regex");
      return std::nullopt;
    }
    test.column = *column;
    if (equals) test.texts = {*equals};
    if (prefix) {
      test.kind = CellTest::Kind::kPrefix;
      test.texts = {*prefix};
    }
    if (regex) {
      test.kind = CellTest::Kind::kRegex;
      try {
        test.pattern = compile_pattern(*regex);
      } catch (const std::invalid_argument& error) {
        tables_.note(line_of(*table.get("regex")), error.what());
        return std::nullopt;
      }
    }
    return test;
  }

  void read_record_id(const toml::table& root) {
    const toml::table* table = tables_.table(root, "record_id");
    if (table == nullptr) {
      if (!root.contains("record_id")) {
        tables_.note(1,
                     "there is no record_id; add record_id = { column = \"...\" }, or "
                     "{ hash = \"row\" } if rows have no number of their own");
      }
      return;
    }
    tables_.check_keys(*table, "record_id", kRecordIdKeys);
    RecordIdRule& rule = mapping_.record_id;
    rule.line = line_of(*table);
    const auto hash = tables_.text(*table, "hash");
    rule.column = tables_.column(*table, "column").value_or("");
    rule.hash_columns = tables_.texts(*table, "columns");
    rule.prefix = tables_.text(*table, "prefix").value_or("");
    if (table->contains("hash") == table->contains("column")) {
      tables_.note(rule.line, "record_id needs either a column or hash = \"row\"");
    } else if (hash && *hash != "row") {
      tables_.note(rule.line, "record_id can hash only the row; write hash = \"row\"");
    }
    if (!rule.column.empty() && table->contains("columns")) {
      tables_.note(rule.line, "\"columns\" goes with hash = \"row\"; remove it");
    }
    if (rule.prefix.size() > kPrefixBytesMax) {
      tables_.note(rule.line, "the prefix of record_id is longer than " +
                                  std::to_string(kPrefixBytesMax) + " bytes; shorten it");
    }
  }

  void read_occurred_at(const toml::table& root) {
    const toml::table* table = tables_.table(root, "occurred_at");
    if (table == nullptr) {
      if (!root.contains("occurred_at")) {
        tables_.note(1,
                     "there is no occurred_at; add occurred_at = { column = \"...\", "
                     "format = \"%Y-%m-%d %H:%M:%S\", zone = \"America/New_York\" }");
      }
      return;
    }
    tables_.check_keys(*table, "occurred_at", kOccurredAtKeys);
    OccurredAtRule& rule = mapping_.occurred_at;
    rule.line = line_of(*table);
    rule.columns = tables_.texts(*table, "columns");
    if (const auto column = tables_.column(*table, "column")) rule.columns = {*column};
    if (table->contains("column") == table->contains("columns")) {
      tables_.note(rule.line, "occurred_at needs either a column, or columns that are joined");
    }
    const auto format = tables_.text(*table, "format");
    const auto zone = tables_.text(*table, "zone");
    const auto ambiguous = tables_.text(*table, "ambiguous").value_or("first");
    if (ambiguous != "first" && ambiguous != "second") {
      tables_.note(line_of(*table->get("ambiguous")), "\"ambiguous\" is \"first\" or \"second\"");
    }
    if (!format) {
      tables_.note(rule.line,
                   "occurred_at needs a format: \"iso\", \"unix\", \"unix_ms\" or a "
                   "pattern like \"%Y-%m-%d %H:%M:%S\"");
      return;
    }
    rule.format = *format;
    try {
      rule.reader = std::make_shared<const TimeReader>(
          TimeReader::Options{*format, zone.value_or(""),
                              ambiguous == "second" ? Ambiguous::kSecond : Ambiguous::kFirst});
    } catch (const std::invalid_argument& error) {
      tables_.note(line_of(*table->get(zone ? "zone" : "format")), error.what());
    }
  }

  void read_match_key(const toml::table& root) {
    const toml::table* table = tables_.table(root, "match_key");
    if (table == nullptr) return;
    tables_.check_keys(*table, "match_key", kMatchKeyKeys);
    MatchKeyRule rule;
    rule.line = line_of(*table);
    const auto column = tables_.column(*table, "column");
    const auto file = tables_.text(*table, "key_file");
    const auto version = tables_.integer(*table, "version", 1, 4'294'967'295);
    if (!column || !file || !version) {
      tables_.note(rule.line, "match_key needs a column, the coalition's key_file and its version");
      return;
    }
    rule.column = *column;
    rule.version = static_cast<std::uint32_t>(*version);
    const std::filesystem::path path = folder_ / *file;
    std::ifstream in(path, std::ios::binary);
    std::string key(kKeyBytesMax + 1, '\0');
    in.read(key.data(), static_cast<std::streamsize>(key.size()));
    key.resize(static_cast<std::size_t>(in.gcount()));
    while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
    if (key.size() < kKeyBytesMin || key.size() > kKeyBytesMax) {
      tables_.note(rule.line,
                   "the key file " + path.string() + " cannot be read or does not hold " +
                       std::to_string(kKeyBytesMin) + " to " + std::to_string(kKeyBytesMax) +
                       " bytes; ask the coalition for its key");
    }
    rule.key = std::move(key);
    mapping_.match_key = std::move(rule);
  }

  void read_retraction(const toml::table& root) {
    const toml::table* table = tables_.table(root, "retraction");
    if (table == nullptr) return;
    tables_.check_keys(*table, "[retraction]", kRetractionKeys);
    if (const toml::table* when = tables_.table(*table, "when")) {
      mapping_.retraction = read_test(*when, "retraction.when");
    } else {
      tables_.note(line_of(*table),
                   "[retraction] needs when = { column = \"...\", equals = \"...\" }");
    }
    read_fields(*table, "retraction");
  }

  void read_fields(const toml::table& from, std::string_view section) {
    for (const FieldTraits& traits : field_traits()) {
      if (section != traits.section || !from.contains(traits.key)) continue;
      const toml::table* table = tables_.table(from, traits.key);
      if (table != nullptr)
        mapping_.fields[static_cast<std::size_t>(traits.field)] = read_field(*table, traits);
    }
  }

  FieldRule read_field(const toml::table& table, const FieldTraits& traits) {
    const std::string where = traits.key;
    tables_.check_keys(table, where,
                       traits.type == FieldType::kEnumList ? kListFieldKeys : kFieldKeys);
    FieldRule rule;
    rule.line = line_of(table);
    rule.column = tables_.column(table, "column").value_or("");
    rule.separator = tables_.text(table, "separator").value_or("");
    if (table.contains("column") == table.contains("value")) {
      tables_.note(rule.line, where + " needs either a column or a constant value");
    }
    if (const toml::node* value = table.get("value")) {
      rule.constant = tables_.scalar(*value, where + ".value").value_or("");
      check_text(rule.constant, traits, line_of(*value));
    }
    if (const toml::node* otherwise = table.get("otherwise")) {
      rule.otherwise = tables_.scalar(*otherwise, where + ".otherwise");
      if (rule.otherwise) check_text(*rule.otherwise, traits, line_of(*otherwise));
      if (!table.contains("values")) {
        tables_.note(line_of(*otherwise), "\"otherwise\" goes with values; remove it or add them");
      }
    }
    if (const toml::table* values = tables_.table(table, "values")) {
      for (const auto& [cell, node] : *values) {
        if (const auto text = tables_.scalar(node, where + ".values")) {
          check_text(*text, traits, line_of(node));
          rule.values.emplace(std::string(cell.str()), *text);
        }
      }
    }
    return rule;
  }

  // Whether a text of the mapping file itself can become the field. Empty: the field stays unset.
  void check_text(const std::string& text, const FieldTraits& traits, std::uint32_t line) {
    if (text.empty() || traits.type == FieldType::kText) return;
    if (traits.values != nullptr) {
      if (!enum_number(*traits.values(), text)) {
        tables_.note(line, "\"" + text + "\" is no value of " + traits.path + "; " +
                               suggest(text, enum_names(*traits.values())));
      }
      return;
    }
    const auto number = read_number(text);
    const bool whole =
        traits.type != FieldType::kInteger || (number && *number == std::floor(*number));
    if (!number || !whole || *number < traits.least || *number > traits.most) {
      std::ostringstream sentence;
      sentence.precision(10);
      sentence << "\"" << text << "\" is no value of " << traits.path << "; it is a number from "
               << traits.least << " to " << traits.most;
      tables_.note(line, sentence.str());
    }
  }

  void check_together(const toml::table& root) {
    if (!mapping_.field(Field::kLatitude) || !mapping_.field(Field::kLongitude)) {
      const toml::node* location = root.get("location");
      tables_.note(location == nullptr ? 1 : line_of(*location),
                   "[location] needs latitude and longitude; for areas use the middle of the area "
                   "and kind = { value = \"AREA\" }");
    }
    if (mapping_.field(Field::kAge) && mapping_.field(Field::kAgeBand)) {
      tables_.note(mapping_.field(Field::kAge)->line,
                   "age and age_band say the same; keep one of them");
    }
    if (root.contains("naloxone") && !mapping_.field(Field::kDoses)) {
      tables_.note(line_of(*root.get("naloxone")),
                   "[naloxone] needs doses, the number of doses given");
    }
  }

  MappingTables tables_;
  std::filesystem::path folder_;
  Mapping mapping_;
};

}  // namespace

Mapping parse_mapping(std::string_view text, const std::string& name,
                      const std::filesystem::path& folder) {
  toml::table root;
  try {
    root = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw InputError(name + ":" + std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description()) + "; the file is to be TOML");
  }
  return MappingParser(name, folder).parse(root);
}

Mapping load_mapping(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kMappingBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty() || text.size() > kMappingBytesMax) {
    throw InputError("the mapping file " + path.string() +
                     " cannot be read, is empty or is longer "
                     "than " +
                     std::to_string(kMappingBytesMax) + " bytes; check the path");
  }
  return parse_mapping(text, path.string(), path.parent_path());
}

std::vector<std::string> mapping_keys() {
  Keys keys = kTopKeys;
  const auto add = [&](const std::string& section, const Keys& more) {
    for (const std::string& key : more) keys.push_back(section + "." + key);
  };
  add("csv", kCsvKeys);
  add("filter", kTestKeys);
  add("record_id", kRecordIdKeys);
  add("occurred_at", kOccurredAtKeys);
  add("match_key", kMatchKeyKeys);
  add("retraction", kRetractionKeys);
  add("field", kListFieldKeys);
  for (const char* section : {"location", "overdose", "persons", "naloxone"}) {
    add(section, keys_of_section(section));
  }
  return keys;
}

}  // namespace commonwatch::cli
