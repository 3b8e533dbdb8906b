// A child process with its standard input from memory and its output in a pipe. Linux.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/error.h"

namespace commonwatch::delivery {

// Closes what it holds.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// Not thread-safe. The destructor kills the process group of one that is still running, and waits
// for the process.
class ChildProcess {
 public:
  // Environment entries are `NAME=value`, and stand above the hub's own. kInternal: it could not
  // be started, and why.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& environment,
                                    std::string_view input);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  // Becomes readable when the process has ended. The caller owns it from then on; once.
  FileDescriptor take_end() { return std::move(end_); }
  // Standard output and error together, non-blocking. The caller owns it from then on; once.
  FileDescriptor take_output() { return std::move(output_); }
  // Waits for the process. Empty: exit status 0; else what became of it.
  std::string wait();

 private:
  ChildProcess(pid_t process, FileDescriptor end, FileDescriptor output)
      : process_(process), end_(std::move(end)), output_(std::move(output)) {}

  pid_t process_ = 0;  // 0: waited for
  FileDescriptor end_;
  FileDescriptor output_;
};

}  // namespace commonwatch::delivery
