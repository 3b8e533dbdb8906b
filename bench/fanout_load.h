// What fan-out workloads have in common: a hub on which what is published changes what is shown,
// and a feed that changes the same hotspots at each tick.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/audience.h"
#include "bench/events.h"
#include "bench/histogram.h"
#include "bench/hub_process.h"
#include "bench/publisher.h"

namespace commonwatch::bench {

struct FanoutSize {
  std::uint32_t subscribers = 0;
  std::uint32_t hotspots = 200;  // changed at each tick
  std::uint32_t tick_ms = 0;
  std::uint32_t batches = 0;  // one each tick
};

// The level of the hotspots' cells.
inline constexpr int kHotspotLevel = 14;

// For the hub: every cell with an event is a hotspot, so that what a tick changes is what was
// published.
std::string fanout_settings(std::uint32_t tick_ms);
// Gives a fresh hub what it needs to have seen before it shows anything, and waits until it has.
void teach(Loop& loop, const HubProcess& hub);

// `batches` batches, each with one event at each of the places.
std::vector<Batch> make_feed(const std::string& source, const std::vector<model::LatLng>& places,
                             std::uint32_t batches);

// Publishes one batch each tick, and polls until each is acknowledged and `done()`; gives the
// moments at which each was due.
std::vector<std::uint64_t> publish_each_tick(Loop& loop, Publisher& publisher,
                                             std::vector<Batch> feed, std::uint32_t tick_ms,
                                             const std::function<bool()>& done);

// From the moment at which a batch was to be published until each subscriber had its tick: a batch
// that was held up counts with all of its delay.
Histogram delays(const Audience& audience, const std::vector<std::uint64_t>& due);

}  // namespace commonwatch::bench
