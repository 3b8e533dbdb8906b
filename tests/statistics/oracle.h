// What the independent computation in R gave for the calls of Montgomery County, and its own daily
// series and cells, made again from the calls: naive local days, no linkage.
#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace commonwatch::statistics::test {

// COMMONWATCH_SHARED, or the folder `shared` beside the checkout.
inline std::filesystem::path shared_folder() {
  const char* given = std::getenv("COMMONWATCH_SHARED");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(COMMONWATCH_CHECKOUT).parent_path() / "shared";
}

inline bool oracle_is_there() {
  const auto folder = shared_folder();
  const bool there = std::filesystem::exists(folder / "oracle" / "out") &&
                     std::filesystem::exists(folder / "data" / "montgomery-911-2016.csv.gz");
  if (!there) WARN("skipped: no data and oracle in " << folder);
  return there;
}

inline std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t from = 0;
  for (std::size_t comma = 0; comma != std::string::npos; from = comma + 1) {
    comma = line.find(',', from);
    fields.push_back(line.substr(from, comma - from));
  }
  return fields;
}

// A file of oracle/out, by column.
using Table = std::map<std::string, std::vector<std::string>>;

inline Table read_oracle(const std::string& name) {
  std::ifstream file(shared_folder() / "oracle" / "out" / name);
  std::string line;
  std::getline(file, line);
  const auto names = split(line);
  Table table;
  while (std::getline(file, line)) {
    const auto fields = split(line);
    REQUIRE(fields.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) table[names[i]].push_back(fields[i]);
  }
  REQUIRE_FALSE(table.empty());
  return table;
}

inline bool is_missing(const std::string& field) { return field == "NA"; }
inline double number(const std::string& field) { return std::strtod(field.c_str(), nullptr); }

inline std::vector<double> numbers(const std::vector<std::string>& column) {
  std::vector<double> values;
  for (const std::string& field : column) {
    values.push_back(is_missing(field) ? std::numeric_limits<double>::quiet_NaN() : number(field));
  }
  return values;
}

struct Call {
  std::string when;  // `2016-03-11 09:09:00`, local
  double latitude = 0;
  double longitude = 0;
  bool overdose = false;
};

// In the box that the oracle takes.
inline std::vector<Call> read_calls() {
  std::vector<Call> calls;
  const auto path = shared_folder() / "data" / "montgomery-911-2016.csv.gz";
  gzFile file = gzopen(path.c_str(), "rb");
  REQUIRE(file != nullptr);
  char text[4096];
  gzgets(file, text, sizeof(text));
  while (gzgets(file, text, sizeof(text)) != nullptr) {
    const auto fields = split(text);
    const Call call{fields[0], number(fields[2]), number(fields[3]), fields[1] == "EMS: OVERDOSE"};
    if (call.latitude > 39.9 && call.latitude < 40.5 && call.longitude > -75.8 &&
        call.longitude < -75.0) {
      calls.push_back(call);
    }
  }
  gzclose(file);
  return calls;
}

// Overdoses a day, for the days named.
template <typename Predicate>
std::vector<std::uint32_t> daily_series(const std::vector<std::string>& days,
                                        const std::vector<Call>& calls, Predicate counts) {
  std::map<std::string, std::uint32_t> by_day;
  for (const Call& call : calls) {
    if (call.overdose && counts(call)) ++by_day[call.when.substr(0, 10)];
  }
  std::vector<std::uint32_t> series;
  for (const std::string& day : days) series.push_back(by_day[day]);
  return series;
}

inline std::vector<std::uint32_t> county_series(const std::vector<std::string>& days) {
  return daily_series(days, read_calls(), [](const Call&) { return true; });
}

}  // namespace commonwatch::statistics::test
