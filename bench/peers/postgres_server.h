// A cluster of PostgreSQL of its own, and as much of its protocol (version 3) as is spoken to it
// here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bench/peers/blocking_socket.h"
#include "bench/peers/peer_process.h"

namespace commonwatch::bench {

// A message's type and content, and how many bytes it took; none if it is not whole yet.
struct PostgresMessage {
  std::size_t bytes = 0;
  char type = '\0';
  std::string_view content;
};
// Incomplete if the server reports an error.
PostgresMessage read_postgres(std::string_view bytes);

// Big-endian, as all numbers are.
std::string postgres_int(std::uint32_t value, int bytes);
std::string postgres_message(char type, std::string_view content);
std::string postgres_query(std::string_view statement);

class PostgresServer {
 public:
  // Makes the cluster below the directory, which becomes that of the user it runs as, and starts
  // it.
  PostgresServer(const PeerPrograms& programs, const std::filesystem::path& directory);

  std::uint16_t port() const { return port_; }
  const PeerProcess& process() const { return *process_; }
  // Starts a session; blocks until the server waits for what comes.
  static void greet(BlockingSocket& socket);
  // Until the server waits for what comes. The first value of the first row that came, if any.
  static std::string wait(BlockingSocket& socket);
  // Blocks; the first value of the first row.
  std::string ask(std::string_view statement) const;

 private:
  std::uint16_t port_;
  std::unique_ptr<PeerProcess> process_;
};

}  // namespace commonwatch::bench
