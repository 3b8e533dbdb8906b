// Redis 7.0: a stream a partner, an event an entry, by pipelined XADD; an append-only file that is
// synced before every answer (`always`; one sync serves all commands of a turn of its loop) or each
// second (`everysec`). No snapshots, and the file is not rewritten meanwhile.
#include <cstdlib>

#include "bench/hub_process.h"
#include "bench/incomplete.h"
#include "bench/peers/ingest_peer.h"

namespace commonwatch::bench {
namespace {

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
std::string command(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) bytes += bulk(word);
  return bytes;
}
std::string stream_of(std::uint32_t partner) { return "events:" + std::to_string(partner); }

class Redis final : public IngestPeer {
 public:
  Redis(const PeerPrograms& programs, const std::filesystem::path& directory, RedisSync sync)
      : port_(free_port()),
        process_(programs,
                 {programs.find("redis-server")->string(), "--port", std::to_string(port_),
                  "--bind", "127.0.0.1", "--dir", directory.string(), "--save", "", "--appendonly",
                  "yes", "--appendfsync", sync == RedisSync::kAlways ? "always" : "everysec",
                  "--auto-aof-rewrite-percentage", "0"},
                 directory / "peer.log", port_) {}

  std::uint16_t port() const override { return port_; }
  void greet(BlockingSocket& socket, std::uint32_t) const override {
    socket.send(command({"PING"}));
    socket.receive_until("+PONG\r\n");
  }
  IngestRequest request(std::uint32_t partner,
                        const std::vector<std::string>& events) const override {
    IngestRequest request{"", static_cast<std::uint32_t>(events.size())};
    for (const std::string& event : events) {
      request.bytes += command({"XADD", stream_of(partner), "*", "e", event});
    }
    return request;
  }

  // Each is the entry's id: "$15\r\n1526919030474-0\r\n".
  Answers read_answers(std::string_view bytes) const override {
    Answers answers;
    for (;;) {
      const auto line = bytes.find("\r\n", answers.bytes);
      if (line == std::string_view::npos) return answers;
      require(bytes[answers.bytes] == '$',
              "Redis said: " + std::string(bytes.substr(answers.bytes, line - answers.bytes)));
      const auto size = std::strtoull(bytes.data() + answers.bytes + 1, nullptr, 10);
      const std::size_t end = line + 2 + size + 2;
      if (end > bytes.size()) return answers;
      answers.bytes = end;
      ++answers.count;
    }
  }

  std::uint64_t stored() const override {
    BlockingSocket socket(port_);
    std::uint64_t events = 0;
    for (std::uint32_t partner = 0;; ++partner) {
      socket.send(command({"XLEN", stream_of(partner)}));
      const std::string answer = socket.receive_until("\r\n");
      require(answer.front() == ':', "Redis said: " + answer);
      const auto length = std::strtoull(answer.c_str() + 1, nullptr, 10);
      if (length == 0) return events;
      events += length;
    }
  }
  const PeerProcess& process() const override { return process_; }

 private:
  std::uint16_t port_;
  PeerProcess process_;
};

}  // namespace

IngestPeerKind redis_peer(const PeerPrograms& programs, RedisSync sync) {
  return {std::string("Redis Streams, appendfsync ") +
              (sync == RedisSync::kAlways ? "always" : "everysec"),
          programs.find("redis-server") ? "" : "redis-server is not installed",
          [=](const auto& directory, std::uint64_t) {
            return std::make_unique<Redis>(programs, directory, sync);
          }};
}

}  // namespace commonwatch::bench
