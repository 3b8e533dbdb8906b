// One attempt of a transport, with the time it is given.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>

#include "hub/delivery/transport.h"

namespace commonwatch::delivery::test {

// Nothing: it was cancelled after `limit`, and has ended.
inline std::optional<Outcome> try_once(Transport& transport, const Message& message,
                                       std::chrono::milliseconds limit = std::chrono::minutes(2)) {
  using asio::experimental::awaitable_operators::operator||;
  asio::io_context context{1};
  asio::steady_timer timer(context, limit);
  std::optional<Outcome> outcome;
  asio::co_spawn(context, transport.send(message) || timer.async_wait(asio::use_awaitable),
                 [&](const std::exception_ptr& exception, auto first) {
                   if (!exception && first.index() == 0) outcome = std::get<0>(first);
                 });
  context.run();
  return outcome;
}

inline Message message_of(const std::string& body) {
  return {"alert-7", "alert-7/3/desk", "alert", 2, body};
}

}  // namespace commonwatch::delivery::test
