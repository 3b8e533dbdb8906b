#include "bench/peers/jetstream.h"

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

std::string inbox_of(std::uint32_t partner) { return "_INBOX." + std::to_string(partner); }

}  // namespace

void JetStream::greet(BlockingSocket& socket, std::uint32_t partner) const {
  JetStreamServer::greet(socket);
  socket.send(nats_subscribe(inbox_of(partner)));
}

IngestRequest JetStream::request(std::uint32_t partner,
                                 const std::vector<std::string>& events) const {
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

Answers JetStream::read_answers(std::string_view bytes) const {
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

IngestPeerKind jetstream_peer(const PeerPrograms& programs, std::uint64_t message_events) {
  return {"JetStream, " + std::to_string(message_events) +
              (message_events == 1 ? " event a message" : " events a message"),
          programs.find("nats-server") ? "" : "nats-server is not installed",
          [=](const auto& directory, std::uint64_t) {
            return std::make_unique<JetStream>(programs, directory, message_events);
          }};
}

}  // namespace commonwatch::bench
