// A fresh folder for the files of one test, and readers over texts.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/input/event_reader.h"

namespace commonwatch::cli::test {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cw-input-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }
  void append(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::app) << bytes;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ReadAll {
  std::vector<ReadEvent> events;
  std::vector<ReadFault> faults;
};

inline ReadAll read_all(EventReader& reader) {
  ReadAll all;
  while (auto item = reader.next()) {
    if (auto* event = std::get_if<ReadEvent>(&*item)) all.events.push_back(std::move(*event));
    if (auto* fault = std::get_if<ReadFault>(&*item)) all.faults.push_back(std::move(*fault));
  }
  return all;
}

// A mapping for columns `when`, `lat`, `lng` and what `more` says.
inline std::string mapping_text(const std::string& more = "") {
  return "record_id = { hash = \"row\" }\n"
         "occurred_at = { column = \"when\", format = \"iso\" }\n"
         "location.latitude = { column = \"lat\" }\n"
         "location.longitude = { column = \"lng\" }\n" +
         more;
}

// The events of CSV text through a mapping.
inline ReadAll read_csv(const std::string& mapping, const std::string& csv) {
  const Scratch scratch;
  const auto reader =
      open_reader({scratch.write("in.csv", csv), Format::kCsv, scratch.write("map.toml", mapping)});
  return read_all(*reader);
}

}  // namespace commonwatch::cli::test
