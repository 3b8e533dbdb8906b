// Runs a fuzzer without libFuzzer, so that every preset runs every one of them, briefly:
//
//   fuzz_NAME [--runs N] [--seed S] PATH...
//
// The empty input, every file of the paths (a folder: the files in it), then N small changes of
// them. The input at hand lies in `fuzz_NAME.input` in the current directory, written before it is
// run: when the program ends early, that is the one. `fuzz_NAME fuzz_NAME.input` runs it alone.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/mutation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using commonwatch::fuzz::Mutation;

[[noreturn]] void fail(const std::string& message) {
  std::cerr << message << "\n";
  std::exit(2);
}

struct Options {
  std::uint64_t runs = 0;
  std::uint64_t seed = 1;
  std::vector<std::filesystem::path> paths;
};

Options read_options(int count, char** given) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string text = given[i];
    if (text != "--runs" && text != "--seed") {
      options.paths.emplace_back(text);
    } else if (i + 1 == count) {
      fail(text + " wants a number");
    } else {
      (text == "--runs" ? options.runs : options.seed) = std::strtoull(given[++i], nullptr, 0);
    }
  }
  return options;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path.string() + " cannot be read");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

// In order of name, so that a seed means the same everywhere.
std::vector<std::string> read_inputs(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  std::vector<std::string> inputs = {""};
  for (const auto& file : files) inputs.push_back(read_file(file));
  return inputs;
}

// Keeps the input at hand in a file while it runs.
class InputAtHand {
 public:
  explicit InputAtHand(std::string path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    if (file_ < 0) fail(path_ + " cannot be written: " + std::strerror(errno));
  }
  ~InputAtHand() {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  InputAtHand(const InputAtHand&) = delete;
  InputAtHand& operator=(const InputAtHand&) = delete;

  void run(const std::string& input) const {
    if (::pwrite(file_, input.data(), input.size(), 0) != static_cast<ssize_t>(input.size()) ||
        ::ftruncate(file_, static_cast<off_t>(input.size())) != 0) {
      fail(path_ + " cannot be written: " + std::strerror(errno));
    }
    // A copy of just that size, so that a sanitizer sees what reads beyond it.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }

 private:
  std::string path_;
  int file_;
};

}  // namespace

int main(int count, char** given) {
  const Options options = read_options(count, given);
  const std::string name = std::filesystem::path(given[0]).filename().string();
  // Read before the input at hand is emptied: it may be among them.
  const std::vector<std::string> inputs = read_inputs(options.paths);
  std::cout << name << ": " << inputs.size() << " inputs, " << options.runs << " changes, seed "
            << options.seed << "; the one at hand is in ./" << name << ".input" << std::endl;
  const InputAtHand at_hand(name + ".input");
  for (const std::string& input : inputs) at_hand.run(input);
  Mutation mutation(inputs, options.seed);
  for (std::uint64_t i = 0; i < options.runs; ++i) at_hand.run(mutation.next());
}
