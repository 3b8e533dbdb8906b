#include "clients/cpp/publisher_session.h"

namespace commonwatch::client {
namespace {

constexpr std::chrono::milliseconds kRewindPause{100};
constexpr std::chrono::milliseconds kRefusedPause{1000};
// Rewinds without a single acknowledgement in between, before the connection is given up.
constexpr int kRewindsMax = 10;

}  // namespace

// What we saw acknowledged, as a sequence; 0: nothing was ever numbered.
std::uint64_t PublisherSession::acknowledged_sequence() const {
  const auto next = spool_->numbering().sequence_of(spool_->acknowledged_index() + 1);
  return next.value_or(1) - 1;
}

// The hub has everything up to `last_sequence`: decides what is sent next, and under which numbers.
// Everything unacknowledged is sent, also what the hub seems to have: if it is ours, it is a
// repeat; if another client took the number, the hub says CONFLICT and the event gets a new one.
std::optional<Fault> PublisherSession::reconcile(std::uint64_t last_sequence) {
  const auto numbering = spool_->numbering();
  const auto first = spool_->acknowledged_index() + 1;
  const auto next = spool_->next_index();
  const auto first_sequence = numbering.sequence_of(first);
  Result<void> changed;
  resent_sequence_ = last_sequence;
  rewinds_ = 0;
  send_index_ = first;
  sent_index_ = first - 1;
  if (!first_sequence) {
    changed = spool_->number_from(first, last_sequence + 1);
  } else if (*first_sequence > last_sequence + 1) {
    const auto resume = numbering.index_of(last_sequence + 1);
    const bool held = resume && *resume >= spool_->first_index();
    if (!held && !options_.accept_loss) {
      return make_fault(
          FaultKind::kPositionLost,
          "the hub has events of " + options_.source + " only up to sequence " +
              std::to_string(last_sequence) + ", acknowledged was " +
              std::to_string(*first_sequence - 1) +
              ", and the spool no longer holds those in between; ask the hub's operator, then "
              "publish the original input with --from start, or go on with --accept-loss");
    }
    send_index_ = held ? *resume : first;
    sent_index_ = send_index_ - 1;
    if (held) {
      changed = spool_->acknowledge(send_index_ - 1);
    } else {
      changed = spool_->number_from(first, last_sequence + 1);
    }
    count_pending();
  } else if (*numbering.sequence_of(next) <= last_sequence) {
    changed = spool_->number_from(next, last_sequence + 1);
  }
  if (!changed) return changed.error();
  return std::nullopt;
}

std::optional<Fault> PublisherSession::accept(const v1::Published& published) {
  if (published.source() != options_.source) return std::nullopt;
  for (const auto& rejection : published.rejections()) {
    if (auto fault = reject(rejection)) return fault;
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.stored += published.stored();
    counts_.repeated += published.repeated();
  }
  credit_sequence_ = std::max(credit_sequence_, published.credit());
  // An answer that only grants credit says nothing about what is being resent.
  const bool answers_events =
      published.stored() + published.repeated() > 0 || published.rejections_size() > 0;
  if (is_resent(spool_->acknowledged_index() + 1) && !answers_events) return std::nullopt;
  // The hub's last sequence may be none of ours, or one that is not sent again yet: an answer
  // acknowledges no more than was sent.
  const auto index = spool_->numbering().index_of(published.sequence());
  const auto acknowledged = std::min(index.value_or(sent_index_), sent_index_);
  if (acknowledged <= spool_->acknowledged_index()) return std::nullopt;
  while (!in_flight_.empty() && in_flight_.front() <= acknowledged) in_flight_.pop_front();
  send_index_ = std::max(send_index_, acknowledged + 1);
  backoff_.reset();
  reached_at_ = Clock::now();
  rewinds_ = 0;
  if (auto kept = spool_->acknowledge(acknowledged); !kept) return kept.error();
  count_pending();
  return std::nullopt;
}

std::optional<Fault> PublisherSession::reject(const v1::Rejection& rejection) {
  const auto index = spool_->numbering().index_of(rejection.sequence());
  RejectedEvent rejected;
  rejected.sequence = rejection.sequence();
  rejected.code = rejection.code();
  rejected.field = rejection.field();
  rejected.message = rejection.message();
  if (index) {
    auto events = rejecting_.read(*index, 1, 0);
    if (!events) return events.error();
    if (!events->empty()) {
      rejected.origin = events->front().origin;
      rejected.payload = events->front().payload;
    }
  }
  const bool number_was_taken = rejection.code() == v1::ERROR_CODE_CONFLICT && index &&
                                rejection.sequence() <= resent_sequence_;
  if (number_was_taken) {
    auto appended = spool_->append_again({*index, rejected.payload, rejected.origin});
    if (!appended) return appended.error();
    return std::nullopt;
  }
  {
    const std::lock_guard lock(mutex_);
    ++counts_.rejected;
  }
  if (listener_.on_rejected) listener_.on_rejected(rejected);
  return std::nullopt;
}

std::optional<Fault> PublisherSession::accept(const v1::Error& error) {
  if (!error.source().empty() && error.source() != options_.source) return std::nullopt;
  Fault fault = fault_of(error);
  switch (error.code()) {
    case v1::ERROR_CODE_SEQUENCE_GAP:
      return rewind(error.expected_sequence());
    case v1::ERROR_CODE_NO_SPACE:
    case v1::ERROR_CODE_RECOVERING:
    case v1::ERROR_CODE_RATE_LIMITED:
    case v1::ERROR_CODE_CREDIT_EXCEEDED: {
      if (error.closes()) return fault;
      // Refused as a whole; what was sent behind it is refused as a gap.
      send_index_ = spool_->acknowledged_index() + 1;
      in_flight_.clear();
      held_until_ = Clock::now() + std::max(fault.retry_after, kRefusedPause);
      LinkStatus waiting{LinkState::kWaiting, fault.message,
                         std::max(fault.retry_after, kRefusedPause)};
      report_link(waiting);
      return std::nullopt;
    }
    case v1::ERROR_CODE_SOURCE_NOT_OPEN:
      fault.retryable = true;
      return fault;
    default:
      return fault;
  }
}

// Something was refused, and what followed it is a gap. Answers to the rest of what is in flight
// are waited for, so that one rewind serves all.
std::optional<Fault> PublisherSession::rewind(std::uint64_t expected_sequence) {
  if (Clock::now() < held_until_) return std::nullopt;
  const auto index = spool_->numbering().index_of(expected_sequence);
  if (!index || *index <= spool_->acknowledged_index() || ++rewinds_ > kRewindsMax) {
    return make_retryable(FaultKind::kFailed, "the hub expects sequence " +
                                                  std::to_string(expected_sequence) + " of " +
                                                  options_.source + "; opening the source again");
  }
  send_index_ = *index;
  in_flight_.clear();
  held_until_ = Clock::now() + kRewindPause;
  return std::nullopt;
}

}  // namespace commonwatch::client
