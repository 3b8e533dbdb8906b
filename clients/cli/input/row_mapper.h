// A mapping, bound to the header row of one input: rows in, events out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "clients/cli/input/csv.h"
#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/mapping.h"
#include "clients/cli/input/row_event.h"

namespace commonwatch::cli {

// Not thread-safe. Memory grows by about 50 bytes a row if record ids are hashes of rows.
class RowMapper {
 public:
  // Throws InputError: a column that a rule names is missing from the header, or is there twice.
  RowMapper(Mapping mapping, const std::vector<std::string>& header, const std::string& input);

  enum class Verdict : std::uint8_t { kKept, kFiltered, kFault };
  // Counts the row among its twins, so it is to see every row of the input once, in order.
  Verdict look_at(const CsvRow& row);
  // The event of the row that look_at() saw last, or why there is none.
  ReadItem map(const CsvRow& row) const;

 private:
  using RowHash = std::array<std::uint64_t, 2>;
  struct HashOfHash {
    std::size_t operator()(const RowHash& hash) const { return hash[0]; }
  };

  std::size_t index_of(const std::string& column, std::uint32_t line,
                       const std::vector<std::string>& header, const std::string& input);
  void bind_hash(const std::vector<std::string>& header, const std::string& input);
  void identify(const CsvRow& row);
  std::string_view cell(const CsvRow& row, const std::string& column) const;

  Mapping mapping_;
  std::size_t width_;
  ColumnIndex index_;                // columns that rules name
  std::vector<std::size_t> hashed_;  // columns of the row's hash
  std::unordered_map<RowHash, std::uint32_t, HashOfHash> twins_;
  std::string record_id_;                // of the row last looked at
  std::optional<ReadFault> last_fault_;  // of the row last looked at
};

}  // namespace commonwatch::cli
