#include "bench/web_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace commonwatch::bench {
namespace {

// Reads of one socket before the next one has its turn; of TLS all that OpenSSL holds.
constexpr int kReadsInTurn = 8;
constexpr int kUnreadBytesMax = 64 << 10;

void make_non_blocking(int socket) { fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); }

std::string upgrade(std::uint16_t port, const std::string& path, const std::string& protocol) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: Y29tbW9ud2F0Y2gtYm5jaA==\r\n";
  if (!protocol.empty()) request += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
  return request + "\r\n";
}

}  // namespace

int connect_loopback(std::uint16_t port) {
  const int connected = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(connected >= 0, std::string("socket: ") + std::strerror(errno) + "; raise ulimit -n");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connected, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const std::string why = std::strerror(errno);
    close(connected);
    throw Incomplete("connect to port " + std::to_string(port) + ": " + why);
  }
  const int on = 1;
  setsockopt(connected, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connected;
}

WebSocket::WebSocket(Loop& loop, std::uint16_t port, const std::string& path,
                     const std::string& protocol, MessageSink& sink, SSL_CTX* tls)
    : loop_(loop), sink_(sink), socket_(connect_loopback(port)), state_(State::kUpgrading) {
  if (tls != nullptr) tls_ = make_client_session(tls, socket_);
  make_non_blocking(socket_);
  loop_.watch(socket_, *this, false);
  send(upgrade(port, path, protocol));
}

WebSocket::WebSocket(Loop& loop, int socket, MessageSink& sink)
    : loop_(loop), sink_(sink), socket_(socket), state_(State::kOpen) {
  make_non_blocking(socket_);
  loop_.watch(socket_, *this, false);
}

WebSocket::~WebSocket() {
  if (reading_) loop_.forget(socket_);
  close(socket_);
}

void WebSocket::end(std::string reason) {
  if (is_gone()) return;
  state_ = State::kGone;
  reason_ = std::move(reason);
  loop_.forget(socket_);
}

void WebSocket::stop_reading() {
  reading_ = false;
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kUnreadBytesMax, sizeof kUnreadBytesMax);
  loop_.forget(socket_);
}

ssize_t WebSocket::receive_some(char* to, std::size_t size) {
  return tls_ ? tls_receive(tls_.get(), to, size) : recv(socket_, to, size, 0);
}

ssize_t WebSocket::send_some(const char* from, std::size_t size) {
  return tls_ ? tls_send(tls_.get(), from, size) : ::send(socket_, from, size, MSG_NOSIGNAL);
}

void WebSocket::ready(bool readable, bool writable) {
  // During a handshake, writing waits for what is read.
  if (writable || tls_) flush();
  if (readable && !is_gone()) receive();
}

void WebSocket::send(std::string frame) {
  if (is_gone()) return;
  unsent_.push_back(std::move(frame));
  if (!writing_) flush();
}

void WebSocket::flush() {
  while (!unsent_.empty()) {
    const std::string& frame = unsent_.front();
    const ssize_t sent = send_some(frame.data() + sent_of_first_, frame.size() - sent_of_first_);
    if (sent < 0 && errno != EAGAIN) return end(std::string("send: ") + std::strerror(errno));
    if (sent < 0) break;
    sent_of_first_ += static_cast<std::size_t>(sent);
    if (sent_of_first_ < frame.size()) continue;
    unsent_.pop_front();
    sent_of_first_ = 0;
  }
  const bool blocked = !unsent_.empty() && (!tls_ || SSL_want_write(tls_.get()));
  if (writing_ == blocked) return;
  writing_ = blocked;
  loop_.change(socket_, *this, writing_);
}

void WebSocket::receive() {
  std::vector<char>& buffer = loop_.buffer();
  for (int i = 0; (tls_ || i < kReadsInTurn) && !is_gone(); ++i) {
    const ssize_t size = receive_some(buffer.data(), buffer.size());
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return end(size == 0 ? "closed" : std::string("recv: ") + std::strerror(errno));
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    state_ == State::kOpen ? read_frames(bytes) : read_answer(bytes);
    // A TLS record is smaller than the buffer, and more of them may be there.
    if (!tls_ && bytes.size() < buffer.size()) return;
  }
}

void WebSocket::read_answer(std::string_view bytes) {
  answer_ += bytes;
  const auto header_end = answer_.find("\r\n\r\n");
  if (header_end == std::string::npos) return;
  if (answer_.compare(0, 12, "HTTP/1.1 101") != 0) {
    return end("upgrade refused: " + answer_.substr(0, answer_.find('\r')));
  }
  state_ = State::kOpen;
  const std::string frames = std::exchange(answer_, {}).substr(header_end + 4);
  if (!frames.empty()) read_frames(frames);
}

void WebSocket::read_frames(std::string_view bytes) {
  if (!reader_.read(bytes, sink_, *this)) end("the server sent what is not a frame");
}

void WebSocket::control(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::kPing) return send(client_frame(Opcode::kPong, payload));
  if (opcode == Opcode::kClose) {
    end("closed by the server: " +
        std::string(payload.substr(std::min<std::size_t>(2, payload.size()))));
  }
}

}  // namespace commonwatch::bench
