// Subscribers that all watch, and what they got in common.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/subscriber.h"

namespace commonwatch::bench {

class Audience {
 public:
  // Connects `size` subscribers to everything that is shown, and waits until each is current.
  // `wave`: connections that wait for that at a time. `tls`: nothing for plain TCP.
  Audience(Loop& loop, std::uint16_t port, std::uint32_t size, std::uint32_t wave = 256,
           SSL_CTX* tls = nullptr);

  // Waits until nothing more comes, and counts from here on: while subscribers connect, a minute
  // may turn, and who came first gets one tick more.
  void begin();
  // The one that reads what it gets.
  const DeltaCounter& first() const { return subscribers_.front()->counter(); }
  const std::vector<std::unique_ptr<Subscriber>>& all() const { return subscribers_; }
  // From here on the last `count` read nothing, and nothing is asked of them.
  void stop_reading(std::uint32_t count);
  // Those that read.
  std::size_t readers() const { return readers_; }
  // The first one has everything of these batches, and all others have as many ticks as it.
  bool has(std::uint32_t batches) const;
  // Incomplete unless all got the same bytes.
  void check_equal() const;

 private:
  void wait_until_current();

  Loop& loop_;
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
  std::size_t current_ = 0;
  std::size_t readers_ = 0;
};

}  // namespace commonwatch::bench
