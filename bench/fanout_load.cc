#include "bench/fanout_load.h"

#include <algorithm>
#include <ctime>

#include "bench/clock.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr std::chrono::seconds kDeliverMax(300);

// What the hub needs to have seen before it shows anything: a report a day at one place, and the
// calibration that it makes of them.
constexpr std::uint64_t kHistoryDays = 60;

}  // namespace

std::string fanout_settings(std::uint32_t tick_ms) {
  const std::string level = std::to_string(kHotspotLevel);
  return "[hub]\ntick_ms = " + std::to_string(tick_ms) + "\n[hotspot]\nlevel_min = " + level +
         "\nlevel_max = " + level +
         "\nwindows_hours = [6]\ncount_min = 1\nprior_persons = 0.01\nexposure_days_min = 14\n"
         "note_days = 7\nwatch_days = 7\nalert_days = 7\nnull_days = 3650\n";
}

void teach(Loop& loop, const HubProcess& hub) {
  constexpr model::LatLng kElsewhere{45, -100};
  Publisher history(loop, hub.port(), "bench/history", Publisher::Flow::kCredit);
  loop.run_until("opening the history", kConnectMax, [&] { return history.open(); });
  const std::int64_t now = std::time(nullptr);
  std::vector<std::string> events;
  for (std::uint64_t day = kHistoryDays; day > 0; --day) {
    const std::int64_t second = now - static_cast<std::int64_t>(day) * 86'400;
    events.push_back(encode_event(events.size() + 1, {kElsewhere, second}));
  }
  history.enqueue({publish_frame(history.source(), 1, events), events.size()});
  history.pump();
  // The configuration, the history, the calibration.
  loop.run_until("calibrating", kConnectMax, [&] {
    loop.poll(std::chrono::milliseconds(20));
    return hub.metric("commonwatch_log_events") >= static_cast<double>(kHistoryDays + 2);
  });
}

namespace {

// As many messages as the hub asks for, one after the other.
std::string publish_frames(const std::string& source, std::uint64_t first,
                           const std::vector<std::string>& events) {
  constexpr std::size_t kEventsMax = 1000;  // of one message
  std::string frames;
  for (std::size_t at = 0; at < events.size(); at += kEventsMax) {
    const auto begin = events.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t count = std::min(kEventsMax, events.size() - at);
    frames +=
        publish_frame(source, first + at, {begin, begin + static_cast<std::ptrdiff_t>(count)});
  }
  return frames;
}

}  // namespace

std::vector<Batch> make_feed(const std::string& source, const std::vector<model::LatLng>& places,
                             std::uint32_t batches) {
  const std::int64_t now = std::time(nullptr);
  std::vector<Batch> feed;
  std::uint64_t sequence = 0;
  for (std::uint32_t i = 0; i < batches; ++i) {
    std::vector<std::string> events;
    // Not at one second: that would be one report, sent again.
    const std::int64_t second = now - batches + i;
    for (const model::LatLng& place : places) {
      events.push_back(encode_event(++sequence, {place, second}));
    }
    feed.push_back({publish_frames(source, sequence - events.size() + 1, events), sequence});
  }
  return feed;
}

std::vector<std::uint64_t> publish_each_tick(Loop& loop, Publisher& publisher,
                                             std::vector<Batch> feed, std::uint32_t tick_ms,
                                             const std::function<bool()>& done) {
  std::vector<std::uint64_t> due;
  const std::uint64_t began = now_ns();
  for (std::size_t i = 0; i < feed.size(); ++i) due.push_back(began + i * tick_ms * 1'000'000);
  std::size_t next = 0;
  loop.run_until("delivering", kDeliverMax, [&] {
    for (; next < feed.size() && now_ns() >= due[next]; ++next) {
      publisher.enqueue(std::move(feed[next]));
      publisher.pump();
    }
    if (next < feed.size()) {
      loop.poll(std::chrono::milliseconds(1));
      return false;
    }
    return publisher.is_idle() && done();
  });
  return due;
}

Histogram delays(const Audience& audience, const std::vector<std::uint64_t>& due) {
  Histogram delays;
  const auto& counts = audience.first().counts();
  for (std::size_t reader = 0; reader < audience.readers(); ++reader) {
    const DeltaCounter& counter = audience.all()[reader]->counter();
    std::uint32_t batch = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::uint64_t arrived = counter.arrivals()[i];
      for (; batch < counts[i] && batch < due.size(); ++batch) {
        delays.record(arrived - std::min(arrived, due[batch]));
      }
    }
  }
  return delays;
}

}  // namespace commonwatch::bench
