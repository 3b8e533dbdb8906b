// A WebSocket to the hub, plain or over TLS, as bytes in and bytes out.
//
// Not thread-safe: everything on one single-threaded executor. At most one read, one write and one
// ping at a time. An operation in flight keeps the transport alive through its caller.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "clients/cpp/endpoint.h"
#include "clients/cpp/fault.h"
#include "clients/cpp/tls.h"

namespace commonwatch::client {

inline constexpr std::size_t kFrameBytesMax = 64U << 20U;  // of one message from the hub

class Transport {
 public:
  virtual ~Transport() = default;
  // Resolves, connects, verifies, upgrades. Bounded by the timeout as a whole.
  virtual boost::asio::awaitable<Result<void>> connect() = 0;
  virtual boost::asio::awaitable<Result<std::string>> read() = 0;
  // `frame` must live until it returns.
  virtual boost::asio::awaitable<Result<void>> write(const std::string& frame) = 0;
  virtual boost::asio::awaitable<Result<void>> ping() = 0;
  // Says goodbye and waits for the answer, a second at most. No read may be in flight.
  virtual boost::asio::awaitable<void> close() = 0;
  // Drops the connection: what is in flight ends with a fault.
  virtual void abort() = 0;
};

struct TransportOptions {
  Endpoint endpoint;
  TlsOptions tls;
  std::string token;  // goes along as `Authorization: Bearer` if not empty
  std::string client_name;
  std::chrono::milliseconds timeout{10'000};
};

Result<std::unique_ptr<Transport>> make_transport(const boost::asio::any_io_executor& executor,
                                                  TransportOptions options);

}  // namespace commonwatch::client
