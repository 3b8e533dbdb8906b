// Invariants checked: a file is a configuration, or refused with a sentence that names it or what
// it names; one that was read is served, or refused with a sentence; printed, it is read as the
// same.
#include "hub/app/configuration.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

// With the files that the corpus names.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    write("north.geojson", R"({"type": "Polygon", "coordinates":
        [[[-75.37, 40.10], [-75.32, 40.10], [-75.32, 40.14], [-75.37, 40.14], [-75.37, 40.10]]]})");
    write("page.secret", "0123456789abcdef0123456789abcdef\n");
    write("persons.csv", "latitude,longitude,persons\n40.12,-75.35,30000\n");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// What names devices could be read without end.
bool names_device(std::string_view text) {
  for (const std::string_view name : {"/dev", "/proc", "/sys", ".."}) {
    if (text.find(name) != text.npos) return true;
  }
  return false;
}

void check_served(const app::Configuration& configuration) {
  try {
    app::check_configuration(configuration);
    for (const std::string& warning : app::warnings_of(configuration)) require(!warning.empty());
  } catch (const Failure& failure) {
    fuzz::check_error(failure.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (names_device(text)) return 0;
  static const Folder folder;
  try {
    const auto configuration = app::read_configuration(folder.write("hub.toml", text));
    check_served(configuration);
    const std::string printed = app::print_configuration(configuration);
    const auto again = app::read_configuration(folder.write("printed.toml", printed));
    require(app::print_configuration(again) == printed);
  } catch (const Failure& failure) {
    fuzz::check_error(failure.error());
  }
  return 0;
}
