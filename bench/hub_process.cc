#include "bench/hub_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "bench/process_files.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kReadyMax = std::chrono::seconds(30);
// A tick that is being made is finished first.
constexpr auto kEndMax = std::chrono::seconds(120);
constexpr auto kPause = std::chrono::milliseconds(10);

// In the child; does not return.
[[noreturn]] void become(const char* const* arguments, const char* log) {
  // It ends with whoever measures it, whatever happens.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(arguments[0], const_cast<char* const*>(arguments));
  _exit(127);
}

}  // namespace

std::uint16_t free_port() {
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      bind(listening, generic, size) == 0 && getsockname(listening, generic, &size) == 0;
  close(listening);
  require(found, "no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

std::string http_get(std::uint16_t port, const std::string& path, SSL_CTX* tls) {
  int connected = -1;
  try {
    connected = connect_loopback(port);
  } catch (const Incomplete&) {
    return {};
  }
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  std::string answer;
  std::array<char, 16'384> buffer{};
  const TlsSession session = tls == nullptr ? nullptr : make_client_session(tls, connected);
  const auto receive = [&] {
    return session ? tls_receive(session.get(), buffer.data(), buffer.size())
                   : recv(connected, buffer.data(), buffer.size(), 0);
  };
  const ssize_t sent = session ? tls_send(session.get(), request.data(), request.size())
                               : send(connected, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent > 0) {
    for (ssize_t size = 0; (size = receive()) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
  close(connected);
  const auto header_end = answer.find("\r\n\r\n");
  if (header_end == std::string::npos || answer.compare(0, 12, "HTTP/1.1 200") != 0) return {};
  return answer.substr(header_end + 4);
}

HubProcess::HubProcess(const std::filesystem::path& binary, const std::filesystem::path& data,
                       const std::string& settings, SSL_CTX* tls)
    : log_(data.parent_path() / "hub.log"), tls_(tls), port_(free_port()) {
  require(std::filesystem::exists(binary), "there is no hub at " + binary.string() +
                                               "; build commonwatch-hub, or name it with --hub");
  const std::filesystem::path config = data.parent_path() / "hub.toml";
  std::ofstream(config) << settings;
  const std::string address = "127.0.0.1:" + std::to_string(port_);
  const std::array<const char*, 9> arguments{binary.c_str(), "serve",         "--config",
                                             config.c_str(), "--data",        data.c_str(),
                                             "--listen",     address.c_str(), nullptr};
  pid_ = fork();
  require(pid_ >= 0, std::string("fork: ") + std::strerror(errno));
  if (pid_ == 0) become(arguments.data(), log_.c_str());
  wait_until_ready();
}

HubProcess::~HubProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool HubProcess::has_ended() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = -1;
  return true;
}

void HubProcess::wait_until_ready() {
  const std::uint64_t began = now_ns();
  const auto until = Clock::now() + kReadyMax;
  while (http_get(port_, "/readyz", tls_).empty()) {
    require(!has_ended(), "the hub ended at its start: " + read_file(log_));
    require(Clock::now() < until, "the hub is not ready in time: " + read_file(log_));
    std::this_thread::sleep_for(kPause);
  }
  ready_seconds_ = seconds_since(began);
}

double HubProcess::cpu_seconds() const {
  return cpu_seconds_of("/proc/" + std::to_string(pid_) + "/stat");
}

double HubProcess::thread_cpu_seconds(bool of_shards) const {
  double seconds = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
    if ((read_file(task.path() / "comm") == "shard\n") != of_shards) continue;
    seconds += thread_seconds_of(task.path() / "schedstat");
  }
  return seconds;
}

std::uint64_t HubProcess::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t HubProcess::peak_bytes() const {
  return kilobytes_of("/proc/" + std::to_string(pid_) + "/status", "VmHWM:") * 1024;
}

double HubProcess::metric(const std::string& name) const {
  const std::string text = "\n" + http_get(port_, "/metrics", tls_);
  const auto at = text.find("\n" + name + " ");
  require(at != std::string::npos, "the hub has no metric " + name);
  return std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

void HubProcess::stop() {
  kill(pid_, SIGTERM);
  const auto until = Clock::now() + kEndMax;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) != pid_) {
    require(Clock::now() < until, "the hub does not end: " + read_file(log_));
    std::this_thread::sleep_for(kPause);
  }
  pid_ = -1;
  require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the hub failed: " + read_file(log_));
}

}  // namespace commonwatch::bench
