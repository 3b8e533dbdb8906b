// The overdoses among the emergency calls of Montgomery County, 2016, if the data is there.
#pragma once

#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"

namespace commonwatch::hotspot::test {

struct Call {
  Instant occurred{};
  model::LatLng where;
  bool has_zip = false;
};

// COMMONWATCH_SHARED, or the folder `shared` beside the checkout.
inline std::filesystem::path montgomery_file() {
  const char* given = std::getenv("COMMONWATCH_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(COMMONWATCH_CHECKOUT).parent_path() / "shared";
  return shared / "data" / "montgomery-911-2016.csv.gz";
}

inline std::vector<std::string> read_gz_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return lines;
  char line[4096];
  while (gzgets(file, line, sizeof(line)) != nullptr) lines.emplace_back(line);
  gzclose(file);
  return lines;
}

// Daylight saving of 2016: 13 March, 07:00 UTC, to 6 November, 06:00 UTC.
inline Instant from_new_york(Instant local) {
  using namespace std::chrono;
  const Instant standard = local + hours(5);
  const Instant summer_from = Instant(sys_days(year(2016) / 3 / 13)) + hours(7);
  const Instant summer_to = Instant(sys_days(year(2016) / 11 / 6)) + hours(6);
  const bool summer = standard >= summer_from && standard - hours(1) < summer_to;
  return summer ? standard - hours(1) : standard;
}

// In the order in which they arrived. `2016-03-11 09:09:00,EMS: OVERDOSE,40.1,-75.3,19401,...`; the
// zip may be missing.
inline std::optional<Call> parse_overdose(const std::string& line) {
  if (line.find(",EMS: OVERDOSE,") != 19) return std::nullopt;
  const auto local = parse_rfc3339(line.substr(0, 19) + "Z");
  if (!local) return std::nullopt;
  char* next = nullptr;
  const double latitude = std::strtod(line.c_str() + 34, &next);
  const double longitude = std::strtod(next + 1, &next);
  return Call{from_new_york(*local), {latitude, longitude}, next[0] == ',' && next[1] != ','};
}

inline std::vector<Call> read_overdoses() {
  std::vector<Call> calls;
  for (const std::string& line : read_gz_lines(montgomery_file())) {
    if (const auto call = parse_overdose(line)) calls.push_back(*call);
  }
  return calls;
}

}  // namespace commonwatch::hotspot::test
