#include "bench/peers/peer_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/incomplete.h"
#include "bench/process_files.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kStartMax = std::chrono::seconds(20);
constexpr auto kEndMax = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(20);
constexpr const char* kProgramFolders[] = {"usr/sbin", "usr/bin", "usr/lib/postgresql/15/bin"};
constexpr const char* kLibraryFolders[] = {"usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu",
                                           "usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"};

bool listens(std::uint16_t port) {
  try {
    close(connect_loopback(port));
    return true;
  } catch (const Incomplete&) {
    return false;
  }
}

std::string libraries_of(const PeerPrograms& programs) {
  std::string libraries;
  for (const char* folder : kLibraryFolders) {
    libraries += (libraries.empty() ? "" : ":") + (programs.unpacked / folder).string();
  }
  return libraries;
}

// In the child; does not return.
[[noreturn]] void become(std::vector<char*> arguments, const char* log, const char* libraries,
                         std::optional<PeerUser> user) {
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->group) != 0 || setuid(user->user) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  setenv("LD_LIBRARY_PATH", libraries, 1);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

pid_t start(const PeerPrograms& programs, std::vector<std::string> arguments,
            const std::filesystem::path& log, std::optional<PeerUser> user) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const std::string libraries = libraries_of(programs);
  const pid_t pid = fork();
  require(pid >= 0, "fork failed");
  if (pid == 0) become(pointers, log.c_str(), libraries.c_str(), user);
  return pid;
}

}  // namespace

std::optional<std::filesystem::path> PeerPrograms::find(const std::string& name) const {
  for (const char* folder : kProgramFolders) {
    if (auto found = find_file(std::filesystem::path(folder) / name)) return found;
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> PeerPrograms::find_file(
    const std::filesystem::path& below_root) const {
  for (const std::filesystem::path& root : {std::filesystem::path("/"), unpacked}) {
    std::error_code ignored;
    if (std::filesystem::exists(root / below_root, ignored)) return root / below_root;
  }
  return std::nullopt;
}

std::optional<PeerUser> unprivileged_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* known = getpwnam(name)) return PeerUser{known->pw_uid, known->pw_gid};
  }
  throw Incomplete("there is neither a user postgres nor a user nobody");
}

void run_peer_program(const PeerPrograms& programs, const std::vector<std::string>& arguments,
                      const std::filesystem::path& log, std::optional<PeerUser> user) {
  int status = 0;
  const pid_t pid = start(programs, arguments, log, user);
  require(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
          arguments.front() + " failed: " + read_file(log));
}

PeerProcess::PeerProcess(const PeerPrograms& programs, const std::vector<std::string>& arguments,
                         const std::filesystem::path& log, std::uint16_t port,
                         std::optional<PeerUser> user)
    : pid_(start(programs, arguments, log, user)) {
  const auto until = Clock::now() + kStartMax;
  while (!listens(port)) {
    const bool ended = waitpid(pid_, nullptr, WNOHANG) == pid_;
    if (ended) pid_ = -1;
    require(!ended && Clock::now() < until,
            arguments.front() + " does not start: " + read_file(log));
    std::this_thread::sleep_for(kPause);
  }
}

PeerProcess::~PeerProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  const auto until = Clock::now() + kEndMax;
  while (waitpid(pid_, nullptr, WNOHANG) != pid_) {
    if (Clock::now() > until) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(kPause);
  }
}

std::vector<pid_t> PeerProcess::family() const {
  std::vector<pid_t> all{pid_};
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && parent_of(entry.path() / "stat") == pid_) all.push_back(pid);
  }
  return all;
}

double PeerProcess::cpu_seconds() const {
  double seconds = 0;
  for (const pid_t pid : family()) {
    seconds += cpu_seconds_of("/proc/" + std::to_string(pid) + "/stat");
  }
  return seconds;
}

double PeerProcess::resident_bytes() const {
  double bytes = 0;
  for (const pid_t pid : family()) {
    bytes += static_cast<double>(
        kilobytes_of("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss:") * 1024);
  }
  return bytes;
}

}  // namespace commonwatch::bench
