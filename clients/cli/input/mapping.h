// What a mapping file says: which columns of a CSV file make which fields of an Event. The file is
// TOML; docs/MAPPING.md documents every key, and a test holds it to the tables below.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/input/local_time.h"

namespace google::protobuf {
class EnumDescriptor;
}

namespace commonwatch::cli {

// Every field that a column, or a constant, may fill.
enum class Field : std::uint8_t {
  kRevision,
  kLatitude,
  kLongitude,
  kAccuracy,
  kLocationKind,
  kAreaCode,
  kCertainty,
  kOutcome,
  kSubstances,
  kPlace,
  kTransport,
  kPersonCount,
  kAge,
  kAgeBand,
  kSex,
  kPersonOutcome,
  kDoses,
  kDoseMg,
  kRoute,
  kGiver,
  kResponse,
  kRetractionReason,
};
inline constexpr std::size_t kFieldCount = 22;

enum class FieldType : std::uint8_t { kText, kInteger, kNumber, kEnum, kEnumList };

struct FieldTraits {
  Field field;
  const char* section;  // table of the mapping file; "" is the top level
  const char* key;
  const char* path;  // in Event, as faults name it
  FieldType type;
  double least;  // numbers: range
  double most;
  // The values of an enumeration; null for the other types.
  const google::protobuf::EnumDescriptor* (*values)();
};
const std::array<FieldTraits, kFieldCount>& field_traits();
inline const FieldTraits& traits_of(Field field) {
  return field_traits()[static_cast<std::size_t>(field)];
}

// The number of a value by its name, with or without the enumeration's prefix, in any case.
std::optional<int> enum_number(const google::protobuf::EnumDescriptor& values,
                               std::string_view name);

// Where the text of a field comes from.
struct FieldRule {
  std::string column;                         // empty: the constant
  std::string constant;                       // used if `column` is empty
  std::map<std::string, std::string> values;  // text of a cell -> text that is used instead
  std::optional<std::string> otherwise;       // for texts that `values` does not list
  std::string separator;                      // cuts a cell into several values; lists only
  std::uint32_t line = 0;
};

struct CompiledPattern;  // a regular expression

// A condition on one cell.
struct CellTest {
  enum class Kind : std::uint8_t { kIn, kPrefix, kRegex } kind = Kind::kIn;
  std::string column;
  std::vector<std::string> texts;  // kIn: any of them; kPrefix: the one
  std::shared_ptr<const CompiledPattern> pattern;
  bool negated = false;
  std::uint32_t line = 0;

  // Throws std::runtime_error when a pattern is too hard for the text.
  bool holds(const std::string& cell) const;
};
// Throws std::invalid_argument: what is wrong with the pattern.
std::shared_ptr<const CompiledPattern> compile_pattern(const std::string& pattern);

struct RecordIdRule {
  std::string column;                     // empty: the hash of the row
  std::vector<std::string> hash_columns;  // empty: all that hold no personal data
  std::string prefix;
  std::uint32_t line = 0;
};

struct OccurredAtRule {
  std::vector<std::string> columns;  // joined with a blank
  std::shared_ptr<const TimeReader> reader;
  std::string format;  // for messages
  std::uint32_t line = 0;
};

struct MatchKeyRule {
  std::string column;
  std::string key;  // the coalition's; never printed
  std::uint32_t version = 0;
  std::uint32_t line = 0;
};

struct Mapping {
  std::string name;  // the file, for messages
  char delimiter = ',';
  std::vector<std::string> columns;  // names, for a file without a header row
  std::vector<CellTest> filters;     // all must hold
  RecordIdRule record_id;
  OccurredAtRule occurred_at;
  std::array<std::optional<FieldRule>, kFieldCount> fields;
  std::optional<MatchKeyRule> match_key;
  std::optional<CellTest> retraction;

  const std::optional<FieldRule>& field(Field which) const {
    return fields[static_cast<std::size_t>(which)];
  }
};

// Both throw InputError with every fault of the file, one a line, as `NAME:LINE: sentence`.
Mapping load_mapping(const std::filesystem::path& path);
// `folder` is where a key file that is named by a relative path lies.
Mapping parse_mapping(std::string_view text, const std::string& name,
                      const std::filesystem::path& folder);

// Every key of a mapping file as `section.key`, for the documentation's test.
std::vector<std::string> mapping_keys();

}  // namespace commonwatch::cli
