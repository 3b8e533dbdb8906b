// The bytes of one connection, moved without waiting: plain TCP, or TLS on it.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <span>

#include "hub/pipeline/async.h"

namespace commonwatch::session {

using pipeline::Executor;
using pipeline::kAwait;
using pipeline::Task;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

// On its socket's io_context. Holds no buffer while nothing moves: what is read goes into the
// caller's, and what is written is the caller's.
class Transport {
 public:
  enum class Outcome {
    kMoved,        // `bytes` of them, at least one
    kWaitToRead,   // try again once the socket can be read
    kWaitToWrite,  // once it can be written
    kEnded,        // the peer is gone
  };
  struct Step {
    Outcome outcome = Outcome::kEnded;
    std::size_t bytes = 0;
  };

  virtual ~Transport() = default;
  virtual Step read(boost::asio::mutable_buffer to) = 0;
  // The buffers one after the other. Whoever is told to wait comes back with the same bytes at the
  // front.
  virtual Step write(std::span<const boost::asio::const_buffer> from) = 0;
  // Tells the peer that nothing more will be written. Reading goes on.
  virtual void finish() = 0;

  // Until what `outcome` says; false: the socket was closed.
  Task<bool> wait(Outcome outcome);
  // Ends every wait.
  void close();
  Socket& socket() { return socket_; }

 protected:
  // In mode non-blocking from here on.
  explicit Transport(Socket socket);
  Step read_plain(boost::asio::mutable_buffer to);
  Step write_plain(std::span<const boost::asio::const_buffer> from);

 private:
  Socket socket_;
};

std::shared_ptr<Transport> make_tcp_transport(Socket socket);

}  // namespace commonwatch::session
