// Invariants checked: any bytes are read as CSV to their end, faults and all, in bounded steps;
// lines only grow; the cells of every row, written and read again, are the same.
#include "clients/cli/input/csv.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "tests/fuzz/require.h"

namespace {

using commonwatch::cli::bytes_of;
using commonwatch::cli::CsvRow;
using commonwatch::cli::CsvRows;
using commonwatch::cli::encode_csv_row;
using commonwatch::cli::InputWindow;
using commonwatch::fuzz::require;

void check_round_trip(const CsvRow& row, char delimiter) {
  CsvRows again(InputWindow(bytes_of(encode_csv_row(row.cells, delimiter))), delimiter, false);
  const auto read = again.next();
  require(read && std::get<CsvRow>(*read).cells == row.cells);
  require(!again.next());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const char delimiter : {',', ';'}) {
    CsvRows rows(InputWindow(bytes_of(bytes)), delimiter, false);
    std::uint64_t line = 0;
    while (const auto item = rows.next()) {
      if (const auto* row = std::get_if<CsvRow>(&*item)) {
        require(row->line > line);
        line = row->line;
        check_round_trip(*row, delimiter);
      }
    }
    require(rows.position() == size);
  }
  return 0;
}
