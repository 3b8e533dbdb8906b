#include "clients/cli/input/csv.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace commonwatch::cli {
namespace {

using Cells = std::vector<std::string>;

struct Read {
  std::vector<CsvRow> rows;
  std::vector<ReadFault> faults;
};

Read read(const std::string& text, char delimiter = ',') {
  CsvRows csv(InputWindow(bytes_of(text)), delimiter, false);
  Read all;
  while (auto item = csv.next()) {
    if (auto* row = std::get_if<CsvRow>(&*item)) all.rows.push_back(std::move(*row));
    if (auto* fault = std::get_if<ReadFault>(&*item)) all.faults.push_back(std::move(*fault));
  }
  CHECK(csv.position() == text.size());
  return all;
}

TEST_CASE("CsvRows reads LF and CRLF, the last line without either, and skips empty lines") {
  const Read all = read("a,b\r\nc,d\n\ne,f");
  REQUIRE(all.rows.size() == 3);
  CHECK(all.rows[0].cells == Cells{"a", "b"});
  CHECK(all.rows[1].cells == Cells{"c", "d"});
  CHECK(all.rows[2].cells == Cells{"e", "f"});
  CHECK(all.rows[2].line == 4);
}

TEST_CASE("CsvRows reads quotes, doubled quotes, delimiters and newlines inside") {
  const Read all = read("\"a \"\"b\"\", c\",\"x\r\ny\"\nlast,\"\"\n");
  REQUIRE(all.rows.size() == 2);
  CHECK(all.rows[0].cells == Cells{"a \"b\", c", "x\r\ny"});
  CHECK(all.rows[1].cells == Cells{"last", ""});
  CHECK(all.rows[1].line == 3);
}

TEST_CASE("CsvRows skips a byte order mark, also before a quote") {
  CHECK(read("\xef\xbb\xbf\"a\",b\n").rows.at(0).cells == Cells{"a", "b"});
}

TEST_CASE("CsvRows keeps a quote inside a cell that does not begin with one") {
  CHECK(read("5\" pipe,x\n").rows.at(0).cells == Cells{"5\" pipe", "x"});
}

TEST_CASE("CsvRows reports text behind a closing quote and goes on at the next line") {
  const Read all = read("a\n\"b\"c\nd\n");
  REQUIRE(all.faults.size() == 1);
  CHECK(all.faults[0].line == 2);
  CHECK_THAT(all.faults[0].message, Catch::Contains("closing quote"));
  REQUIRE(all.rows.size() == 2);
  CHECK(all.rows[1].cells == Cells{"d"});
}

TEST_CASE("CsvRows reports a quote that is never closed and loses one line only") {
  const Read all = read("a\n\"b\nc\nd\n");
  REQUIRE(all.faults.size() == 1);
  CHECK(all.faults[0].line == 2);
  CHECK_THAT(all.faults[0].message, Catch::Contains("not closed"));
  REQUIRE(all.rows.size() == 3);
  CHECK(all.rows[2].cells == Cells{"d"});
}

TEST_CASE("CsvRows reports a row beyond the limit and reads the next one") {
  const Read all = read("a\n" + std::string(kRecordBytesMax + 10, 'x') + "\nb\n");
  REQUIRE(all.faults.size() == 1);
  CHECK(all.faults[0].line == 2);
  REQUIRE(all.rows.size() == 2);
  CHECK(all.rows[1].cells == Cells{"b"});
}

TEST_CASE("CsvRows reports a row with too many columns") {
  const Read all = read(std::string(kColumnsMax + 1, ',') + "\nb\n");
  CHECK(all.faults.size() == 1);
  CHECK(all.rows.size() == 1);
}

TEST_CASE("CsvRows leaves an incomplete last line when it follows the input") {
  CsvRows csv(InputWindow(bytes_of("a,b\nc,")), ',', true);
  REQUIRE(csv.next());
  CHECK_FALSE(csv.next());
  CHECK(csv.position() == 4);
}

TEST_CASE("CsvRows reads back whatever encode_csv_row writes") {
  const bool held = rc::check([] {
    const char delimiter = *rc::gen::element(',', ';', '\t', '|');
    const auto cell = rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('"', ',', ';', '\r', '\n', ' ', 'a', '\xef', '\xbb', '\t'),
                       rc::gen::arbitrary<char>()));
    const auto row = rc::gen::nonEmpty(rc::gen::container<Cells>(cell));
    const auto rows = *rc::gen::container<std::vector<Cells>>(row);
    std::string text;
    for (const Cells& cells : rows) text += encode_csv_row(cells, delimiter);
    const Read all = read(text, delimiter);
    RC_ASSERT(all.faults.empty());
    RC_ASSERT(all.rows.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(all.rows[i].cells == rows[i]);
  });
  CHECK(held);
}

TEST_CASE("CsvRows takes any bytes to the end without losing count") {
  const bool held = rc::check([] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::element('"', ',', '\r', '\n', 'a', '\0', '\xef'));
    const Read all = read(text);
    std::uint64_t line = 0;
    for (const CsvRow& row : all.rows) {
      RC_ASSERT(row.line > line);
      line = row.line;
    }
  });
  CHECK(held);
}

}  // namespace
}  // namespace commonwatch::cli
