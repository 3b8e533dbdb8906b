#include "hub/session/transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <utility>

namespace commonwatch::session {
namespace {

namespace asio = boost::asio;

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(Socket socket) : Transport(std::move(socket)) {}

  Step read(asio::mutable_buffer to) override { return read_plain(to); }
  Step write(std::span<const asio::const_buffer> from) override { return write_plain(from); }
  void finish() override {
    boost::system::error_code ignored;
    socket().shutdown(asio::socket_base::shutdown_send, ignored);
  }
};

Transport::Step step_of(const boost::system::error_code& error, std::size_t bytes,
                        Transport::Outcome wait) {
  if (!error) return {Transport::Outcome::kMoved, bytes};
  return {error == asio::error::would_block ? wait : Transport::Outcome::kEnded, 0};
}

}  // namespace

Transport::Transport(Socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

Transport::Step Transport::read_plain(asio::mutable_buffer to) {
  boost::system::error_code error;
  const std::size_t bytes = socket_.read_some(to, error);
  return step_of(error, bytes, Outcome::kWaitToRead);
}

Transport::Step Transport::write_plain(std::span<const asio::const_buffer> from) {
  boost::system::error_code error;
  const std::size_t bytes = socket_.write_some(from, error);
  return step_of(error, bytes, Outcome::kWaitToWrite);
}

Task<bool> Transport::wait(Outcome outcome) {
  const auto what = outcome == Outcome::kWaitToRead ? asio::socket_base::wait_read
                                                    : asio::socket_base::wait_write;
  const auto [error] = co_await socket_.async_wait(what, asio::as_tuple(kAwait));
  co_return !error && socket_.is_open();
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::shared_ptr<Transport> make_tcp_transport(Socket socket) {
  return std::make_shared<TcpTransport>(std::move(socket));
}

}  // namespace commonwatch::session
