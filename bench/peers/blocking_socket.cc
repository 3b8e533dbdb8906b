#include "bench/peers/blocking_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "bench/incomplete.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {

BlockingSocket::BlockingSocket(std::uint16_t port) : socket_(connect_loopback(port)) {}

BlockingSocket::~BlockingSocket() {
  if (socket_ >= 0) close(socket_);
}

int BlockingSocket::release() {
  require(received_.empty(), "a peer said more than was expected");
  return std::exchange(socket_, -1);
}

void BlockingSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    require(sent > 0, "a peer takes nothing more");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void BlockingSocket::fill() {
  std::array<char, 65'536> buffer{};
  const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
  require(size > 0, "a peer is gone");
  received_.append(buffer.data(), static_cast<std::size_t>(size));
}

std::string BlockingSocket::receive_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = received_.find(end)) == std::string::npos) fill();
  std::string text = received_.substr(0, at + end.size());
  received_.erase(0, text.size());
  return text;
}

std::string BlockingSocket::receive(std::size_t size) {
  while (received_.size() < size) fill();
  std::string text = received_.substr(0, size);
  received_.erase(0, size);
  return text;
}

void BlockingSocket::drop_received() {
  received_.clear();
  std::array<char, 65'536> buffer{};
  while (recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace commonwatch::bench
