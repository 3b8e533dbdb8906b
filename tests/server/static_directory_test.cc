#include "hub/server/static_directory.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace commonwatch::server;
namespace fs = std::filesystem;

namespace {

// A directory `root` with `page.txt` and `deep/file.txt`, and beside it `secret.txt`.
struct Site {
  fs::path above;
  fs::path root;

  Site() {
    std::string pattern = (fs::temp_directory_path() / "static-directory-XXXXXX").string();
    above = ::mkdtemp(pattern.data());
    root = above / "root";
    fs::create_directories(root / "deep");
    write("page.txt", "0123456789");
    write("deep/file.txt", "deep");
    write("../secret.txt", "secret");
  }
  ~Site() { fs::remove_all(above); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(root / name, std::ios::trunc) << content;
  }
};

}  // namespace

TEST_CASE("a file is read in parts") {
  const Site site;
  const auto file = StaticDirectory(site.root).open("page.txt");
  REQUIRE(file);
  CHECK(file->size() == 10);
  CHECK(file->read(0, 100) == "0123456789");
  CHECK(file->read(3, 4) == "3456");
  CHECK(file->read(10, 4).empty());
  CHECK(StaticDirectory(site.root).open("deep/file.txt")->read(0, 100) == "deep");
}

TEST_CASE("no name leads out of the directory") {
  const Site site;
  const StaticDirectory directory(site.root);
  for (const std::string name :
       {"../secret.txt", "deep/../../secret.txt", "deep/../page.txt", "./page.txt", "/page.txt",
        "deep//file.txt", "..\\secret.txt", "", "deep", "deep/"}) {
    INFO(name);
    CHECK_FALSE(directory.open(name));
  }
  CHECK_FALSE(directory.open(site.above.string() + "/secret.txt"));
  CHECK_FALSE(directory.open(std::string("page.txt\0", 9)));
  CHECK_FALSE(directory.open(std::string("page.txt\0.js", 12)));
  CHECK_FALSE(directory.open("deep/deep/deep/deep/deep/deep/deep/deep/deep/file.txt"));
}

TEST_CASE("a symbolic link is not followed, wherever it points and stands") {
  const Site site;
  fs::create_symlink(site.above / "secret.txt", site.root / "link.txt");
  fs::create_directory_symlink(site.above, site.root / "up");
  fs::create_symlink("page.txt", site.root / "inside.txt");
  const StaticDirectory directory(site.root);
  CHECK_FALSE(directory.open("link.txt"));
  CHECK_FALSE(directory.open("up/secret.txt"));
  CHECK_FALSE(directory.open("inside.txt"));
  CHECK(directory.list(".txt") == std::vector<std::string>{"page.txt"});
}

TEST_CASE("what is no regular file is not opened") {
  const Site site;
  REQUIRE(::mkfifo((site.root / "pipe.txt").c_str(), 0600) == 0);
  CHECK_FALSE(StaticDirectory(site.root).open("pipe.txt"));
}

TEST_CASE("the tag changes when the file is written or replaced, and not otherwise") {
  const Site site;
  const StaticDirectory directory(site.root);
  const std::string first = directory.open("page.txt")->etag();
  CHECK(directory.open("page.txt")->etag() == first);
  site.write("page.txt", "other");
  const std::string second = directory.open("page.txt")->etag();
  CHECK(second != first);
  CHECK(second.front() == '"');
}

TEST_CASE("a hidden file is neither listed nor opened") {
  const Site site;
  site.write(".hidden.txt", "x");
  CHECK_FALSE(StaticDirectory(site.root).open(".hidden.txt"));
  CHECK(StaticDirectory(site.root).list(".txt").size() == 1);
}
