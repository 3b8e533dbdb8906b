// A transport as Beast reads and writes HTTP on one: an AsyncReadStream and AsyncWriteStream.
#pragma once

#include <array>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "hub/session/transport.h"

namespace commonwatch::server {

class HttpStream {
 public:
  using executor_type = session::Executor;

  explicit HttpStream(std::shared_ptr<session::Transport> transport)
      : transport_(std::move(transport)) {}

  executor_type get_executor() const { return transport_->socket().get_executor(); }
  const std::shared_ptr<session::Transport>& transport() const { return transport_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const boost::asio::mutable_buffer to = *boost::asio::buffer_sequence_begin(buffers);
    return move([to](session::Transport& transport) { return transport.read(to); }, token);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    Gathered from;
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers) && from.count < from.parts.size(); ++at) {
      if (const boost::asio::const_buffer part = *at; part.size() > 0) {
        from.parts[from.count++] = part;
      }
    }
    return move(
        [from](session::Transport& transport) {
          return transport.write({from.parts.data(), from.count});
        },
        token);
  }

 private:
  // A head and the parts of a body; of more parts the first ones are written.
  struct Gathered {
    std::array<boost::asio::const_buffer, 16> parts;
    std::size_t count = 0;
  };

  // Tries, and tries again whenever the socket is ready.
  template <class Try>
  struct Moving {
    std::shared_ptr<session::Transport> transport;
    Try attempt;
    std::optional<session::Transport::Step> done;
    bool returned = false;  // the caller has

    template <class Self>
    void operator()(Self& self, boost::system::error_code error = {}) {
      using Outcome = session::Transport::Outcome;
      if (error) return self.complete(error, 0);
      session::Socket& socket = transport->socket();
      const bool was_returned = std::exchange(returned, true);
      if (!done) {
        const auto step = attempt(*transport);
        if (step.outcome == Outcome::kWaitToRead) {
          return socket.async_wait(boost::asio::socket_base::wait_read, std::move(self));
        }
        if (step.outcome == Outcome::kWaitToWrite) {
          return socket.async_wait(boost::asio::socket_base::wait_write, std::move(self));
        }
        done = step;
        if (!was_returned) return boost::asio::post(socket.get_executor(), std::move(self));
      }
      if (done->outcome == Outcome::kEnded) error = boost::asio::error::eof;
      self.complete(error, done->bytes);
    }
  };

  template <class Try, class Token>
  auto move(Try attempt, Token& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        Moving<Try>{transport_, std::move(attempt), {}}, token, transport_->socket());
  }

  std::shared_ptr<session::Transport> transport_;
};

}  // namespace commonwatch::server
