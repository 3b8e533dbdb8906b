// PostgreSQL 15: events in a table of one column without an index, by COPY in its binary format or
// by one prepared INSERT of as many rows as a request has events; each request commits, and is
// synced before it is answered.
#include <cstdlib>

#include "bench/peers/ingest_peer.h"
#include "bench/peers/postgres_server.h"

namespace commonwatch::bench {
namespace {

const std::string kBinary = postgres_int(1, 2);

std::string sized(const std::string& event) {
  return postgres_int(static_cast<std::uint32_t>(event.size()), 4) + event;
}

std::string copy_request(const std::vector<std::string>& events) {
  const std::string signature("PGCOPY\n\377\r\n\0", 11);
  std::string rows = signature + postgres_int(0, 4) + postgres_int(0, 4);
  for (const std::string& event : events) rows += postgres_int(1, 2) + sized(event);
  rows += postgres_int(0xffff, 2);
  return postgres_query("COPY events FROM STDIN (FORMAT binary)") + postgres_message('d', rows) +
         postgres_message('c', "");
}

// The statement `insert` with so many rows, on one connection.
std::string prepare_request(std::uint64_t rows) {
  std::string statement = "INSERT INTO events VALUES ($1)";
  for (std::uint64_t row = 2; row <= rows; ++row) statement += ",($" + std::to_string(row) + ")";
  const std::string parse = std::string("insert") + '\0' + statement + '\0' + postgres_int(0, 2);
  return postgres_message('P', parse) + postgres_message('S', "");
}

std::string insert_request(const std::vector<std::string>& events) {
  std::string bind = std::string(1, '\0') + "insert" + '\0' + postgres_int(1, 2) + kBinary +
                     postgres_int(static_cast<std::uint32_t>(events.size()), 2);
  for (const std::string& event : events) bind += sized(event);
  bind += postgres_int(0, 2);
  const std::string execute = std::string(1, '\0') + postgres_int(0, 4);
  return postgres_message('B', bind) + postgres_message('E', execute) + postgres_message('S', "");
}

class Postgres final : public IngestPeer {
 public:
  Postgres(const PeerPrograms& programs, const std::filesystem::path& directory,
           PostgresWrite write, std::uint64_t request_events)
      : write_(write), request_events_(request_events), server_(programs, directory) {
    server_.ask("CREATE TABLE events (event bytea NOT NULL)");
  }

  std::uint16_t port() const override { return server_.port(); }
  void greet(BlockingSocket& socket, std::uint32_t) const override {
    PostgresServer::greet(socket);
    if (write_ == PostgresWrite::kCopy) return;
    socket.send(prepare_request(request_events_));
    PostgresServer::wait(socket);
  }
  IngestRequest request(std::uint32_t, const std::vector<std::string>& events) const override {
    return {write_ == PostgresWrite::kCopy ? copy_request(events) : insert_request(events), 1};
  }

  // One "ready for query" each.
  Answers read_answers(std::string_view bytes) const override {
    Answers answers;
    for (;;) {
      const PostgresMessage message = read_postgres(bytes.substr(answers.bytes));
      if (message.bytes == 0) return answers;
      answers.bytes += message.bytes;
      answers.count += message.type == 'Z' ? 1 : 0;
    }
  }
  std::uint64_t stored() const override {
    return std::strtoull(server_.ask("SELECT count(*) FROM events").c_str(), nullptr, 10);
  }
  const PeerProcess& process() const override { return server_.process(); }

 private:
  PostgresWrite write_;
  std::uint64_t request_events_;
  PostgresServer server_;
};

}  // namespace

IngestPeerKind postgres_peer(const PeerPrograms& programs, PostgresWrite write) {
  const bool there = programs.find("postgres") && programs.find("initdb");
  return {std::string("PostgreSQL, ") +
              (write == PostgresWrite::kCopy ? "COPY" : "INSERT"),
          there ? "" : "postgres is not installed",
          [=](const auto& directory, std::uint64_t request_events) {
            return std::make_unique<Postgres>(programs, directory, write, request_events);
          }};
}

}  // namespace commonwatch::bench
