// Partners that publish at a rate, whatever the hub does; each is due at a time of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/paced.h"

namespace commonwatch::bench {

class PacedPartners {
 public:
  struct Size {
    std::uint32_t partners = 8;
    std::uint64_t batch_events = 100;
    double events_per_second = 0;  // of all together
    double seconds = 0;
    std::int64_t age_s = 0;  // of the last event
  };

  // Makes every frame, connects, opens the sources.
  PacedPartners(Loop& loop, std::uint16_t port, const Size& size);

  void begin(std::uint64_t at_ns);
  void publish_due();
  // Everything was due and is acknowledged.
  bool is_done();
  // From when a batch was due to its acknowledgement. Incomplete unless all is stored.
  Histogram latency() const;
  double events() const { return static_cast<double>(events_each_ * paced_.size()); }

 private:
  std::uint64_t events_each_ = 0;
  std::uint64_t interval_ns_ = 0;  // from batch to batch of one partner
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::vector<Paced> paced_;
};

}  // namespace commonwatch::bench
