// The network side of a publisher: one coroutine that connects, opens the source and reads answers,
// beside one that sends. Everything but the part under `mutex` belongs to the network thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>

#include "clients/cpp/backoff.h"
#include "clients/cpp/publisher.h"

namespace commonwatch::client {

class PublisherSession {
 public:
  PublisherSession(PublisherOptions options, PublisherListener listener,
                   std::unique_ptr<Spool> spool);

  // Blocks until the publisher has ended; on the publisher's thread.
  void run();

  // From any thread.
  Result<void> append(const v1::Event& event, std::string_view origin, const Mark& mark);
  Result<void> drain(std::optional<std::chrono::milliseconds> timeout);
  void stop();
  PublisherCounts counts() const;
  bool ended() const;
  Spool& spool() { return *spool_; }
  const Spool& spool() const { return *spool_; }

 private:
  using Clock = std::chrono::steady_clock;
  template <class T>
  using Task = boost::asio::awaitable<T>;

  // The conversation (publisher_session.cc).
  Task<void> converse();
  Task<Fault> publish_over(const std::shared_ptr<Connection>& connection);
  Task<Result<void>> open_source(Connection& connection);
  Task<Fault> read_answers(Connection& connection);
  Task<bool> pause_before_retry(const Fault& fault);
  void report_link(LinkStatus status);
  void end(Fault fault);
  void count_pending();

  // What to send (publisher_sender.cc).
  Task<void> send_events(Connection& connection);
  bool may_send() const;
  bool is_resent(std::uint64_t index) const;
  Task<Result<std::vector<SpooledEvent>>> read_synced(std::uint64_t index, std::size_t bytes_max);
  void send_batch(Connection& connection, const std::vector<SpooledEvent>& events);
  Task<void> wait_for_wake(Clock::time_point until);
  void wake();
  void wake_from_outside();

  // What the hub says (publisher_answers.cc).
  std::optional<Fault> reconcile(std::uint64_t last_sequence);
  std::optional<Fault> accept(const v1::Published& published);
  std::optional<Fault> accept(const v1::Error& error);
  std::optional<Fault> rewind(std::uint64_t expected_sequence);
  std::optional<Fault> reject(const v1::Rejection& rejection);
  std::uint64_t acknowledged_sequence() const;

  const PublisherOptions options_;
  const PublisherListener listener_;
  const std::unique_ptr<Spool> spool_;

  boost::asio::io_context network_{1};
  boost::asio::thread_pool disk_{1};
  boost::asio::steady_timer wake_{network_};
  boost::asio::steady_timer retry_{network_};
  std::shared_ptr<Connection> connection_;
  Backoff backoff_;
  SpoolReader sending_{*spool_};
  SpoolReader rejecting_{*spool_};

  bool forget_acknowledged_ = false;   // the hub said LOG_REGRESSED
  bool link_open_ = false;             // the source is open on this connection
  std::uint64_t send_index_ = 1;       // the next to send
  std::uint64_t sent_index_ = 0;       // the highest that was sent on this connection
  std::uint64_t resent_sequence_ = 0;  // up to here the hub had events when the source was opened
  std::uint64_t credit_sequence_ = 0;
  std::uint32_t frame_bytes_max_ = 0;
  std::uint32_t batch_events_max_ = 0;
  std::deque<std::uint64_t> in_flight_;  // last index of each publish
  Clock::time_point held_until_{};       // nothing is sent before
  Clock::time_point reached_at_;         // when a hub last took events, or had all of them
  std::chrono::milliseconds asked_pause_{0};
  int rewinds_ = 0;  // since something was acknowledged

  std::atomic<bool> stopping_ = false;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> wake_posted_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  PublisherCounts counts_;
  std::optional<Fault> ended_;
};

}  // namespace commonwatch::client
