#include "bench/detection/matrix.h"

#include <charconv>
#include <set>
#include <string_view>
#include <system_error>

#include "bench/detection/bad_input.h"
#include "bench/detection/text_file.h"

namespace commonwatch::detection {
namespace {

// The next field, up to `end` of it; moves the rest on.
std::string_view take(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

std::string_view take_line(std::string_view& rest) {
  std::string_view line = take(rest, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view unquoted(std::string_view name) {
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
  }
  return name;
}

std::vector<std::string> read_names(std::string_view line, const std::string& file) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (bool more = true; more;) {
    more = line.find(',') != std::string_view::npos;
    const std::string_view name = unquoted(take(line, ','));
    if (name.empty() || !seen.insert(name).second) {
      throw BadInput(file + ", line 1: column " + std::to_string(names.size() + 1) +
                     " is named \"" + std::string(name) +
                     "\"; give every column a name of its own, s1_r1 and on");
    }
    names.emplace_back(name);
  }
  return names;
}

std::uint32_t read_count(std::string_view field, const std::string& where) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), count);
  if (error != std::errc() || end != field.data() + field.size()) {
    throw BadInput(where + ": \"" + std::string(field.substr(0, 40)) +
                   "\" is not a count; write whole numbers from 0 to 4294967295");
  }
  return count;
}

void read_row(std::string_view line, std::size_t number, const std::string& file, Matrix& matrix) {
  const std::string where = file + ", line " + std::to_string(number);
  std::size_t column = 0;
  for (bool more = true; more; ++column) {
    more = line.find(',') != std::string_view::npos;
    if (column == matrix.series.size()) break;
    matrix.series[column].push_back(
        read_count(take(line, ','), where + ", column " + matrix.names[column]));
    if (!more && column + 1 == matrix.series.size()) return;
    if (!more) break;
  }
  throw BadInput(where + " has " + (column < matrix.series.size() ? "fewer" : "more") +
                 " values than the header's " + std::to_string(matrix.series.size()) +
                 " names; write one value for each");
}

}  // namespace

Matrix read_matrix(const std::filesystem::path& path) {
  const std::string file = path.string();
  const std::string text = read_text(path);
  std::string_view rest = text;
  if (rest.empty()) throw BadInput(file + " is empty; the first line names the columns");
  Matrix matrix;
  matrix.names = read_names(take_line(rest), file);
  matrix.series.resize(matrix.names.size());
  for (std::size_t number = 2; !rest.empty(); ++number) {
    read_row(take_line(rest), number, file, matrix);
  }
  if (matrix.days() == 0) throw BadInput(file + " has no row; write one a day below the header");
  return matrix;
}

}  // namespace commonwatch::detection
