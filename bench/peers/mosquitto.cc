// Mosquitto 2.0: MQTT 3.1.1 over its WebSocket listener, delivered at most once (QoS 0, the
// cheapest that it has), nothing persisted, no log.
#include <fstream>

#include "bench/frame.h"
#include "bench/hub_process.h"
#include "bench/peers/blocking_socket.h"
#include "bench/peers/fanout_peer.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kTopic = "tick";

std::string text(const std::string& value) {
  return std::string{static_cast<char>(value.size() >> 8U), static_cast<char>(value.size())} +
         value;
}

// MQTT's remaining length: seven bits a byte.
std::string length(std::size_t size) {
  std::string bytes;
  do {
    bytes += static_cast<char>((size & 0x7fU) | (size > 0x7f ? 0x80U : 0U));
    size >>= 7U;
  } while (size > 0);
  return bytes;
}

std::string packet(unsigned char first, const std::string& body) {
  return static_cast<char>(first) + length(body.size()) + body;
}

std::string connect_packet(const std::string& client) {
  const std::string clean_session_no_keep_alive("\x04\x02\x00\x00", 4);
  return packet(0x10, text("MQTT") + clean_session_no_keep_alive + text(client));
}
std::string subscribe_packet() {
  return packet(0x82, std::string("\x00\x01", 2) + text(kTopic) + std::string(1, '\0'));
}
std::string publish_packet(const std::string& payload) {
  return packet(0x30, text(kTopic) + payload);
}

class Mosquitto final : public FanoutPeer {
 public:
  Mosquitto(const PeerPrograms& programs, const std::filesystem::path& directory)
      : port_(free_port()), mqtt_port_(free_port()) {
    const auto file = directory / "mosquitto.conf";
    std::ofstream(file) << "user root\nallow_anonymous true\npersistence false\nlog_type error\n"
                           "set_tcp_nodelay true\nlistener "
                        << mqtt_port_ << " 127.0.0.1\nprotocol mqtt\nlistener " << port_
                        << " 127.0.0.1\nprotocol websockets\n";
    process_ = std::make_unique<PeerProcess>(
        programs,
        std::vector<std::string>{programs.find("mosquitto")->string(), "-c", file.string()},
        directory / "peer.log", port_);
    publisher_ = std::make_unique<BlockingSocket>(mqtt_port_);
    publisher_->send(connect_packet("publisher"));
    publisher_->receive(4);
  }

  std::uint16_t port() const override { return port_; }
  std::string path() const override { return "/mqtt"; }
  std::string protocol() const override { return "mqtt"; }
  std::string greeting(std::uint32_t subscriber) const override {
    return client_frame(Opcode::kBinary,
                        connect_packet("s" + std::to_string(subscriber)) + subscribe_packet());
  }
  std::size_t delivery_bytes(std::size_t size) const override {
    return publish_packet(std::string(size, ' ')).size();
  }
  const PeerProcess& process() const override { return *process_; }
  void publish(const std::string& payload) override { publisher_->send(publish_packet(payload)); }

 private:
  std::uint16_t port_;
  std::uint16_t mqtt_port_;
  std::unique_ptr<PeerProcess> process_;
  std::unique_ptr<BlockingSocket> publisher_;
};

}  // namespace

FanoutPeerKind mosquitto_peer(const PeerPrograms& programs) {
  return {"Mosquitto", programs.find("mosquitto") ? "" : "mosquitto is not installed",
          [programs](const auto& directory) {
            return std::make_unique<Mosquitto>(programs, directory);
          }};
}

}  // namespace commonwatch::bench
