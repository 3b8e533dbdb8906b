#include "hub/session/replayer.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "hub/base/priority.h"

namespace commonwatch::session {
namespace {

// How often a replay that follows looks for more.
constexpr auto kFollowInterval = std::chrono::milliseconds(100);
// At whatever speed: what is beyond a century is not told apart.
constexpr auto kWaitMax = std::chrono::days(36'500);

}  // namespace

Replayer::Replayer(Services& services, Outbox& outbox, pipeline::Executor executor,
                   wire::Encoding encoding, access::Principal principal,
                   wire::ReplayRequest request)
    : services_(services),
      outbox_(outbox),
      executor_(executor),
      encoding_(encoding),
      principal_(std::move(principal)),
      request_(std::move(request)),
      signal_(executor),
      speed_(request_.speed) {}

Replayer::~Replayer() {
  if (!counted_) return;
  services_.replays.remove(principal_);
  services_.metrics.replays.Decrement();
}

void Replayer::start(Ended ended) {
  boost::asio::co_spawn(
      executor_, [self = shared_from_this()]() -> pipeline::Task<void> { co_await self->run(); },
      [self = shared_from_this(), ended = std::move(ended)](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
        ended(self->sent_, self->failure_);
      });
}

void Replayer::control(const wire::ReplayControl& control) {
  if (control.pause) {
    paused_ = *control.pause;
    anchor_.reset();
  }
  if (control.speed) {
    speed_ = *control.speed;
    anchor_.reset();
  }
  if (control.seek_recorded) seek_ = control.seek_recorded;
  if (control.cancel) cancelled_ = true;
  signal_.raise();
}

void Replayer::cancel() {
  cancelled_ = true;
  signal_.raise();
}

void Replayer::abandon() {
  abandoned_ = true;
  signal_.raise();
}

SharedBytes Replayer::next() {
  if (frames_.is_empty()) return nullptr;
  SharedBytes frame = frames_.pop();
  if (frames_.is_empty()) signal_.raise();
  return frame;
}

void Replayer::refuse(const Error& error) {
  failure_ = error;
  services_.metrics.count_error(wire::error_name(error.code));
  if (abandoned_) return;  // the outbox went with its session
  wire::ErrorContext context;
  context.retryable = error.code == ErrorCode::kTooManyReplays;
  outbox_.push(wire::encode(error, context, encoding_, request_.replay));
}

pipeline::Task<Result<void>> Replayer::begin() {
  if (auto counted = services_.replays.add(principal_, *services_.limits); !counted) {
    co_return counted.error();
  }
  counted_ = true;
  services_.metrics.replays.Increment();
  using Made = Result<std::unique_ptr<pipeline::Replay>>;
  auto make = [self = shared_from_this()]() -> Made {
    take_priority(Priority::kReplay);
    try {
      return pipeline::make_replay(self->request_, self->principal_, self->encoding_,
                                   self->services_.replay_sources);
    } catch (const Failure& failure) {
      return failure.error();
    }
  };
  auto made = co_await pipeline::run_on_pool<Made>(services_.replay_pool, executor_, std::move(make));
  if (!made) co_return made.error();
  replay_ = std::move(*made);
  sent_ = replay_->summarize(wire::ReplayEndReason::kCancelled);
  co_return Result<void>();
}

pipeline::Task<void> Replayer::run() {
  if (const auto begun = co_await begin(); !begun) {
    refuse(begun.error());
    co_return;
  }
  while (co_await obey()) {
    const auto size = speed_ > 0 ? pipeline::StepSize::kMoment : pipeline::StepSize::kPage;
    using Step = Result<pipeline::ReplayStep>;
    // Named, like every closure below: g++ 12 destroys a closure that is a temporary of a co_await
    // twice.
    auto take_step = [replay = replay_, size]() -> Step {
      take_priority(Priority::kReplay);
      try {
        return replay->next(size);
      } catch (const Failure& failure) {
        return failure.error();
      }
    };
    auto step = co_await pipeline::run_on_pool<Step>(services_.replay_pool, executor_,
                                                     std::move(take_step));
    if (!step) {
      refuse(step.error());
      co_return finish(wire::ReplayEndReason::kFailed);
    }
    if (!step->frames.empty()) co_await wait_for_moment(step->reached);
    if (is_over() || seek_) continue;
    co_await hand_over(std::move(step->frames));
    if (!step->at_end || is_over() || seek_) continue;
    if (!request_.follow) co_return finish(wire::ReplayEndReason::kEndOfRange);
    co_await wait_for_more();
  }
  finish(wire::ReplayEndReason::kCancelled);
}

pipeline::Task<bool> Replayer::obey() {
  while (paused_ && !is_over() && !seek_) co_await signal_.wait();
  if (is_over()) co_return false;
  if (!seek_) co_return true;
  const Instant target = *std::exchange(seek_, std::nullopt);
  anchor_.reset();
  auto seek = [replay = replay_, target]() -> Result<void> {
    try {
      return replay->seek(target);
    } catch (const Failure& failure) {
      return failure.error();
    }
  };
  auto sought = co_await pipeline::run_on_pool<Result<void>>(services_.replay_pool, executor_,
                                                             std::move(seek));
  sent_ = replay_->summarize(wire::ReplayEndReason::kCancelled);
  if (!sought) refuse(sought.error());
  co_return sought.has_value();
}

pipeline::Task<void> Replayer::wait_for_moment(Instant reached) {
  while (!is_over() && !seek_) {
    if (paused_) {
      co_await signal_.wait();
      continue;
    }
    if (speed_ <= 0) co_return;
    if (!anchor_) {
      anchor_ = reached;
      anchored_at_ = SteadyClock::now();
    }
    const std::chrono::duration<double> offset = (reached - *anchor_);
    const auto wait = std::min<std::chrono::duration<double>>(offset / speed_, kWaitMax);
    const auto due = anchored_at_ + std::chrono::duration_cast<SteadyClock::duration>(wait);
    if (SteadyClock::now() >= due) co_return;
    co_await signal_.wait(due);
  }
}

pipeline::Task<void> Replayer::hand_over(std::vector<std::string> frames) {
  sent_ = replay_->summarize(wire::ReplayEndReason::kEndOfRange);
  if (frames.empty()) co_return;
  for (std::string& frame : frames) frames_.push(share(std::move(frame)));
  outbox_.wake().raise();
  while (!frames_.is_empty() && !abandoned_) co_await signal_.wait();
}

pipeline::Task<void> Replayer::wait_for_more() {
  co_await signal_.wait(SteadyClock::now() + kFollowInterval);
  auto extend = [replay = replay_] {
    replay->extend();
    return true;
  };
  co_await pipeline::run_on_pool<bool>(services_.replay_pool, executor_, std::move(extend));
}

void Replayer::finish(wire::ReplayEndReason reason) {
  sent_.reason = reason;
  if (abandoned_) return;
  outbox_.push(wire::encode(sent_, encoding_, request_.replay));
}

}  // namespace commonwatch::session
