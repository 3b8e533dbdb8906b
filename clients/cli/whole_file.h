// A file that is there whole or not at all: written beside its place, synced, renamed.
#pragma once

#include <filesystem>
#include <string_view>

namespace commonwatch::cli {

class WholeFile {
 public:
  // Writes to PATH.part. Throws InputError.
  explicit WholeFile(std::filesystem::path path);
  // Removes what was not committed.
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  void write(std::string_view bytes);
  // Syncs and takes the file's place.
  void commit();

 private:
  const std::filesystem::path path_;
  const std::filesystem::path part_;
  int descriptor_;
};

}  // namespace commonwatch::cli
