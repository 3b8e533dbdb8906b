// Partners that publish together, until everything is acknowledged.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/publisher.h"

namespace commonwatch::bench {

class Load {
 public:
  struct Size {
    std::uint32_t partners = 1;
    std::uint64_t events = 0;  // of each partner
    std::uint64_t batch_events = 500;
    // Whose sources these are; empty: each of another partner, on a hub without accounts.
    std::string partner = {};
    std::uint32_t first_source = 0;  // its number
    std::int64_t age_s = 0;          // of the last event
  };

  // Makes every frame, connects, opens the sources.
  Load(Loop& loop, std::uint16_t port, const Size& size, Publisher::Flow flow);

  // Publishes everything; seconds until the last acknowledgement. Incomplete unless every event was
  // acknowledged and stored.
  double run();
  Histogram latency() const;
  std::uint64_t events() const { return size_.partners * size_.events; }

 private:
  Loop& loop_;
  Size size_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
};

}  // namespace commonwatch::bench
