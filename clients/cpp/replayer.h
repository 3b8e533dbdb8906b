// Replays the past: events, or hotspots as an audience saw them; and proves that all of it came.
//
// run() blocks and calls the listeners on the calling thread: as long as a listener takes, the hub
// waits. stop() and control() may be called from any thread.
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
#include "clients/cpp/link.h"
#include "clients/cpp/replay_checksum.h"

namespace commonwatch::client {

struct ReplayerOptions {
  ConnectOptions connect;
  v1::Replay request;  // the number is set by the replayer
  // Gives up when a replay was cut off and no hub was reached for so long; 0: never. Before
  // anything came, the timeout of `connect` holds.
  std::chrono::milliseconds retry_max{60'000};
};

struct ReplayerListener {
  std::function<void(const ReceivedMessage&)> on_message{};
  LinkListener on_link{};
};

struct ReplaySummary {
  v1::ReplayEnd end;
  std::uint64_t received = 0;  // events or deltas, over all connections
  // The end's count and checksum agree with what came. False after a seek in mode EVENTS, where
  // the client cannot know which page is the first one behind it.
  bool verified = false;
  // How often the connection broke and the replay went on behind the last page (mode EVENTS).
  std::uint32_t breaks = 0;
};

class Replayer {
 public:
  Replayer(ReplayerOptions options, ReplayerListener listener);

  // Until the replay's end, stop() (kStopped) or a fault. Count or checksum that disagree with what
  // came are a fault. A replay of hotspots that breaks is not taken up again: kUnreachable.
  Result<ReplaySummary> run();
  void stop();
  // Pause, resume, speed, seek or cancel.
  void control(v1::ReplayControl control);

 private:
  using Clock = std::chrono::steady_clock;
  boost::asio::awaitable<Result<void>> converse();
  boost::asio::awaitable<Result<void>> receive(const std::shared_ptr<Connection>& connection);
  Result<bool> accept(const ReceivedMessage& received);
  Result<void> verify(const v1::ReplayEnd& end);
  bool can_continue() const;

  const ReplayerOptions options_;
  const ReplayerListener listener_;
  boost::asio::io_context network_{1};
  boost::asio::steady_timer retry_{network_};
  std::shared_ptr<Connection> connection_;
  Backoff backoff_;
  ReplayChecksum checksum_;
  v1::Replay request_;
  ReplaySummary summary_;
  bool anything_came_ = false;
  bool sought_ = false;
  Clock::time_point reached_at_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace commonwatch::client
