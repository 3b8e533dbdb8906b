#include "clients/cli/input/csv.h"

#include <algorithm>
#include <utility>

namespace commonwatch::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

enum class Place { kCellStart, kPlain, kQuoted, kQuoteInQuoted };

}  // namespace

// Looks for the end of the row at the front of the window, reading on as far as the limit allows.
CsvRows::Extent CsvRows::find_row() {
  using Kind = Extent::Kind;
  Place place = Place::kCellStart;
  for (std::size_t at = 0;; ++at) {
    if (at > kRecordBytesMax) {
      return {place == Place::kQuoted ? Kind::kOpenQuote : Kind::kTooLong, at, at};
    }
    if (at == window_.bytes().size() && !window_.fill()) {
      if (at == 0 || follow_) return {Kind::kEnd, 0, 0};
      return {place == Place::kQuoted ? Kind::kOpenQuote : Kind::kRow, at, at};
    }
    const char c = window_.bytes()[at];
    if (place == Place::kQuoted) {
      if (c == '"') place = Place::kQuoteInQuoted;
    } else if (c == '\n') {
      const bool carriage = at > 0 && window_.bytes()[at - 1] == '\r';
      return {Kind::kRow, carriage ? at - 1 : at, at + 1};
    } else if (c == delimiter_) {
      place = Place::kCellStart;
    } else if (place == Place::kQuoteInQuoted) {
      if (c != '"' && c != '\r') return {Kind::kAfterQuote, at, at};
      if (c == '"') place = Place::kQuoted;
    } else {
      place = place == Place::kCellStart && c == '"' ? Place::kQuoted : Place::kPlain;
    }
  }
}

ReadFault CsvRows::fault_of(Extent::Kind kind) {
  ReadFault fault{window_.lines() + 1, "", ""};
  switch (kind) {
    case Extent::Kind::kOpenQuote:
      fault.message = "a quote that opens in this row is not closed within " +
                      std::to_string(kRecordBytesMax) +
                      " bytes or before the end; close it, or double it if it belongs to the text";
      break;
    case Extent::Kind::kAfterQuote:
      fault.message =
          "text stands behind a closing quote; double the quotes that belong to the text";
      break;
    default:
      fault.message = "the row is longer than " + std::to_string(kRecordBytesMax) +
                      " bytes; check that the file is CSV";
  }
  window_.consume_line();
  return fault;
}

std::vector<std::string> CsvRows::split(std::string_view row) const {
  std::vector<std::string> cells(1);
  Place place = Place::kCellStart;
  for (const char c : row) {
    if (place == Place::kQuoted) {
      if (c == '"') {
        place = Place::kQuoteInQuoted;
      } else {
        cells.back() += c;
      }
    } else if (c == delimiter_) {
      cells.emplace_back();
      place = Place::kCellStart;
    } else if (place == Place::kQuoteInQuoted) {
      if (c == '"') {
        cells.back() += c;
        place = Place::kQuoted;
      }
    } else if (place == Place::kCellStart && c == '"') {
      place = Place::kQuoted;
    } else {
      cells.back() += c;
      place = Place::kPlain;
    }
  }
  return cells;
}

std::optional<std::variant<CsvRow, ReadFault>> CsvRows::next() {
  while (true) {
    if (window_.position() == 0) {
      while (window_.bytes().size() < kByteOrderMark.size() && window_.fill()) {
      }
      if (window_.bytes().starts_with(kByteOrderMark)) window_.consume(kByteOrderMark.size());
    }
    const Extent extent = find_row();
    if (extent.kind == Extent::Kind::kEnd) return std::nullopt;
    if (extent.kind != Extent::Kind::kRow) return fault_of(extent.kind);
    const std::uint64_t line = window_.lines() + 1;
    const std::string_view text = window_.bytes().substr(0, extent.content);
    if (std::count(text.begin(), text.end(), delimiter_) >=
        static_cast<std::ptrdiff_t>(kColumnsMax)) {
      window_.consume(extent.total);
      return ReadFault{line, "",
                       "the row has more than " + std::to_string(kColumnsMax) +
                           " columns; check the delimiter of the mapping"};
    }
    CsvRow row{split(text), line};
    const bool empty = text.empty();
    window_.consume(extent.total);
    if (!empty) return row;
  }
}

std::string encode_csv_row(std::span<const std::string> cells, char delimiter) {
  std::string row;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) row += delimiter;
    const bool plain = !cell.empty() && cell.find_first_of("\"\r\n") == std::string::npos &&
                       cell.find(delimiter) == std::string::npos && cell.front() != '\xef';
    if (plain || (cell.empty() && cells.size() > 1)) {
      row += cell;
      continue;
    }
    row += '"';
    for (const char c : cell) row.append(c == '"' ? 2 : 1, c);
    row += '"';
  }
  return row + "\r\n";
}

}  // namespace commonwatch::cli
