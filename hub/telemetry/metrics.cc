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

auto& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
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
      subscribers(gauge(*registry, "commonwatch_subscribers", "Connections with a subscription")),
      replays(gauge(*registry, "commonwatch_replays", "Replays under way")),
      frames_sent(counter(*registry, "commonwatch_frames_sent_total",
                          "WebSocket messages sent to clients")),
      bytes_sent(counter(*registry, "commonwatch_sent_bytes_total",
                         "Bytes of WebSocket messages sent to clients")),
      snapshots_sent(counter(*registry, "commonwatch_snapshots_sent_total",
                             "Whole states sent, to new readers and to those who fell behind")),
      ticks(counter(*registry, "commonwatch_ticks_total", "Ticks at which something changed")),
      tick_seconds(seconds(*registry, "commonwatch_tick_seconds",
                           "Time the engine takes for one tick")),
      hotspots(gauge(*registry, "commonwatch_hotspots", "Hotspots shown")),
      incidents(gauge(*registry, "commonwatch_incidents", "Incidents that the engine holds")),
      engine_bytes(gauge(*registry, "commonwatch_engine_bytes", "Memory of the engine's state")),
      ring_bytes(gauge(*registry, "commonwatch_ring_bytes", "Memory of the ring of frames")),
      fold_lag_events(gauge(*registry, "commonwatch_fold_lag_events",
                            "Durable events that are not folded into what is shown")),
      log_events(gauge(*registry, "commonwatch_log_events", "Events in the log")),
      queued_bytes(gauge(*registry, "commonwatch_queued_bytes",
                         "Submitted bytes that are not yet durable")),
      ready(gauge(*registry, "commonwatch_ready", "1 when subscribers are served")),
      registry_(std::move(registry)),
      closes_(counters(*registry_, "commonwatch_closes_total",
                       "Connections that ended, by reason")),
      errors_(counters(*registry_, "commonwatch_errors_total", "Errors told to clients, by code")),
      http_(counters(*registry_, "commonwatch_http_requests_total",
                     "HTTP requests, by route and status")) {}

void Metrics::count_close(std::string_view reason) {
  closes_.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::count_error(std::string_view code) {
  errors_.Add({{"code", std::string(code)}}).Increment();
}

void Metrics::count_http(std::string_view route, unsigned status) {
  http_.Add({{"route", std::string(route)}, {"status", std::to_string(status)}}).Increment();
}

std::string Metrics::scrape() const {
  if (refresh_) refresh_();
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace commonwatch::telemetry
