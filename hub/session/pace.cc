// What a connection may ask of a session, and what is heard of it, against the limits.
#include <algorithm>

#include "hub/session/session.h"

namespace commonwatch::session {
namespace {

// Seconds of the rate that may come at once.
constexpr double kBurstSeconds = 10;
constexpr auto kPause = std::chrono::milliseconds(20);
// Between two looks at the clock. What is above it, the hub itself was held up.
constexpr Duration kCheckedAtMost = std::chrono::seconds(2);

// Whether a polygon of n vertices crosses itself takes n² steps to find out, where it is made to:
// with so many vertices as long as all the rest of a request.
constexpr double kVerticesOfRequest = 50;

// JSON of so many bytes takes as long to look through as a request to answer.
constexpr double kBytesOfRequest = 16U << 10U;
// Of those that were decoded, and refused by the log. A client that tries eight publishes of 500
// again each second is not held up by it.
constexpr double kEventsOfRequest = 25;

}  // namespace

double Session::cost_of_refused(std::size_t bytes) {
  return 1 + static_cast<double>(bytes) / kBytesOfRequest;
}

double Session::cost_of(const wire::ClientMessage& message) {
  if (const auto* publish = std::get_if<wire::Publish>(&message)) {
    return 1 + static_cast<double>(publish->events.size()) / kEventsOfRequest;
  }
  std::size_t vertices = 0;
  if (const auto* subscribe = std::get_if<wire::Subscribe>(&message)) {
    vertices = subscribe->area.polygon.size();
  } else if (const auto* update = std::get_if<wire::UpdateSubscription>(&message)) {
    vertices = update->area.polygon.size();
  } else if (const auto* replay = std::get_if<wire::ReplayRequest>(&message)) {
    vertices = replay->area.polygon.size();
  }
  const double share = static_cast<double>(vertices) / kVerticesOfRequest;
  return 1 + share * share;
}

Task<void> Session::pace(double cost) {
  const auto take = [this, cost] {
    const double rate = services_.limits->session_requests_per_second_max;
    return requests_.take_costly(cost, {rate * kBurstSeconds, rate}, services_.clock.boot());
  };
  if (take()) co_return;
  services_.metrics.requests_paused.Increment();
  Signal pause(connection_->executor());
  do {
    co_await pause.wait(SteadyClock::now() + kPause);
  } while (!close_code_ && !gone_ && !take());
}

void Session::check_heard() {
  if (close_code_) return;
  const Limits& limits = *services_.limits;
  const Heard& heard = connection_->heard();
  const std::uint64_t control_frames = heard.control_frames - control_frames_seen_;
  control_frames_seen_ = heard.control_frames;
  if (control_frames > limits.session_control_frames_per_second_max) {
    end(make_error(ErrorCode::kRateLimited,
                   "more than " + std::to_string(limits.session_control_frames_per_second_max) +
                       " pings and pongs came in a second; send fewer"),
        wire::CloseCode::kOverRate);
    return;
  }
  check_silence(heard);
}

void Session::check_silence(const Heard& heard) {
  const Duration now = this->now();
  const auto limit = std::chrono::milliseconds(services_.limits->idle_timeout_ms);
  if (!heard.listening || heard.signs != signs_seen_) {
    silent_ = {};
  } else {
    silent_ += std::min(now - checked_, kCheckedAtMost);
  }
  signs_seen_ = heard.signs;
  checked_ = now;
  if (silent_ > limit) {
    end(wire::CloseCode::kIdle);
  } else if (silent_ > limit / 2 && now - pinged_ > limit / 2) {
    pinged_ = now;
    connection_->ping();
  }
}

}  // namespace commonwatch::session
