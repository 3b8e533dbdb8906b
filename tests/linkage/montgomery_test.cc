// The overdoses among the emergency calls of Montgomery County, 2016, if the data is there.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/linkage/records.h"

namespace commonwatch::linkage::test {
namespace {

std::filesystem::path montgomery_file() {
  const char* given = std::getenv("COMMONWATCH_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(COMMONWATCH_CHECKOUT).parent_path() / "shared";
  return shared / "data" / "montgomery-911-2016.csv.gz";
}

// `2016-03-11 09:09:00,EMS: OVERDOSE,40.1,-75.3,...`; its local time serves as well as any.
std::vector<Record> read_overdoses() {
  std::vector<Record> records;
  gzFile file = gzopen(montgomery_file().c_str(), "rb");
  if (file == nullptr) return records;
  char line[4096];
  while (gzgets(file, line, sizeof(line)) != nullptr) {
    const std::string text = line;
    if (text.find(",EMS: OVERDOSE,") != 19) continue;
    Record made;
    made.occurred = *parse_rfc3339(text.substr(0, 19) + "Z");
    made.first_recorded = made.occurred;
    char* next = nullptr;
    made.point.latitude = std::strtod(text.c_str() + 34, &next);
    made.point.longitude = std::strtod(next + 1, nullptr);
    made.cell = model::Cell::at(made.point, model::kLeafLevel);
    records.push_back(made);
  }
  gzclose(file);
  return records;
}

}  // namespace

TEST_CASE("of the county's overdoses those dispatched again in the same second are one", "[real]") {
  const std::vector<Record> records = read_overdoses();
  if (records.empty()) {
    WARN("skipped: no Montgomery data in " << montgomery_file().parent_path());
    return;
  }
  REQUIRE(records.size() == 1'900);
  Linker linker;
  std::uint64_t number = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, int> same;
  for (const Record& each : records) {
    linker.apply(key(++number), 1, each);
    ++same[{to_micros(each.occurred), each.cell.id()}];
  }
  const std::size_t repeats = records.size() - same.size();
  CHECK(repeats == 6);
  CHECK(incidents_of(linker).size() == same.size());
}

}  // namespace commonwatch::linkage::test
