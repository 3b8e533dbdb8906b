#include "bench/peers/peer_process.h"

#include <fcntl.h>
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
constexpr const char* kProgramFolders[] = {"usr/sbin", "usr/bin"};
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

// In the child; does not return.
[[noreturn]] void become(std::vector<char*> arguments, const char* log, const char* libraries) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  setenv("LD_LIBRARY_PATH", libraries, 1);
  execv(arguments.front(), arguments.data());
  _exit(127);
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

PeerProcess::PeerProcess(const PeerPrograms& programs, const std::vector<std::string>& arguments,
                         const std::filesystem::path& log, std::uint16_t port) {
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  std::string libraries;
  for (const char* folder : kLibraryFolders) {
    libraries += (libraries.empty() ? "" : ":") + (programs.unpacked / folder).string();
  }
  pid_ = fork();
  require(pid_ >= 0, "fork failed");
  if (pid_ == 0) become(pointers, log.c_str(), libraries.c_str());
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
