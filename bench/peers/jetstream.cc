// JetStream of NATS 2.9 as a log: one stream on a file store, published asynchronously and
// acknowledged message by message. An acknowledgement says that the server has written it, not that
// it is synced: this version syncs every two minutes.
#include "bench/incomplete.h"
#include "bench/peers/ingest_peer.h"
#include "bench/peers/jetstream_server.h"

namespace commonwatch::bench {
namespace {

std::string inbox_of(std::uint32_t partner) { return "_INBOX." + std::to_string(partner); }

class JetStream final : public IngestPeer {
 public:
  JetStream(const PeerPrograms& programs, const std::filesystem::path& directory,
            std::uint64_t message_events)
      : message_events_(message_events), server_(programs, directory) {}

  std::uint16_t port() const override { return server_.port(); }
  void greet(BlockingSocket& socket, std::uint32_t partner) const override {
    JetStreamServer::greet(socket);
    socket.send(nats_subscribe(inbox_of(partner)));
  }

  IngestRequest request(std::uint32_t partner,
                        const std::vector<std::string>& events) const override {
    const std::string subject = "ev." + std::to_string(partner);
    IngestRequest request;
    std::string message;
    for (std::size_t i = 0; i < events.size(); ++i) {
      message += events[i];
      if ((i + 1) % message_events_ != 0) continue;
      request.bytes += nats_publish(subject, inbox_of(partner), message);
      ++request.answers;
      message.clear();
    }
    require(message.empty(), "JetStream is sent whole messages");
    return request;
  }

  Answers read_answers(std::string_view bytes) const override {
    Answers answers;
    for (;;) {
      const NatsMessage message = read_nats(bytes.substr(answers.bytes));
      if (message.bytes == 0) return answers;
      require(message.payload.find("\"error\"") == std::string_view::npos,
              "JetStream said: " + std::string(message.payload));
      answers.bytes += message.bytes;
      answers.count += message.subject.empty() ? 0 : 1;
    }
  }
  std::uint64_t stored() const override { return server_.messages() * message_events_; }
  const PeerProcess& process() const override { return server_.process(); }

 private:
  std::uint64_t message_events_;
  JetStreamServer server_;
};

}  // namespace

IngestPeerKind jetstream_peer(const PeerPrograms& programs, std::uint64_t message_events) {
  return {"JetStream, " + std::to_string(message_events) +
              (message_events == 1 ? " event a message" : " events a message"),
          programs.find("nats-server") ? "" : "nats-server is not installed",
          [=](const auto& directory, std::uint64_t) {
            return std::make_unique<JetStream>(programs, directory, message_events);
          }};
}

}  // namespace commonwatch::bench
