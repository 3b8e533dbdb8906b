#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "clients/cpp/publisher_session.h"

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
// Of a publish message, beside its events; and of each event.
constexpr std::size_t kMessageOverhead = 256;
constexpr std::size_t kEventOverhead = 8;

}  // namespace

// The hub had this number before the source was opened.
bool PublisherSession::is_resent(std::uint64_t index) const {
  const auto sequence = spool_->numbering().sequence_of(index);
  return sequence && *sequence <= resent_sequence_;
}

bool PublisherSession::may_send() const {
  if (send_index_ >= spool_->next_index()) return false;
  // What is resent goes one by one: the hub's answers all name its last sequence, and only their
  // order tells which publish they answer.
  const bool resending = !in_flight_.empty() && is_resent(in_flight_.front());
  if (in_flight_.size() >= (resending ? 1 : options_.publishes_in_flight_max)) return false;
  const auto sequence = spool_->numbering().sequence_of(send_index_);
  return sequence && *sequence <= credit_sequence_;
}

// As long as the source is open: takes what stands in the spool, makes it durable, sends it.
PublisherSession::Task<void> PublisherSession::send_events(Connection& connection) {
  std::optional<Clock::time_point> batch_due;
  while (link_open_ && !stopping_) {
    const auto now = Clock::now();
    if (now < held_until_) {
      co_await wait_for_wake(held_until_);
      continue;
    }
    if (!may_send()) {
      batch_due.reset();
      co_await wait_for_wake(Clock::time_point::max());
      continue;
    }
    if (!batch_due) batch_due = now + options_.linger;
    const auto waiting = spool_->next_index() - send_index_;
    if (waiting < batch_events_max_ && !draining_ && now < *batch_due) {
      co_await wait_for_wake(*batch_due);
      continue;
    }
    const auto index = send_index_;
    auto events = co_await read_synced(index, frame_bytes_max_ - kMessageOverhead);
    if (!link_open_) break;
    if (!events) {
      end(events.error());
      connection.abort();
      break;
    }
    if (send_index_ != index || Clock::now() < held_until_) continue;  // rewound meanwhile
    if (events->empty()) continue;
    send_batch(connection, *events);
    batch_due.reset();
  }
}

// Syncs the spool and reads from it, on the disk's thread: the network's must not wait for a disk.
PublisherSession::Task<Result<std::vector<SpooledEvent>>> PublisherSession::read_synced(
    std::uint64_t index, std::size_t bytes_max) {
  Result<std::vector<SpooledEvent>> events;
  const auto count_max = batch_events_max_;
  asio::steady_timer done(network_, Clock::time_point::max());
  bool is_done = false;
  asio::post(disk_, [&] {
    if (auto synced = spool_->sync(); !synced) {
      events = synced.error();
    } else {
      events = sending_.read(index, count_max, bytes_max - count_max * kEventOverhead);
    }
    asio::post(network_, [&] {
      is_done = true;
      done.cancel();
    });
  });
  while (!is_done) static_cast<void>(co_await done.async_wait(kToken));
  co_return events;
}

void PublisherSession::send_batch(Connection& connection, const std::vector<SpooledEvent>& events) {
  const auto numbering = spool_->numbering();
  const auto first_sequence = *numbering.sequence_of(send_index_);
  v1::ClientMessage message;
  auto& publish = *message.mutable_publish();
  publish.set_source(options_.source);
  publish.set_first_sequence(first_sequence);
  for (const auto& event : events) {
    const auto sequence = numbering.sequence_of(event.index);
    const auto expected = first_sequence + static_cast<std::uint64_t>(publish.events_size());
    // A change of numbering, or the end of what is resent: the rest goes into the next message.
    if (sequence != expected || *sequence > credit_sequence_) break;
    if (first_sequence <= resent_sequence_ && *sequence > resent_sequence_) break;
    publish.add_events(event.payload);
    send_index_ = event.index + 1;
  }
  sent_index_ = std::max(sent_index_, send_index_ - 1);
  in_flight_.push_back(send_index_ - 1);
  connection.send(message);
}

PublisherSession::Task<void> PublisherSession::wait_for_wake(Clock::time_point until) {
  wake_.expires_at(until);
  static_cast<void>(co_await wake_.async_wait(kToken));
}

void PublisherSession::wake() { wake_.cancel(); }

void PublisherSession::wake_from_outside() {
  if (wake_posted_.exchange(true)) return;
  asio::post(network_, [this] {
    wake_posted_ = false;
    wake();
  });
}

}  // namespace commonwatch::client
