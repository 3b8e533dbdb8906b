// One conversation with the hub: connected, verified, said hello, welcomed.
//
// Not thread-safe: everything on the executor it was opened on (single-threaded). A connection is
// not reopened: who wants to come back opens another one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "clients/cpp/transport.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::client {

struct ConnectOptions {
  Endpoint endpoint;
  TlsOptions tls;
  std::string token;
  std::string purpose;
  std::string client_name = "commonwatch-client/0.1";
  // For the way to the welcome as a whole.
  std::chrono::milliseconds timeout{10'000};
};

struct ReceivedMessage {
  v1::ServerMessage message;
  std::string frame;  // the bytes that it came in
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static boost::asio::awaitable<Result<std::shared_ptr<Connection>>> open(ConnectOptions options);

  const v1::Welcome& welcome() const { return welcome_; }

  // The next message. A fault when the connection has ended, or when nothing came for 2.5
  // heartbeats while this waited. One read at a time.
  boost::asio::awaitable<Result<ReceivedMessage>> read();
  // Queues the message; messages go out in order. Whether it arrived, only an answer tells.
  void send(const v1::ClientMessage& message);

  // Ends the conversation: sends what is queued, says goodbye, a second at most.
  boost::asio::awaitable<void> close();
  // Ends it at once; a read in flight ends with a fault.
  void abort();

 private:
  Connection(const boost::asio::any_io_executor& executor, std::unique_ptr<Transport> transport,
             ConnectOptions options);
  boost::asio::awaitable<Result<void>> greet();
  void start();
  boost::asio::awaitable<void> write_queued();
  boost::asio::awaitable<void> watch_silence();
  boost::asio::awaitable<void> ping_regularly();

  ConnectOptions options_;
  std::unique_ptr<Transport> transport_;
  v1::Welcome welcome_;
  std::chrono::milliseconds heartbeat_{10'000};
  std::deque<std::string> outbox_;
  boost::asio::steady_timer wake_writer_;
  boost::asio::steady_timer silence_;
  boost::asio::steady_timer ping_;
  std::chrono::steady_clock::time_point reading_since_{};
  bool reading_ = false;
  bool silent_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace commonwatch::client
