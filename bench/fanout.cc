// fanout and fanout_full: every subscriber receives every tick's delta.
#include <algorithm>
#include <ctime>
#include <string>

#include "bench/clock.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/raw_sends.h"
#include "bench/subscriber.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr std::chrono::seconds kDeliverMax(300);
// Connections that wait for their upgrade at a time.
constexpr std::uint32_t kWave = 256;
constexpr int kLevel = 14;

struct FanoutSize {
  std::uint32_t subscribers = 0;
  std::uint32_t hotspots = 200;  // changed at each tick
  std::uint32_t tick_ms = 0;
  std::uint32_t batches = 0;  // one each tick
};

// What the hub sent, for the limit to send as much.
struct Sent {
  std::uint64_t delta_bytes = 0;
  std::uint64_t progress_bytes = 0;
  std::uint32_t deltas = 0;
};

// Every cell with an event is a hotspot, so that what a tick changes is what was published.
std::string settings(const FanoutSize& size) {
  const std::string level = std::to_string(kLevel);
  return "[hub]\ntick_ms = " + std::to_string(size.tick_ms) + "\n[hotspot]\nlevel_min = " + level +
         "\nlevel_max = " + level +
         "\nwindows_hours = [6]\ncount_min = 1\nprior_persons = 0.01\nexposure_days_min = 14\n"
         "note_days = 7\nwatch_days = 7\nalert_days = 7\nnull_days = 3650\n";
}

// What the hub needs to have seen before it shows anything: a report a day at one place, and the
// calibration that it makes of them.
constexpr std::uint64_t kHistoryDays = 60;

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

// One event in each of the same places.
std::vector<Batch> make_feed(const std::string& source, const FanoutSize& size) {
  const auto places = places_in_one_tile(size.hotspots, kLevel);
  const std::int64_t now = std::time(nullptr);
  std::vector<Batch> feed;
  std::uint64_t sequence = 0;
  for (std::uint32_t i = 0; i < size.batches; ++i) {
    std::vector<std::string> events;
    // Not at one second: that would be one report, sent again.
    const std::int64_t second = now - size.batches + i;
    for (const model::LatLng& place : places)
      events.push_back(encode_event(++sequence, {place, second}));
    feed.push_back({publish_frame(source, sequence - events.size() + 1, events), sequence});
  }
  return feed;
}

class Audience {
 public:
  Audience(Loop& loop, std::uint16_t port, std::uint32_t size) : loop_(loop) {
    for (std::uint32_t i = 0; i < size; ++i) {
      subscribers_.push_back(std::make_unique<Subscriber>(loop, port, i == 0));
      if (subscribers_.size() % kWave == 0) wait_until_current();
    }
    wait_until_current();
  }

  const DeltaCounter& first() const { return subscribers_.front()->counter(); }
  const std::vector<std::unique_ptr<Subscriber>>& all() const { return subscribers_; }
  // The first one has everything of these batches, and all others have what it has.
  bool has(std::uint32_t batches) const {
    const auto& counts = first().counts();
    return !counts.empty() && counts.back() == batches &&
           std::all_of(subscribers_.begin(), subscribers_.end(), [&](const auto& subscriber) {
             subscriber->check();
             return subscriber->counter().deltas() >= first().deltas();
           });
  }
  void check_equal() const {
    for (const auto& subscriber : subscribers_) {
      const DeltaCounter& counter = subscriber->counter();
      require(counter.deltas() == first().deltas() && counter.sum() == first().sum(),
              "a subscriber did not get the deltas that the first one got");
    }
  }

 private:
  void wait_until_current() {
    loop_.run_until("subscribing", kConnectMax, [this] {
      while (current_ < subscribers_.size() && subscribers_[current_]->open()) ++current_;
      for (std::size_t i = current_; i < subscribers_.size(); ++i) subscribers_[i]->open();
      return current_ == subscribers_.size();
    });
  }

  Loop& loop_;
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
  std::size_t current_ = 0;
};

// From the moment at which a batch was to be published until each subscriber had its delta: a
// batch that was held up counts with all of its delay.
Histogram delays(const Audience& audience, const std::vector<std::uint64_t>& due) {
  Histogram delays;
  const auto& counts = audience.first().counts();
  for (const auto& subscriber : audience.all()) {
    std::uint32_t batch = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::uint64_t arrived = subscriber->counter().arrivals()[i];
      for (; batch < counts[i]; ++batch) delays.record(arrived - std::min(arrived, due[batch]));
    }
  }
  return delays;
}

// Publishes one batch each tick; gives the moments at which each was due.
std::vector<std::uint64_t> feed_and_wait(Loop& loop, Publisher& publisher, std::vector<Batch> feed,
                                         const Audience& audience, const FanoutSize& size) {
  std::vector<std::uint64_t> due;
  const std::uint64_t began = now_ns();
  for (std::size_t i = 0; i < feed.size(); ++i) due.push_back(began + i * size.tick_ms * 1'000'000);
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
    return publisher.is_idle() && audience.has(size.batches);
  });
  return due;
}

Sample sample_of(const FanoutSize& size, const Sent& sent, double took, double cpu,
                 const Histogram& delays) {
  const double deliveries = static_cast<double>(sent.deltas) * size.subscribers;
  return {
      {"CPU s / million deliveries", cpu / deliveries * 1e6},
      {"deliveries/s", deliveries / took},
      {"delay p50 ms", delays.quantile_ms(0.5)},
      {"delay p99 ms", delays.quantile_ms(0.99)},
      {"bytes a tick", static_cast<double>(sent.delta_bytes / sent.deltas + sent.progress_bytes)}};
}

// Subscribers and feed against a hub that runs; they are gone when this returns.
Sample feed_subscribers(const HubProcess& hub, const FanoutSize& size, Sent& sent) {
  Loop loop;
  teach(loop, hub);
  const auto resident = static_cast<double>(hub.resident_bytes());
  const Audience audience(loop, hub.port(), size.subscribers);
  const double memory = static_cast<double>(hub.resident_bytes()) - resident;
  Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
  loop.run_until("opening the feed", kConnectMax, [&] { return publisher.open(); });
  auto feed = make_feed(publisher.source(), size);

  const double cpu_before = hub.cpu_seconds();
  const std::uint64_t began = now_ns();
  const auto due = feed_and_wait(loop, publisher, std::move(feed), audience, size);
  const double took = seconds_since(began);
  const double cpu = hub.cpu_seconds() - cpu_before;
  audience.check_equal();
  sent = {audience.first().delta_bytes(), audience.first().progress_bytes(),
          audience.first().deltas()};
  Sample sample = sample_of(size, sent, took, cpu, delays(audience, due));
  sample.emplace_back("resident KB / idle subscriber", memory / size.subscribers / 1024);
  return sample;
}

Sample fan_out_by_hub(const Setup& setup, const FanoutSize& size, Sent& sent) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", settings(size));
  Sample sample = feed_subscribers(hub, size, sent);
  hub.stop();
  return sample;
}

Sample fan_out_raw(const FanoutSize& size, const Sent& sent, bool paced) {
  require(sent.deltas > 0, "the hub is measured first");
  Loop loop;
  RawSends sends(loop, size.subscribers);
  const auto payload = [](Tag tag, std::uint64_t bytes) {
    std::string text(bytes, '\x5a');
    text.front() = static_cast<char>(tag);
    return server_frame(Opcode::kBinary, text);
  };
  const std::uint64_t began = now_ns();
  const std::uint64_t interval = paced ? size.tick_ms * 1'000'000ULL : 0;
  sends.start(payload(Tag::kDelta, sent.delta_bytes / sent.deltas) +
                  payload(Tag::kProgress, sent.progress_bytes),
              sent.deltas, std::chrono::nanoseconds(interval));
  loop.run_until("raw sends", kDeliverMax, [&] {
    for (std::uint32_t i = size.subscribers; i-- > 0;) {
      if (sends.counter(i).deltas() < sent.deltas) return false;
    }
    return true;
  });
  const double took = seconds_since(began);
  const double cpu = sends.finish();
  Histogram delays;
  for (std::uint32_t i = 0; i < size.subscribers; ++i) {
    require(sends.counter(i).sum() == sends.counter(0).sum(), "raw sends arrived changed");
    for (std::uint32_t tick = 0; tick < sent.deltas; ++tick) {
      delays.record(sends.counter(i).arrivals()[tick] - began - tick * interval);
    }
  }
  return sample_of(size, sent, took, cpu, delays);
}

Contenders make(const Setup& setup, const FanoutSize& size, bool paced) {
  const auto sent = std::make_shared<Sent>();
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub", [=] { return fan_out_by_hub(setup, size, *sent); }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kLimit, "raw loopback sends", [=] { return fan_out_raw(size, *sent, paced); }));
  return contenders;
}

}  // namespace

Contenders make_fanout(const Setup& setup) {
  FanoutSize size{setup.subscribers, 200, 100, 60};
  if (setup.small) size = {20, 20, 50, 5};
  return make(setup, size, true);
}

Contenders make_fanout_full(const Setup& setup) {
  FanoutSize size{setup.subscribers, 200, 10, 200};
  if (setup.small) size = {20, 20, 10, 10};
  return make(setup, size, false);
}

}  // namespace commonwatch::bench
