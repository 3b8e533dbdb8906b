// Watches the hotspots of an area: subscribes, follows, reconnects and resumes by itself.
//
//   Subscriber subscriber({.connect = {...}}, {.on_message = [](const auto& message) { ... }});
//   auto ended = subscriber.run();
//
// run() blocks and calls the listeners on the calling thread; stop() may be called from any thread
// and from a listener.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/cpp/backoff.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/hotspot_state.h"
#include "clients/cpp/link.h"

namespace commonwatch::client {

struct SubscriberOptions {
  ConnectOptions connect;
  v1::Area area{};  // empty: everywhere
  // From an earlier run: only what changed since comes, if the hub still has it.
  std::optional<v1::Position> resume{};
  // Gives up when no hub was reached for so long; 0: never.
  std::chrono::milliseconds retry_max{0};
};

struct SubscriberListener {
  // Every message of the subscription, after it was folded into `state`; the frame as received.
  std::function<void(const ReceivedMessage&, const HotspotState& state)> on_message{};
  LinkListener on_link{};
  // What was held cannot be continued (the position was refused, or a delta is missing): a whole
  // snapshot follows. The sentence says why.
  std::function<void(const std::string& reason)> on_gap{};
};

class Subscriber {
 public:
  Subscriber(SubscriberOptions options, SubscriberListener listener);

  // Until stop() (kStopped), or a fault that trying again does not mend.
  Fault run();
  void stop();
  // Calls back on run()'s thread after the time, for redrawing and the like.
  void call_after(std::chrono::milliseconds delay, std::function<void()> call);

  const HotspotState& state() const { return state_; }

 private:
  using Clock = std::chrono::steady_clock;
  boost::asio::awaitable<void> converse();
  boost::asio::awaitable<Fault> follow(const std::shared_ptr<Connection>& connection);
  std::optional<Fault> accept(const ReceivedMessage& received);
  void report_gap(const std::string& reason);

  const SubscriberOptions options_;
  const SubscriberListener listener_;
  boost::asio::io_context network_{1};
  boost::asio::steady_timer retry_{network_};
  Backoff backoff_;
  HotspotState state_;
  std::chrono::milliseconds asked_pause_{0};
  Clock::time_point reached_at_;
  std::atomic<bool> stopping_ = false;
  Fault ended_;
};

}  // namespace commonwatch::client
