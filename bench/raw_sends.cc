#include "bench/raw_sends.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

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

}  // namespace

RawSends::RawSends(Loop& loop, std::uint32_t receivers) {
  const Acceptor acceptor = listen_loopback();
  for (std::uint32_t i = 0; i < receivers; ++i) {
    counters_.push_back(std::make_unique<DeltaCounter>(false));
    receivers_.push_back(
        std::make_unique<WebSocket>(loop, connect_loopback(acceptor.port), *counters_.back()));
    senders_.push_back(accept4(acceptor.socket, nullptr, nullptr, SOCK_CLOEXEC));
    require(senders_.back() >= 0, "accept failed; raise ulimit -n");
    const int on = 1;
    setsockopt(senders_.back(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  close(acceptor.socket);
}

RawSends::~RawSends() {
  // A sender that waits for a receiver ends by this.
  for (const int sender : senders_) shutdown(sender, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  for (const int sender : senders_) close(sender);
}

void RawSends::send_all(const std::string& bytes, std::uint32_t times,
                        std::chrono::nanoseconds interval) {
  const double cpu_before = thread_cpu_seconds();
  auto due = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < times; ++i, due += interval) {
    std::this_thread::sleep_until(due);
    for (const int sender : senders_) failed_ = failed_ || !send_whole(sender, bytes);
  }
  cpu_seconds_ = thread_cpu_seconds() - cpu_before;
}

void RawSends::start(std::string bytes, std::uint32_t times, std::chrono::nanoseconds interval) {
  thread_ = std::thread(
      [this, bytes = std::move(bytes), times, interval] { send_all(bytes, times, interval); });
}

double RawSends::finish() {
  thread_.join();
  require(!failed_, "a raw send failed");
  return cpu_seconds_;
}

}  // namespace commonwatch::bench
