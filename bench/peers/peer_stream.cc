#include "bench/peers/peer_stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace commonwatch::bench {

PeerStream::PeerStream(Loop& loop, int socket, Take take)
    : loop_(loop), socket_(socket), take_(std::move(take)) {
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  loop_.watch(socket_, *this, false);
}

PeerStream::~PeerStream() {
  if (!gone_) loop_.forget(socket_);
  close(socket_);
}

void PeerStream::end() {
  gone_ = true;
  loop_.forget(socket_);
}

void PeerStream::check() const { require(!gone_, "a peer is gone"); }

void PeerStream::ready(bool readable, bool writable) {
  if (writable) flush();
  if (readable && !gone_) receive();
}

void PeerStream::send(std::string bytes) {
  unsent_.push_back(std::move(bytes));
  if (!writing_) flush();
}

void PeerStream::flush() {
  while (!unsent_.empty()) {
    const std::string& first = unsent_.front();
    const ssize_t sent =
        ::send(socket_, first.data() + sent_of_first_, first.size() - sent_of_first_, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return end();
    if (sent < 0) break;
    sent_of_first_ += static_cast<std::size_t>(sent);
    if (sent_of_first_ < first.size()) continue;
    unsent_.pop_front();
    sent_of_first_ = 0;
  }
  const bool blocked = !unsent_.empty();
  if (writing_ == blocked) return;
  writing_ = blocked;
  loop_.change(socket_, *this, writing_);
}

void PeerStream::receive() {
  const ssize_t size = recv(socket_, loop_.buffer().data(), loop_.buffer().size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return end();
  const std::string_view came(loop_.buffer().data(), static_cast<std::size_t>(size));
  if (received_.empty()) {
    // Mostly whole answers come, and nothing is kept.
    received_ = came.substr(take_(came));
    return;
  }
  received_ += came;
  received_.erase(0, take_(received_));
}

}  // namespace commonwatch::bench
