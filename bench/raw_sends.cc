#include "bench/raw_sends.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <thread>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

struct Acceptor {
  int socket;
  std::uint16_t port;
};

Acceptor listen_loopback() {
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(bind(listening, generic, size) == 0 && listen(listening, SOMAXCONN) == 0 &&
              getsockname(listening, generic, &size) == 0,
          "cannot listen on 127.0.0.1");
  return {listening, ntohs(address.sin_port)};
}

bool send_whole(int socket, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t sent = send(socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

// What the sending process is told, with `size` bytes behind it; and what it answers.
struct Command {
  std::uint64_t size = 0;
  std::uint32_t times = 0;
  std::chrono::nanoseconds interval{};
};

template <class Value>
bool read_whole(int from, Value* to, std::size_t bytes) {
  return recv(from, to, bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
}

std::vector<int> accept_all(int listening, std::uint32_t count) {
  std::vector<int> senders;
  for (std::uint32_t i = 0; i < count; ++i) {
    senders.push_back(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
    if (senders.back() < 0) _exit(1);
    const int on = 1;
    setsockopt(senders.back(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return senders;
}

double process_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// The sending process. Without a command it ends.
[[noreturn]] void send_on_command(int listening, int commands, std::uint32_t count) {
  const std::vector<int> senders = accept_all(listening, count);
  Command command;
  if (!read_whole(commands, &command, sizeof command)) _exit(0);
  std::string bytes(command.size, '\0');
  if (!read_whole(commands, bytes.data(), bytes.size())) _exit(1);
  const double cpu_before = process_cpu_seconds();
  auto due = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < command.times; ++i, due += command.interval) {
    std::this_thread::sleep_until(due);
    for (const int sender : senders) {
      if (!send_whole(sender, bytes)) _exit(1);
    }
  }
  const double cpu = process_cpu_seconds() - cpu_before;
  send(commands, &cpu, sizeof cpu, MSG_NOSIGNAL);
  _exit(0);
}

}  // namespace

RawSends::RawSends(Loop& loop, std::uint32_t receivers) {
  const Acceptor acceptor = listen_loopback();
  int ends[2];
  require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair failed");
  commands_ = ends[0];
  sender_ = fork();
  if (sender_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[0]);
    send_on_command(acceptor.socket, ends[1], receivers);
  }
  close(acceptor.socket);
  close(ends[1]);
  require(sender_ > 0, "fork failed");
  for (std::uint32_t i = 0; i < receivers; ++i) {
    counters_.push_back(std::make_unique<DeltaCounter>(false));
    receivers_.push_back(
        std::make_unique<WebSocket>(loop, connect_loopback(acceptor.port), *counters_.back()));
  }
}

RawSends::~RawSends() {
  close(commands_);
  if (sender_ <= 0) return;
  kill(sender_, SIGKILL);
  waitpid(sender_, nullptr, 0);
}

void RawSends::start(const std::string& bytes, std::uint32_t times,
                     std::chrono::nanoseconds interval) {
  const Command command{bytes.size(), times, interval};
  require(send(commands_, &command, sizeof command, MSG_NOSIGNAL) == sizeof command &&
              send_whole(commands_, bytes),
          "the raw sender is gone");
}

double RawSends::finish() {
  double cpu = 0;
  require(read_whole(commands_, &cpu, sizeof cpu), "a raw send failed");
  return cpu;
}

}  // namespace commonwatch::bench
