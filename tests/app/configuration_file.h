// A configuration file of a test's own, with the files that it may name.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "hub/app/configuration.h"
#include "hub/base/error.h"

namespace commonwatch::test {

class ConfigurationFile {
 public:
  explicit ConfigurationFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-app-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    write("north.geojson", R"({"type": "Polygon", "coordinates":
        [[[-75.37, 40.10], [-75.32, 40.10], [-75.32, 40.14], [-75.37, 40.14], [-75.37, 40.10]]]})");
    write("south.geojson", R"({"type": "Polygon", "coordinates":
        [[[-75.37, 40.00], [-75.32, 40.00], [-75.32, 40.04], [-75.37, 40.04], [-75.37, 40.00]]]})");
    write("page.secret", "0123456789abcdef0123456789abcdef\n");
    write("hub.toml", text);
  }
  ~ConfigurationFile() { std::filesystem::remove_all(folder_); }
  ConfigurationFile(const ConfigurationFile&) = delete;
  ConfigurationFile& operator=(const ConfigurationFile&) = delete;

  std::filesystem::path path() const { return folder_ / "hub.toml"; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  app::Configuration read() const { return app::read_configuration(path()); }

 private:
  std::filesystem::path folder_;
};

// What is said of a file that cannot be read; empty: it can.
inline std::string fault_of(const std::string& text) {
  const ConfigurationFile file(text);
  try {
    file.read();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return {};
}

}  // namespace commonwatch::test
