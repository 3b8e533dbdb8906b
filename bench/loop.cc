#include "bench/loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace commonwatch::bench {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10U;

void control(int epoll, int operation, int socket, Watcher* watcher, bool for_writing) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | (for_writing ? EPOLLOUT : 0U);
  event.data.ptr = watcher;
  require(epoll_ctl(epoll, operation, socket, &event) == 0,
          std::string("epoll_ctl: ") + std::strerror(errno));
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kBufferBytes) {
  require(epoll_ >= 0, std::string("epoll_create1: ") + std::strerror(errno));
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int socket, Watcher& watcher, bool for_writing) {
  control(epoll_, EPOLL_CTL_ADD, socket, &watcher, for_writing);
}

void Loop::change(int socket, Watcher& watcher, bool for_writing) {
  control(epoll_, EPOLL_CTL_MOD, socket, &watcher, for_writing);
}

void Loop::forget(int socket) { epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr); }

void Loop::poll(std::chrono::milliseconds wait) {
  std::array<epoll_event, 512> events{};
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                               static_cast<int>(wait.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Watcher*>(event.data.ptr)
        ->ready((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0,
                (event.events & EPOLLOUT) != 0);
  }
}

}  // namespace commonwatch::bench
