// JetStream of NATS 2.9 as a log: one stream on a file store, published asynchronously and
// acknowledged message by message. An acknowledgement says that the server has written it, not that
// it is synced: this version syncs every two minutes.
#pragma once

#include "bench/peers/ingest_peer.h"
#include "bench/peers/jetstream_server.h"

namespace commonwatch::bench {

class JetStream final : public IngestPeer {
 public:
  // `message_events`: events in one message; requests hold a multiple of them.
  JetStream(const PeerPrograms& programs, const std::filesystem::path& directory,
            std::uint64_t message_events)
      : message_events_(message_events), server_(programs, directory) {}

  std::uint16_t port() const override { return server_.port(); }
  void greet(BlockingSocket& socket, std::uint32_t partner) const override;
  IngestRequest request(std::uint32_t partner,
                        const std::vector<std::string>& events) const override;
  Answers read_answers(std::string_view bytes) const override;
  std::uint64_t stored() const override { return server_.messages() * message_events_; }
  const PeerProcess& process() const override { return server_.process(); }
  const JetStreamServer& server() const { return server_; }

 private:
  std::uint64_t message_events_;
  JetStreamServer server_;
};

}  // namespace commonwatch::bench
