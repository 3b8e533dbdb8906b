#include "bench/peers/jetstream_replay.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "bench/clock.h"
#include "bench/events.h"
#include "bench/incomplete.h"
#include "bench/peers/peer_load.h"
#include "bench/peers/peer_stream.h"
#include "hub/storage/crc32c.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kReplayMax(300);
constexpr std::uint64_t kInFlightEvents = 16'000;
constexpr const char* kInbox = "_INBOX.replay";

// What a client library asks for as an "ordered consumer": nothing is acknowledged, the server
// waits for answers to its flow control.
constexpr const char* kOrderedConsumer =
    R"({"stream_name":"EV","config":{"deliver_subject":"_INBOX.replay","deliver_policy":"all",)"
    R"("ack_policy":"none","max_deliver":1,"flow_control":true,"idle_heartbeat":5000000000,)"
    R"("replay_policy":"instant","mem_storage":true,"num_replicas":1}})";

// Token `number`, from 0, of a subject.
std::string_view token(std::string_view subject, int number) {
  for (; number > 0; --number) subject.remove_prefix(subject.find('.') + 1);
  return subject.substr(0, subject.find('.'));
}

class OrderedConsumer {
 public:
  OrderedConsumer(Loop& loop, const JetStreamServer& server)
      : stream_(loop, open(server), [this](std::string_view bytes) { return take(bytes); }) {}

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  void check() const { stream_.check(); }

 private:
  static int open(const JetStreamServer& server) {
    BlockingSocket socket(server.port());
    JetStreamServer::greet(socket);
    socket.send(nats_subscribe(kInbox));
    return socket.release();
  }

  std::size_t take(std::string_view bytes) {
    std::size_t taken = 0;
    for (;;) {
      const NatsMessage message = read_nats(bytes.substr(taken));
      if (message.bytes == 0) return taken;
      taken += message.bytes;
      if (!message.headers.empty()) {
        answer(message);
      } else if (!message.subject.empty()) {
        take(message);
      }
    }
  }
  // Flow control has a reply subject; a heartbeat names one if the server waits for it.
  void answer(const NatsMessage& status) {
    constexpr std::string_view kStalled = "Nats-Consumer-Stalled: ";
    std::string_view reply = status.reply;
    if (const auto at = status.headers.find(kStalled); at != std::string_view::npos) {
      reply = status.headers.substr(at + kStalled.size());
      reply = reply.substr(0, reply.find('\r'));
    }
    if (!reply.empty()) stream_.send(nats_publish(reply, {}, {}));
  }
  // Its reply subject is $JS.ACK.stream.consumer.deliveries.stream-sequence.consumer-sequence...
  void take(const NatsMessage& message) {
    const std::string_view number = token(message.reply, 6);
    std::uint64_t sequence = 0;
    std::from_chars(number.data(), number.data() + number.size(), sequence);
    require(sequence == ++count_, "JetStream left a message out, or sent one twice");
    sum_ += storage::crc32c(message.payload, 0);
  }

  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  PeerStream stream_;
};

std::uint64_t sum_of(const StoredStream& stream) {
  std::uint64_t sum = 0;
  for (std::uint32_t partner = 0; partner < stream.partners; ++partner) {
    std::uint32_t of_message = 0;
    std::uint64_t in_message = 0;
    for (const std::string& event :
         make_events(source_name(partner), stream.events / stream.partners)) {
      of_message = storage::crc32c(event, of_message);
      if (++in_message < stream.message_events) continue;
      sum += of_message;
      of_message = 0;
      in_message = 0;
    }
  }
  return sum;
}

}  // namespace

void JetStreamReplay::store() {
  directory_ = std::make_unique<TemporaryDirectory>(parent_);
  peer_ = std::make_unique<JetStream>(programs_, directory_->path(), stream_.message_events);
  Loop loop;
  const Load::Size size{stream_.partners, stream_.events / stream_.partners,
                        stream_.message_events};
  PeerLoad load(loop, *peer_, size, kInFlightEvents / size.batch_events);
  load.run();
  sum_ = sum_of(stream_);
}

Sample JetStreamReplay::measure() {
  if (!peer_) store();
  const std::uint64_t messages = stream_.events / stream_.message_events;
  Loop loop;
  OrderedConsumer consumer(loop, peer_->server());
  const double cpu_before = peer_->process().cpu_seconds();
  const std::uint64_t began = now_ns();
  peer_->server().ask("$JS.API.CONSUMER.CREATE.EV", kOrderedConsumer);
  loop.run_until("replaying", kReplayMax, [&] {
    consumer.check();
    return consumer.count() == messages;
  });
  const double took = seconds_since(began);
  const double cpu = peer_->process().cpu_seconds() - cpu_before;
  require(consumer.sum() == sum_, "JetStream sent other bytes than were published");
  const auto events = static_cast<double>(stream_.events);
  return {{"events/s", events / took}, {"CPU s / million events", cpu / events * 1e6}};
}

}  // namespace commonwatch::bench
