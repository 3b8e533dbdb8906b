#include "bench/peers/postgres_server.h"

#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "bench/hub_process.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kUser = "bench";
constexpr std::uint32_t kVersion = 3U << 16U;
constexpr auto kRecoveryMax = std::chrono::seconds(20);

std::uint32_t number_at(std::string_view bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

// Everything that is acknowledged is synced, and nothing else is done meanwhile.
std::string configuration(std::uint16_t port) {
  return "listen_addresses = '127.0.0.1'\nport = " + std::to_string(port) +
         "\nunix_socket_directories = ''\nfsync = on\nsynchronous_commit = on\n"
         "wal_level = minimal\nmax_wal_senders = 0\nwal_buffers = 16MB\n"
         "shared_buffers = 512MB\nmax_wal_size = 16GB\ncheckpoint_timeout = 1h\n"
         "autovacuum = off\njit = off\nmax_connections = 200\n";
}

}  // namespace

PostgresMessage read_postgres(std::string_view bytes) {
  constexpr std::size_t kHeader = 5;
  if (bytes.size() < kHeader) return {};
  const std::size_t end = 1 + number_at(bytes, 1, 4);
  if (bytes.size() < end) return {};
  const PostgresMessage message{end, bytes.front(), bytes.substr(kHeader, end - kHeader)};
  if (message.type != 'E') return message;
  std::string fields(message.content);
  for (char& byte : fields) byte = byte == '\0' ? ' ' : byte;
  throw Incomplete("PostgreSQL said: " + fields);
}

std::string postgres_int(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i)
    text += static_cast<char>(value >> (8U * static_cast<unsigned>(i)));
  return text;
}

std::string postgres_message(char type, std::string_view content) {
  std::string bytes = type + postgres_int(static_cast<std::uint32_t>(content.size() + 4), 4);
  return bytes += content;
}

std::string postgres_query(std::string_view statement) {
  return postgres_message('Q', std::string(statement) + '\0');
}

void PostgresServer::greet(BlockingSocket& socket) {
  const std::string parameters =
      std::string("user") + '\0' + kUser + '\0' + "database" + '\0' + "postgres" + '\0' + '\0';
  const std::string start = postgres_int(kVersion, 4) + parameters;
  socket.send(postgres_int(static_cast<std::uint32_t>(start.size() + 4), 4) + start);
  wait(socket);
}

std::string PostgresServer::wait(BlockingSocket& socket) {
  constexpr std::size_t kHeader = 5;
  constexpr std::size_t kFirstValue = 2 + 4;  // after the number of columns and its own size
  std::string value;
  for (;;) {
    std::string bytes = socket.receive(kHeader);
    bytes += socket.receive(number_at(bytes, 1, 4) - 4);
    const PostgresMessage message = read_postgres(bytes);
    if (message.type == 'D' && value.empty()) {
      value = message.content.substr(kFirstValue, number_at(message.content, 2, 4));
    }
    if (message.type == 'Z') return value;
  }
}

PostgresServer::PostgresServer(const PeerPrograms& programs, const std::filesystem::path& directory)
    : port_(free_port()) {
  const auto user = unprivileged_user();
  if (user) {
    require(chown(directory.c_str(), user->user, user->group) == 0,
            "chown " + directory.string() + ": " + std::strerror(errno));
  }
  const std::string data = (directory / "cluster").string();
  run_peer_program(programs,
                   {programs.find("initdb")->string(), "--pgdata", data, "--username", kUser,
                    "--auth", "trust", "--no-locale", "--encoding", "UTF8", "--no-sync"},
                   directory / "initdb.log", user);
  std::ofstream(directory / "cluster" / "postgresql.conf", std::ios::app) << configuration(port_);
  process_ = std::make_unique<PeerProcess>(
      programs, std::vector<std::string>{programs.find("postgres")->string(), "-D", data},
      directory / "peer.log", port_, user);
  // It listens a moment before it serves.
  const auto until = std::chrono::steady_clock::now() + kRecoveryMax;
  for (;;) {
    try {
      ask("SELECT 1");
      return;
    } catch (const Incomplete&) {
      if (std::chrono::steady_clock::now() > until) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

std::string PostgresServer::ask(std::string_view statement) const {
  BlockingSocket socket(port_);
  greet(socket);
  socket.send(postgres_query(statement));
  return wait(socket);
}

}  // namespace commonwatch::bench
