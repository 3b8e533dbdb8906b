// NATS 2.9: core subjects over its WebSocket listener without compression or TLS, as many threads
// as cores (its default), no log; published over TCP.
#include <fstream>

#include "bench/frame.h"
#include "bench/hub_process.h"
#include "bench/peers/blocking_socket.h"
#include "bench/peers/fanout_peer.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kConnect = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";

class Nats final : public FanoutPeer {
 public:
  Nats(const PeerPrograms& programs, const std::filesystem::path& directory)
      : port_(free_port()), tcp_port_(free_port()) {
    const auto file = directory / "nats.conf";
    std::ofstream(file) << "host: 127.0.0.1\nport: " << tcp_port_
                        << "\nping_interval: \"30m\"\nmax_connections: 20000\nlog_file: \""
                        << (directory / "nats.log").string()
                        << "\"\nwebsocket { host: 127.0.0.1, port: " << port_
                        << ", no_tls: true, compression: false }\n";
    process_ = std::make_unique<PeerProcess>(
        programs,
        std::vector<std::string>{programs.find("nats-server")->string(), "-c", file.string()},
        directory / "peer.log", port_);
    publisher_ = std::make_unique<BlockingSocket>(tcp_port_);
    publisher_->receive_until("\r\n");
    publisher_->send(std::string(kConnect) + "PING\r\n");
    publisher_->receive_until("PONG\r\n");
  }

  std::uint16_t port() const override { return port_; }
  std::string path() const override { return "/"; }
  std::string protocol() const override { return ""; }
  std::string greeting(std::uint32_t) const override {
    return client_frame(Opcode::kBinary, std::string(kConnect) + "SUB tick 1\r\n");
  }
  std::size_t delivery_bytes(std::size_t size) const override {
    return ("MSG tick 1 " + std::to_string(size) + "\r\n").size() + size + 2;
  }
  const PeerProcess& process() const override { return *process_; }
  void publish(const std::string& payload) override {
    publisher_->send("PUB tick " + std::to_string(payload.size()) + "\r\n" + payload + "\r\n");
  }

 private:
  std::uint16_t port_;
  std::uint16_t tcp_port_;
  std::unique_ptr<PeerProcess> process_;
  std::unique_ptr<BlockingSocket> publisher_;
};

}  // namespace

FanoutPeerKind nats_peer(const PeerPrograms& programs) {
  return {
      "NATS", programs.find("nats-server") ? "" : "nats-server is not installed",
      [programs](const auto& directory) { return std::make_unique<Nats>(programs, directory); }};
}

std::vector<FanoutPeerKind> fanout_peers(const PeerPrograms& programs) {
  return {nats_peer(programs), nchan_peer(programs), mosquitto_peer(programs)};
}

}  // namespace commonwatch::bench
