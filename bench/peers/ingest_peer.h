// Systems that people would take instead to keep events, and to say when they have them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/peers/blocking_socket.h"
#include "bench/peers/peer_process.h"

namespace commonwatch::bench {

// Whole answers at the front of what came.
struct Answers {
  std::size_t bytes = 0;
  std::uint32_t count = 0;
};

struct IngestRequest {
  std::string bytes;
  std::uint32_t answers = 0;  // that come for it once it is kept
};

// One that runs.
class IngestPeer {
 public:
  virtual ~IngestPeer() = default;

  virtual std::uint16_t port() const = 0;
  // Makes a partner's connection ready for its requests; blocks.
  virtual void greet(BlockingSocket& socket, std::uint32_t partner) const = 0;
  virtual IngestRequest request(std::uint32_t partner,
                                const std::vector<std::string>& events) const = 0;
  // Incomplete if the system refuses something.
  virtual Answers read_answers(std::string_view bytes) const = 0;
  // Events that it has, by its own count; blocks.
  virtual std::uint64_t stored() const = 0;
  virtual const PeerProcess& process() const = 0;
};

struct IngestPeerKind {
  std::string name;
  // Why it cannot run; empty: it can.
  std::string missing;
  // For requests of so many events each. It ends with what is returned.
  std::function<std::unique_ptr<IngestPeer>(const std::filesystem::path& directory,
                                            std::uint64_t request_events)>
      start;
};

// Each with its file.
enum class RedisSync : std::uint8_t { kAlways, kEverySecond };
enum class PostgresWrite : std::uint8_t { kCopy, kInsert };
// `message_events`: events in one message.
IngestPeerKind jetstream_peer(const PeerPrograms& programs, std::uint64_t message_events);
IngestPeerKind redis_peer(const PeerPrograms& programs, RedisSync sync);
IngestPeerKind postgres_peer(const PeerPrograms& programs, PostgresWrite write);

}  // namespace commonwatch::bench
