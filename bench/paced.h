// Batches that are published when they are due, whatever the hub does. On its publisher's loop.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/publisher.h"

namespace commonwatch::bench {

class Paced {
 public:
  // The publisher's source is open, and outlives it.
  Paced(Publisher& publisher, std::vector<Batch> batches, std::uint64_t interval_ns)
      : publisher_(publisher), batches_(std::move(batches)), interval_ns_(interval_ns) {}

  // The first batch is due then.
  void begin(std::uint64_t at_ns);
  // Publishes what is due by now.
  void publish_due();
  // Everything was due and is acknowledged; Incomplete if the connection is gone.
  bool is_done();
  // When each is due.
  const std::vector<std::uint64_t>& due() const { return due_; }

 private:
  Publisher& publisher_;
  std::vector<Batch> batches_;
  std::uint64_t interval_ns_;
  std::vector<std::uint64_t> due_;
  std::size_t next_ = 0;
};

}  // namespace commonwatch::bench
