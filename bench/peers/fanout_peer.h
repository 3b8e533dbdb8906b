// Systems that people would take instead to send one thing to many browsers over WebSocket.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/peer_process.h"
#include "bench/workload.h"

namespace commonwatch::bench {

// One that runs. What it sends for one publication has always the same size.
class FanoutPeer {
 public:
  virtual ~FanoutPeer() = default;

  // Where subscribers connect, and what they say once they have.
  virtual std::uint16_t port() const = 0;
  virtual std::string path() const = 0;
  virtual std::string protocol() const = 0;
  // A whole masked frame; empty: nothing. `subscriber`: its number.
  virtual std::string greeting(std::uint32_t subscriber) const = 0;
  // Bytes of messages at each subscriber for a payload of `size`.
  virtual std::size_t delivery_bytes(std::size_t size) const = 0;

  // Blocks until the system has the bytes.
  virtual void publish(const std::string& payload) = 0;
  virtual const PeerProcess& process() const = 0;
};

struct FanoutPeerKind {
  std::string name;
  // Why it cannot run; empty: it can.
  std::string missing;
  std::function<std::unique_ptr<FanoutPeer>(const std::filesystem::path& directory)> start;
};

// nchan in nginx, Mosquitto, NATS: each with its file.
std::vector<FanoutPeerKind> fanout_peers(const PeerPrograms& programs);
FanoutPeerKind nchan_peer(const PeerPrograms& programs);
FanoutPeerKind mosquitto_peer(const PeerPrograms& programs);
FanoutPeerKind nats_peer(const PeerPrograms& programs);

}  // namespace commonwatch::bench
