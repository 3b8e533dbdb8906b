// A TCP connection to a peer on the loop's thread: what is sent leaves as the peer takes it, what
// comes is given out in the parts that it can be cut into.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "bench/loop.h"

namespace commonwatch::bench {

class PeerStream final : public Watcher {
 public:
  // Is given all that came and was not taken yet; says how many bytes of it it has taken.
  using Take = std::function<std::size_t(std::string_view)>;

  // `socket`: connected, and closed at the end. The loop outlives it.
  PeerStream(Loop& loop, int socket, Take take);
  ~PeerStream() override;
  PeerStream(const PeerStream&) = delete;
  PeerStream& operator=(const PeerStream&) = delete;

  void send(std::string bytes);
  // Incomplete if the peer has closed the connection.
  void check() const;

  void ready(bool readable, bool writable) override;

 private:
  void flush();
  void receive();
  void end();

  Loop& loop_;
  int socket_;
  Take take_;
  bool gone_ = false;
  bool writing_ = false;
  std::string received_;
  std::deque<std::string> unsent_;
  std::size_t sent_of_first_ = 0;
};

}  // namespace commonwatch::bench
