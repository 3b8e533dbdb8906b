#include "hub/telemetry/metrics.h"

#include <prometheus/text_serializer.h>

namespace commonwatch::telemetry {
namespace {

using prometheus::Registry;

auto& counters(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

auto& counter(Registry& registry, const char* name, const char* help) {
  return counters(registry, name, help).Add({});
}

auto& gauges(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

auto& gauge(Registry& registry, const char* name, const char* help) {
  return gauges(registry, name, help).Add({});
}

auto& seconds(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(
      {}, prometheus::Histogram::BucketBoundaries{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5});
}

prometheus::Counter& events(Registry& registry, const char* disposition) {
  return counters(registry, "commonwatch_events_total",
                  "Events that became durable, by what became of them")
      .Add({{"disposition", disposition}});
}

}  // namespace

Metrics::Metrics() : Metrics(std::make_shared<Registry>()) {}

Metrics::Metrics(std::shared_ptr<Registry> registry)
    : events_stored(events(*registry, "stored")),
      events_repeated(events(*registry, "repeated")),
      events_rejected(events(*registry, "rejected")),
      publish_seconds(seconds(*registry, "commonwatch_publish_seconds",
                              "From a publish message's arrival until its events are durable")),
      connections(gauge(*registry, "commonwatch_connections", "Open WebSocket connections")),
      http_connections(gauge(*registry, "commonwatch_http_connections",
                             "Open connections that are no WebSocket, or none yet")),
      inbound_bytes(gauge(*registry, "commonwatch_inbound_bytes",
                          "Memory of large messages and bodies that have not come whole")),
      accepts_failed(counter(*registry, "commonwatch_accepts_failed_total",
                             "Connections that could not be taken: no descriptor was left")),
      subscribers(gauge(*registry, "commonwatch_subscribers", "Connections with a subscription")),
      replays(gauge(*registry, "commonwatch_replays", "Replays under way")),
      requests_paused(counter(*registry, "commonwatch_requests_paused_total",
                              "Requests that waited: their connection asked more than it may")),
      frames_sent(counter(*registry, "commonwatch_frames_sent_total",
                          "WebSocket messages sent to clients")),
      bytes_sent(counter(*registry, "commonwatch_sent_bytes_total",
                         "Bytes of WebSocket messages sent to clients")),
      snapshots_sent(counter(*registry, "commonwatch_snapshots_sent_total",
                             "Whole states sent, to new readers and to those who fell behind")),
      ticks(counter(*registry, "commonwatch_ticks_total", "Ticks at which something changed")),
      tick_seconds(
          seconds(*registry, "commonwatch_tick_seconds", "Time the engine takes for one tick")),
      hotspots(gauge(*registry, "commonwatch_hotspots", "Hotspots shown")),
      incidents(gauge(*registry, "commonwatch_incidents", "Incidents that the engine holds")),
      engine_bytes(gauge(*registry, "commonwatch_engine_bytes", "Memory of the engine's state")),
      ring_bytes(gauge(*registry, "commonwatch_ring_bytes", "Memory of the ring of frames")),
      fold_lag_events(gauge(*registry, "commonwatch_fold_lag_events",
                            "Durable events that are not folded into what is shown")),
      fold_age_seconds(
          gauge(*registry, "commonwatch_fold_age_seconds",
                "Time beyond a tick since everything that was durable then was folded")),
      log_events(gauge(*registry, "commonwatch_log_events", "Events in the log")),
      queued_bytes(
          gauge(*registry, "commonwatch_queued_bytes", "Submitted bytes that are not yet durable")),
      ready(gauge(*registry, "commonwatch_ready", "1 when subscribers are served")),
      start_timestamp_seconds(gauge(*registry, "commonwatch_start_timestamp_seconds",
                                    "Unix time at which the process began")),
      last_backup_timestamp_seconds(gauge(*registry, "commonwatch_last_backup_timestamp_seconds",
                                          "Unix time of the newest backup; 0: never")),
      disk_free_bytes(gauge(*registry, "commonwatch_disk_free_bytes",
                            "Free bytes on the disk of the data directory")),
      resident_bytes(gauge(*registry, "commonwatch_resident_bytes", "Memory of the process")),
      descriptors(gauge(*registry, "commonwatch_descriptors", "Open descriptors of the process")),
      descriptors_max(
          gauge(*registry, "commonwatch_descriptors_max", "Descriptors that the process may open")),
      clock_offset_seconds(gauge(*registry, "commonwatch_clock_offset_seconds",
                                 "How far the wall clock is ahead of recorded time")),
      registry_(std::move(registry)),
      closes_(
          counters(*registry_, "commonwatch_closes_total", "Connections that ended, by reason")),
      errors_(counters(*registry_, "commonwatch_errors_total", "Errors told to clients, by code")),
      http_(counters(*registry_, "commonwatch_http_requests_total",
                     "HTTP requests, by route and status")),
      pages_(counters(*registry_, "commonwatch_pages_total",
                      "Pages, by target and what became of an attempt")),
      graded_(gauges(*registry_, "commonwatch_alerts_graded",
                     "Alerts of the last 400 days that somebody graded, by jurisdiction")),
      real_share_(gauges(*registry_, "commonwatch_alerts_real_ratio",
                         "Share of the graded alerts that were real, by jurisdiction")),
      open_alerts_(gauges(*registry_, "commonwatch_alerts_open", "Open alerts, by level")),
      sources_(gauges(*registry_, "commonwatch_sources", "Sources, by state of health")) {}

void Metrics::count_close(std::string_view reason) {
  closes_.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::count_error(std::string_view code) {
  errors_.Add({{"code", std::string(code)}}).Increment();
}

void Metrics::count_http(std::string_view route, unsigned status) {
  http_.Add({{"route", std::string(route)}, {"status", std::to_string(status)}}).Increment();
}

void Metrics::expect_pages(std::string_view target) {
  for (const char* outcome : {"sent", "failed", "given_up", "held_back"}) {
    pages_.Add({{"target", std::string(target)}, {"outcome", outcome}});
  }
}

void Metrics::count_page(std::string_view target, std::string_view outcome) {
  pages_.Add({{"target", std::string(target)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::set_graded(std::string_view jurisdiction, double graded, double real) {
  const prometheus::Labels labels = {{"jurisdiction", std::string(jurisdiction)}};
  graded_.Add(labels).Set(graded);
  real_share_.Add(labels).Set(graded > 0 ? real / graded : 0);
}

void Metrics::set_open_alerts(std::string_view level, double count) {
  open_alerts_.Add({{"level", std::string(level)}}).Set(count);
}

void Metrics::set_sources(std::string_view state, double count) {
  sources_.Add({{"state", std::string(state)}}).Set(count);
}

std::string Metrics::scrape() const {
  if (refresh_) refresh_();
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace commonwatch::telemetry
