#include "bench/peers/jetstream_server.h"

#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <vector>

#include "bench/hub_process.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kConnect =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}\r\nPING\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr const char* kInbox = "_INBOX.ask";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t space = line.find(' ');
    words.push_back(line.substr(0, space));
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  return words;
}

std::size_t number_of(std::string_view word) {
  std::size_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

std::vector<std::string> arguments(const PeerPrograms& programs,
                                   const std::filesystem::path& directory, std::uint16_t port) {
  const auto file = directory / "nats.conf";
  std::ofstream(file) << "host: 127.0.0.1\nport: " << port
                      << "\nping_interval: \"30m\"\nlog_file: \""
                      << (directory / "nats.log").string() << "\"\njetstream { store_dir: \""
                      << directory.string() << "\", max_mem: 1G, max_file: 32G }\n";
  return {programs.find("nats-server")->string(), "-c", file.string()};
}

}  // namespace

NatsMessage read_nats(std::string_view bytes) {
  const std::size_t line_end = bytes.find(kLineEnd);
  if (line_end == std::string_view::npos) return {};
  const std::string_view line = bytes.substr(0, line_end);
  if (line == "PING") return {line.size() + kLineEnd.size(), {}, {}, {}, {}};
  const bool has_headers = line.substr(0, 5) == "HMSG ";
  require(has_headers || line.substr(0, 4) == "MSG ", "NATS said: " + std::string(line));
  // MSG subject sid [reply] size; HMSG subject sid [reply] header-size size.
  const auto words = words_of(line);
  const std::size_t size = number_of(words.back());
  const std::size_t header_size = has_headers ? number_of(words[words.size() - 2]) : 0;
  const std::size_t begin = line_end + kLineEnd.size();
  const std::size_t end = begin + size + kLineEnd.size();
  if (end > bytes.size()) return {};
  const bool has_reply = words.size() == (has_headers ? 6 : 5);
  return {end, words[1], has_reply ? words[3] : std::string_view(),
          bytes.substr(begin, header_size), bytes.substr(begin + header_size, size - header_size)};
}

std::string nats_publish(std::string_view subject, std::string_view reply,
                         std::string_view payload) {
  std::string bytes = "PUB ";
  bytes += subject;
  bytes += ' ';
  if (!reply.empty()) (bytes += reply) += ' ';
  bytes += std::to_string(payload.size());
  ((bytes += kLineEnd) += payload) += kLineEnd;
  return bytes;
}

std::string nats_subscribe(std::string_view subject) {
  return "SUB " + std::string(subject) + " 1\r\n";
}

JetStreamServer::JetStreamServer(const PeerPrograms& programs,
                                 const std::filesystem::path& directory)
    : port_(free_port()),
      process_(programs, arguments(programs, directory, port_), directory / "peer.log", port_) {
  const std::string name = kStream;
  ask("$JS.API.STREAM.CREATE." + name,
      R"({"name":")" + name +
          R"(","subjects":["ev.>"],"storage":"file","retention":"limits","num_replicas":1,)"
          R"("max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0})");
}

void JetStreamServer::greet(BlockingSocket& socket) {
  socket.receive_until(kLineEnd);
  socket.send(kConnect);
  socket.receive_until("PONG\r\n");
}

std::string JetStreamServer::ask(const std::string& subject, const std::string& request) const {
  BlockingSocket socket(port_);
  greet(socket);
  socket.send(nats_subscribe(kInbox) + nats_publish(subject, kInbox, request));
  std::string line = socket.receive_until(kLineEnd);
  const std::size_t size = number_of(words_of(line.substr(0, line.size() - 2)).back());
  const std::string whole = line + socket.receive(size + kLineEnd.size());
  const std::string answer(read_nats(whole).payload);
  require(answer.find("\"error\"") == std::string::npos, "JetStream said: " + answer);
  return answer;
}

std::uint64_t JetStreamServer::messages() const {
  const auto info = boost::json::parse(ask(std::string("$JS.API.STREAM.INFO.") + kStream, ""));
  return info.at("state").at("messages").to_number<std::uint64_t>();
}

}  // namespace commonwatch::bench
