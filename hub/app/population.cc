#include "hub/app/population.h"

#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace commonwatch::app {
namespace {

constexpr std::string_view kPoints = "latitude,longitude,persons";
constexpr std::string_view kCells = "cell,persons";

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t comma = 0; comma != line.npos;) {
    comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma != line.npos) line.remove_prefix(comma + 1);
  }
  return fields;
}

template <class Number>
std::optional<Number> parse(std::string_view text, int base = 10) {
  Number number{};
  std::from_chars_result read{};
  if constexpr (std::is_floating_point_v<Number>) {
    read = std::from_chars(text.data(), text.data() + text.size(), number);
  } else {
    read = std::from_chars(text.data(), text.data() + text.size(), number, base);
  }
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<model::Cell> cell_of_token(std::string_view token) {
  const auto digits = parse<std::uint64_t>(token, 16);
  if (!digits || token.size() > 16) return std::nullopt;
  const model::Cell cell(*digits << (4 * (16 - token.size())));
  return cell.is_valid() ? std::optional(cell) : std::nullopt;
}

std::optional<model::Cell> cell_of_point(std::string_view latitude, std::string_view longitude,
                                         int level) {
  const auto north = parse<double>(latitude);
  const auto east = parse<double>(longitude);
  if (!north || !east || !(*north >= -90 && *north <= 90) || !(*east >= -180 && *east <= 180)) {
    return std::nullopt;
  }
  return model::Cell::at({*north, *east}, level);
}

}  // namespace

std::vector<sharing::Population> read_population(const std::filesystem::path& file, int level) {
  std::ifstream in(file);
  std::size_t number = 0;
  const auto fail = [&](const std::string& what) {
    throw Failure(make_error(ErrorCode::kInvalidRequest,
                             file.string() + ":" + std::to_string(number) + ": " + what));
  };
  std::string line;
  const auto next = [&] {
    ++number;
    const bool read = static_cast<bool>(std::getline(in, line));
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return read;
  };
  if (!next()) fail("cannot be read, or is empty; name a CSV file in publication.population");
  const bool points = line == kPoints;
  if (!points && line != kCells) {
    fail("begin with the line " + std::string(kPoints) + " or " + std::string(kCells));
  }
  std::map<model::Cell, std::uint64_t> persons;
  while (next()) {
    if (line.empty()) continue;
    const auto fields = split(line);
    if (fields.size() != (points ? 3U : 2U)) fail("there are not as many fields as in the head");
    const auto cell = points ? cell_of_point(fields[0], fields[1], level) : cell_of_token(fields[0]);
    const auto count = parse<std::uint64_t>(fields.back());
    if (!cell) fail(points ? "that is no place in degrees" : "that is no S2 cell");
    if (!count) fail("persons is a whole number");
    persons[*cell] += *count;
  }
  if (in.bad()) fail("reading failed");
  std::vector<sharing::Population> population;
  for (const auto& [cell, count] : persons) population.push_back({cell, count});
  return population;
}

}  // namespace commonwatch::app
