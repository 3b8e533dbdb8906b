#include "clients/cli/position_file.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iterator>

#include "clients/cli/input/event_reader.h"
#include "clients/cli/json_text.h"
#include "clients/cli/whole_file.h"

namespace commonwatch::cli {

std::optional<v1::Position> read_position(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::ifstream in(path);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  v1::Position position;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &position);
  if (!in || !status.ok()) {
    throw InputError("--resume " + path.string() + ": holds no position; remove it to begin anew");
  }
  return position;
}

void write_position(const std::filesystem::path& path, const v1::Position& position) {
  WholeFile file(path);
  file.write(json_line(position) + "\n");
  file.commit();
}

}  // namespace commonwatch::cli
