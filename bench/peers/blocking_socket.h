// A TCP connection to a peer that is written and read by waiting.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace commonwatch::bench {

class BlockingSocket {
 public:
  // To 127.0.0.1.
  explicit BlockingSocket(std::uint16_t port);
  ~BlockingSocket();
  BlockingSocket(const BlockingSocket&) = delete;
  BlockingSocket& operator=(const BlockingSocket&) = delete;

  void send(std::string_view bytes);
  // Everything up to and with `end`; Incomplete if the peer is gone.
  std::string receive_until(std::string_view end);
  // Exactly so many bytes.
  std::string receive(std::size_t size);
  // Takes what is there now, without waiting, and drops it.
  void drop_received();
  // Gives the socket away, to be closed by whoever takes it; the last call. Incomplete if something
  // came that was not taken.
  int release();

 private:
  void fill();

  int socket_;
  std::string received_;
};

}  // namespace commonwatch::bench
