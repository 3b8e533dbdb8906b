// A fresh directory that is removed with what is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "bench/incomplete.h"

namespace commonwatch::bench {

class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::filesystem::path& parent) {
    std::filesystem::create_directories(parent);
    std::string name = (parent / "commonwatch-bench-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr,
            "cannot create a directory under " + parent.string() + "; choose another --directory");
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace commonwatch::bench
