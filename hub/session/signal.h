// A flag that one coroutine waits for and others raise, on one io_context.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>

#include "hub/pipeline/async.h"

namespace commonwatch::session {

using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>,
                                                pipeline::Executor>;

class Signal {
 public:
  explicit Signal(pipeline::Executor executor) : timer_(executor) {}

  // Remembered until somebody waits.
  void raise() {
    raised_ = true;
    timer_.cancel();
  }

  // Until it is raised, or `deadline` has passed.
  pipeline::Task<void> wait(SteadyClock::time_point deadline = SteadyClock::time_point::max()) {
    if (!raised_) {
      timer_.expires_at(deadline);
      co_await timer_.async_wait(boost::asio::as_tuple(pipeline::kAwait));
    }
    raised_ = false;
  }

 private:
  Timer timer_;
  bool raised_ = false;
};

}  // namespace commonwatch::session
