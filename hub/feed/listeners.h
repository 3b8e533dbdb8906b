// Who wants to be woken. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/feed/feed.h"

namespace commonwatch::feed {

class Listeners : public std::enable_shared_from_this<Listeners> {
 public:
  std::shared_ptr<void> add(Feed::Listener listener);
  void wake();

 private:
  // One listener. Its mutex is held while it is called, so that its end can wait for that; it is
  // recursive because the call itself may be what ends it.
  struct Seat {
    explicit Seat(Feed::Listener call) : listener(std::move(call)) {}
    std::recursive_mutex mutex;
    bool taken = true;
    Feed::Listener listener;
  };
  using Seats = std::vector<std::shared_ptr<Seat>>;

  void remove(std::uint64_t number, Seat& seat);
  std::shared_ptr<const Seats> seats();

  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Seat>> by_number_;
  std::shared_ptr<const Seats> list_;  // of `by_number_`; made again when that changed
};

}  // namespace commonwatch::feed
