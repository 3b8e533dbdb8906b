#include "hub/server/tls_transport.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace commonwatch::server {
namespace {

namespace asio = boost::asio;

// The most that one TLS record holds.
constexpr std::size_t kRecordBytes = 16'384;

}  // namespace

// OpenSSL's way to the socket. Its own one would end the process by SIGPIPE when the peer is gone.
struct SocketBio {
  static TlsTransport& owner(BIO* bio) { return *static_cast<TlsTransport*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    const auto step = owner(bio).read_plain(asio::buffer(to, static_cast<std::size_t>(size)));
    if (step.outcome == session::Transport::Outcome::kMoved) return static_cast<int>(step.bytes);
    if (step.outcome == session::Transport::Outcome::kWaitToRead) BIO_set_retry_read(bio);
    return step.outcome == session::Transport::Outcome::kWaitToRead ? -1 : 0;
  }

  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const asio::const_buffer bytes(from, static_cast<std::size_t>(size));
    const auto step = owner(bio).write_plain({&bytes, 1});
    if (step.outcome == session::Transport::Outcome::kMoved) return static_cast<int>(step.bytes);
    if (step.outcome == session::Transport::Outcome::kWaitToWrite) BIO_set_retry_write(bio);
    return -1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_read(method, &read);
      BIO_meth_set_write(method, &write);
      BIO_meth_set_ctrl(method, &control);
      return method;
    }();
    return made;
  }
};

TlsTransport::TlsTransport(session::Socket socket, SSL_CTX* context)
    : session::Transport(std::move(socket)), ssl_(SSL_new(context)) {
  BIO* const bio = ssl_ ? BIO_new(SocketBio::method()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_set_accept_state(ssl_.get());
}

session::Transport::Step TlsTransport::step_of(int result) {
  if (result > 0) return {Outcome::kMoved, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Outcome::kWaitToRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Outcome::kWaitToWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Outcome::kEnded, 0};
    default:
      // Nothing may be asked of it any more, not even to say goodbye.
      failed_ = true;
      return {Outcome::kEnded, 0};
  }
}

session::Task<bool> TlsTransport::handshake() {
  for (;;) {
    ERR_clear_error();
    const Step step = step_of(SSL_do_handshake(ssl_.get()));
    if (step.outcome == Outcome::kMoved) co_return true;
    if (step.outcome == Outcome::kEnded) co_return false;
    const bool ready = co_await wait(step.outcome);
    if (!ready) co_return false;
  }
}

session::Transport::Step TlsTransport::read(asio::mutable_buffer to) {
  ERR_clear_error();
  const int size = static_cast<int>(std::min<std::size_t>(to.size(), 1U << 20U));
  return step_of(SSL_read(ssl_.get(), to.data(), size));
}

// A record for each buffer would cost the peer a read each: they are put together.
session::Transport::Step TlsTransport::write(std::span<const asio::const_buffer> from) {
  thread_local std::array<char, kRecordBytes> record;
  std::size_t size = 0;
  for (const asio::const_buffer& buffer : from) {
    const std::size_t part = std::min(buffer.size(), record.size() - size);
    std::memcpy(record.data() + size, buffer.data(), part);
    size += part;
    if (size == record.size()) break;
  }
  ERR_clear_error();
  return step_of(SSL_write(ssl_.get(), record.data(), static_cast<int>(size)));
}

void TlsTransport::finish() {
  if (!failed_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  boost::system::error_code ignored;
  socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

}  // namespace commonwatch::server
