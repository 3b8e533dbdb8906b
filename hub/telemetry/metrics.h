// What the hub counts, for Prometheus: all names in one place, each with its unit. Any thread.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace commonwatch::telemetry {

class Metrics {
 public:
  Metrics();

  // Events that became durable, by what became of them.
  prometheus::Counter& events_stored;
  prometheus::Counter& events_repeated;
  prometheus::Counter& events_rejected;
  // From the frame's arrival until its events are durable.
  prometheus::Histogram& publish_seconds;

  prometheus::Gauge& connections;
  // Those that are no session, or none yet.
  prometheus::Gauge& http_connections;
  // Of messages and bodies that have not come whole.
  prometheus::Gauge& inbound_bytes;
  // Connections that could not be taken: no descriptor was left.
  prometheus::Counter& accepts_failed;
  prometheus::Gauge& subscribers;
  prometheus::Gauge& replays;
  // Of connections that ask more than they may.
  prometheus::Counter& requests_paused;
  prometheus::Counter& frames_sent;
  prometheus::Counter& bytes_sent;
  // Readers that fell behind the ring and were given the whole state.
  prometheus::Counter& snapshots_sent;

  prometheus::Counter& ticks;
  // One tick of the engine, from fold to feed.
  prometheus::Histogram& tick_seconds;
  prometheus::Gauge& hotspots;
  prometheus::Gauge& incidents;
  prometheus::Gauge& engine_bytes;
  prometheus::Gauge& ring_bytes;
  // How far what is shown lies behind what is durable.
  prometheus::Gauge& fold_lag_events;
  prometheus::Gauge& fold_age_seconds;
  prometheus::Gauge& log_events;
  prometheus::Gauge& queued_bytes;
  prometheus::Gauge& ready;
  // Unix time at which the process began; when the newest backup was taken, 0: never.
  prometheus::Gauge& start_timestamp_seconds;
  prometheus::Gauge& last_backup_timestamp_seconds;
  // Of the file system that the data directory lies on.
  prometheus::Gauge& disk_free_bytes;
  // Of the process.
  prometheus::Gauge& resident_bytes;
  prometheus::Gauge& descriptors;
  prometheus::Gauge& descriptors_max;
  // How far the wall clock is ahead of recorded time.
  prometheus::Gauge& clock_offset_seconds;

  // Connections that ended, by reason: the name of the close code; `peer`, which left by itself;
  // `bad_frame`, which broke RFC 6455; `not_admitted`, before a word.
  void count_close(std::string_view reason);
  // Errors told to clients, by code.
  void count_error(std::string_view code);
  void count_http(std::string_view route, unsigned status);
  // Pages, by target and what became of an attempt: sent, failed, given_up, held_back.
  // `expect_pages` makes them 0, so that Prometheus sees the first one rise.
  void expect_pages(std::string_view target);
  void count_page(std::string_view target, std::string_view outcome);

  // Alerts that somebody graded, and how many of these were real; open alerts of a level; sources in
  // a state (`on_time`, `late`, `silent`, `starting`).
  void set_graded(std::string_view jurisdiction, double graded, double real);
  void set_open_alerts(std::string_view level, double count);
  void set_sources(std::string_view state, double count);

  // Called before every scrape, to bring gauges up to date. Set once, at start.
  void on_scrape(std::function<void()> refresh) { refresh_ = std::move(refresh); }

  // The Prometheus text format.
  std::string scrape() const;

 private:
  Metrics(std::shared_ptr<prometheus::Registry> registry);

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& closes_;
  prometheus::Family<prometheus::Counter>& errors_;
  prometheus::Family<prometheus::Counter>& http_;
  prometheus::Family<prometheus::Counter>& pages_;
  prometheus::Family<prometheus::Gauge>& graded_;
  prometheus::Family<prometheus::Gauge>& real_share_;
  prometheus::Family<prometheus::Gauge>& open_alerts_;
  prometheus::Family<prometheus::Gauge>& sources_;
  std::function<void()> refresh_;
};

}  // namespace commonwatch::telemetry
