// CSV as RFC 4180 has it: quoted cells with doubled quotes, delimiters and newlines inside; rows
// end with LF or CRLF; a byte order mark is skipped. More lenient than the RFC in one way: a quote
// inside a cell that does not begin with one is an ordinary character.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "clients/cli/input/byte_source.h"
#include "clients/cli/input/event_reader.h"

namespace commonwatch::cli {

struct CsvRow {
  std::vector<std::string> cells;
  std::uint64_t line = 0;  // on which it begins, from 1
};

// Not thread-safe.
class CsvRows {
 public:
  CsvRows(InputWindow window, char delimiter, bool follow)
      : window_(std::move(window)), delimiter_(delimiter), follow_(follow) {}

  // The next row that is not an empty line; nothing at the end, for now with `follow`. After a
  // fault reading goes on at the line behind the one at which the row began.
  std::optional<std::variant<CsvRow, ReadFault>> next();
  std::uint64_t position() const { return window_.position(); }

 private:
  struct Extent {
    enum class Kind { kRow, kEnd, kTooLong, kOpenQuote, kAfterQuote } kind = Kind::kEnd;
    std::size_t content = 0;  // bytes of the row
    std::size_t total = 0;    // with its line end
  };
  Extent find_row();
  ReadFault fault_of(Extent::Kind kind);
  std::vector<std::string> split(std::string_view row) const;

  InputWindow window_;
  char delimiter_;
  bool follow_;
};

// One row with its line end (CRLF); reading it gives the same cells.
std::string encode_csv_row(std::span<const std::string> cells, char delimiter = ',');

}  // namespace commonwatch::cli
