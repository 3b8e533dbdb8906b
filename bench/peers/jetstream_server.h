// A NATS server with JetStream on a file store, and as much of NATS's client protocol as is spoken
// to it here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "bench/peers/blocking_socket.h"
#include "bench/peers/peer_process.h"

namespace commonwatch::bench {

// A message from the server, and how many bytes it took; none if it is not whole yet. Without a
// subject it is a ping: the server sends one, and goes on without an answer for half an hour.
struct NatsMessage {
  std::size_t bytes = 0;
  std::string_view subject;
  std::string_view reply;
  std::string_view headers;  // with their first line
  std::string_view payload;
};
// Incomplete if the server reports an error.
NatsMessage read_nats(std::string_view bytes);

std::string nats_publish(std::string_view subject, std::string_view reply,
                         std::string_view payload);
std::string nats_subscribe(std::string_view subject);

class JetStreamServer {
 public:
  // Where everything published under "ev." goes.
  static constexpr const char* kStream = "EV";

  // Starts it in the directory, and makes the stream.
  JetStreamServer(const PeerPrograms& programs, const std::filesystem::path& directory);

  std::uint16_t port() const { return port_; }
  const PeerProcess& process() const { return process_; }
  // Says hello; blocks until the server has answered.
  static void greet(BlockingSocket& socket);
  // A request to JetStream's interface, and its answer in JSON; blocks. Incomplete if it is an
  // error.
  std::string ask(const std::string& subject, const std::string& request) const;
  // Messages in the stream.
  std::uint64_t messages() const;

 private:
  std::uint16_t port_;
  PeerProcess process_;
};

}  // namespace commonwatch::bench
