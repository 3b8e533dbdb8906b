#include "hub/delivery/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace commonwatch::delivery {
namespace {

Error failure(const std::string& what, int number) {
  return make_error(ErrorCode::kInternal, what + ": " + std::strerror(number));
}

// From memory, so that a child that does not read it blocks nobody.
Result<FileDescriptor> make_input(std::string_view text) {
  FileDescriptor file(::memfd_create("page", MFD_CLOEXEC));
  if (!file.is_open()) return failure("no memory for the page", errno);
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0) return failure("no memory for the page", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.number(), 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> merge_environment(const std::vector<std::string>& above) {
  std::vector<std::string> all = above;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool is_replaced = false;
    for (const std::string& other : above) is_replaced |= other.starts_with(name);
    if (!is_replaced) all.emplace_back(text);
  }
  return all;
}

// The header of glibc 2.36 for pidfd_open is not for C++.
FileDescriptor open_end(pid_t process) {
  return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

// What the child begins with: three files and no other, no signal blocked or ignored, a process
// group of its own.
class SpawnSetup {
 public:
  SpawnSetup(int input, int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments,
                                         const std::vector<std::string>& environment,
                                         std::string_view input) {
  auto file = make_input(input);
  if (!file) return file.error();
  int pipe[2] = {-1, -1};
  if (::pipe2(pipe, O_CLOEXEC) != 0) return failure("no pipe for its output", errno);
  FileDescriptor output(pipe[0]);
  const FileDescriptor written(pipe[1]);
  ::fcntl(output.number(), F_SETFL, O_NONBLOCK);
  const std::vector<std::string> variables = merge_environment(environment);
  const SpawnSetup setup(file->number(), written.number());
  pid_t process = 0;
  const int error =
      ::posix_spawn(&process, arguments.front().c_str(), setup.actions(), setup.attributes(),
                    pointers_to(arguments).data(), pointers_to(variables).data());
  if (error != 0) return failure("cannot run " + arguments.front(), error);
  ChildProcess child(process, FileDescriptor(), std::move(output));
  child.end_ = open_end(process);
  if (!child.end_.is_open()) return failure("cannot watch " + arguments.front(), errno);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      end_(std::move(other.end_)),
      output_(std::move(other.output_)) {}

ChildProcess::~ChildProcess() {
  if (process_ == 0) return;
  ::kill(-process_, SIGKILL);
  wait();
}

std::string ChildProcess::wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0) {
    if (errno != EINTR) return "its exit status is not known";
  }
  process_ = 0;
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  return code == 0 ? std::string() : "exit status " + std::to_string(code);
}

}  // namespace commonwatch::delivery
