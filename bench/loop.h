// One thread's epoll loop. It holds many thousand sockets at little cost: one buffer for all of
// them, and no timer per socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/incomplete.h"

namespace commonwatch::bench {

// Whoever owns a socket.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready(bool readable, bool writable) = 0;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The watcher lives until `forget`.
  void watch(int socket, Watcher& watcher, bool for_writing);
  void change(int socket, Watcher& watcher, bool for_writing);
  void forget(int socket);

  // Calls whoever is ready; waits at most so long.
  void poll(std::chrono::milliseconds wait);
  // Polls until `done()`; Incomplete names `what` when it takes longer than `limit`.
  template <class Done>
  void run_until(const std::string& what, std::chrono::seconds limit, Done done) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      require(std::chrono::steady_clock::now() < until,
              what + ": not done after " + std::to_string(limit.count()) + " s");
      poll(std::chrono::milliseconds(20));
    }
  }

  // For reading into, by whoever is being called.
  std::vector<char>& buffer() { return buffer_; }

 private:
  int epoll_;
  std::vector<char> buffer_;
};

}  // namespace commonwatch::bench
