// The hub without sockets: log, ingest, aggregation and feed over a temporary directory.
#pragma once

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "hub/pipeline/aggregation.h"
#include "hub/pipeline/alert_history.h"
#include "hub/pipeline/configuration.h"
#include "hub/pipeline/ingest.h"
#include "hub/pipeline/own_events.h"
#include "hub/pipeline/replay.h"
#include "hub/wire/hub_event.h"
#include "hub/wire/server_message.h"

namespace commonwatch::tests {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline const model::TickLength kTick{std::chrono::seconds(60)};
inline const Instant kStart = *parse_rfc3339("2024-03-01T00:00:00Z");

// The fewest null days that may be set: a calibration takes a second or two.
inline hotspot::Settings quick_settings() {
  hotspot::Settings settings;
  settings.null_days = 3650;
  return settings;
}

// Of a hub without agreements.
inline pipeline::PictureSettings open_settings(const hotspot::Settings& hotspot = quick_settings()) {
  return {hotspot, {}, std::string(model::kOpenAudience)};
}

class Core {
 public:
  explicit Core(const std::filesystem::path& directory,
                const hotspot::Settings& settings = quick_settings(), const Limits& limits = {})
      : Core(directory, open_settings(settings), limits) {}
  Core(const std::filesystem::path& directory, const pipeline::PictureSettings& settings,
       const Limits& limits = {})
      : limits_(limits),
        log_(open(directory)),
        channels_(pipeline::recover_epochs(*log_, settings, kTick).value(),
                  {64U << 20U, std::chrono::days(36'500)}, frames()),
        ingest_(*log_, clock_, limits_, metrics_),
        aggregation_(*log_, channels_, kTick, clock_, limits_, metrics_,
                     [](const Error& error) { FAIL(error.message); }),
        sources_{*log_, channels_, kTick, limits_} {
    log_->set_durable_listener([this](storage::DurableState) { aggregation_.wake(); });
    aggregation_.start();
    // As a hub, which takes nothing before: else events would pass the first calibration.
    while (!aggregation_.is_ready()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ~Core() { stop(); }

  void stop() {
    aggregation_.stop();
    log_->close();
  }

  // A source that is held open: time does not move behind its last event.
  struct Held {
    storage::SourceHandle handle;
    model::Sequence last;
  };
  Result<Held> open_source(const std::string& source) {
    std::promise<Result<storage::SourceOpened>> opened;
    ingest_.open(
        principal_, source, model::Sequence(0), {},
        [&](Result<storage::SourceOpened> result) { opened.set_value(std::move(result)); });
    auto result = opened.get_future().get();
    if (!result) return result.error();
    return Held{result->handle, result->last};
  }
  // Waits until all of it is durable.
  Result<storage::Published> publish(Held& held, const std::vector<std::string>& events_json) {
    std::vector<wire::DecodedEvent> events;
    for (const std::string& json : events_json) {
      events.push_back(wire::decode_event(json, wire::Encoding::kJson, limits_));
    }
    std::promise<Result<storage::Published>> published;
    ingest_.publish(
        principal_, held.handle, held.last.next(), std::move(events),
        [&](Result<void> ordered) {
          if (!ordered) published.set_value(ordered.error());
        },
        [&](Result<storage::Published> result) { published.set_value(std::move(result)); });
    auto result = published.get_future().get();
    if (result) held.last = result->last;
    return result;
  }
  // The last one that is closed moves time on by a tick, before this returns.
  void close_source(const Held& held) {
    ingest_.close(held.handle);
    std::promise<void> done;
    log_->seal(log_->durable().recorded, [&](const auto&) { done.set_value(); });
    done.get_future().wait();
  }
  // All in one: opens, publishes, closes.
  Result<storage::Published> publish(const std::string& source,
                                     const std::vector<std::string>& events_json) {
    auto held = open_source(source);
    if (!held) return held.error();
    auto result = publish(*held, events_json);
    close_source(*held);
    return result;
  }
  // An event of the hub's own, as an operator's words become one.
  void say(const wire::HubEvent& event) {
    std::promise<Result<storage::Published>> done;
    log_->append_hub_event(wire::encode_hub_event(event), [&](Result<storage::Published> result) {
      done.set_value(std::move(result));
    });
    REQUIRE(done.get_future().get().has_value());
  }

  // Waits until every tick that what is durable seals was given out.
  void settle() {
    while (!aggregation_.is_ready() ||
           feed().position().version < kTick.at_or_before(log_->durable().recorded)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  // As after an erasure or with other settings; waits until the feeds have gone over to it. Gives
  // the epoch of the audience that sees most.
  pipeline::Epoch begin_epoch(const pipeline::PictureSettings& settings) {
    const auto epochs = pipeline::begin_epochs(*log_, settings, kTick).value();
    std::vector<pipeline::NextEpoch> next;
    for (const pipeline::Epoch& epoch : epochs) next.push_back({epoch, std::nullopt});
    aggregation_.begin_epochs(std::move(next));
    for (const pipeline::Epoch& epoch : epochs) {
      while (feed(epoch.audience()).position().epoch != epoch.id) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
    return epochs.back();
  }
  pipeline::Epoch begin_epoch(const hotspot::Settings& settings) {
    return begin_epoch(open_settings(settings));
  }

  std::unique_ptr<pipeline::Replay> begin_replay(const wire::ReplayRequest& request) {
    auto replay = pipeline::make_replay(request, principal_, wire::Encoding::kJson, sources_);
    REQUIRE(replay.has_value());
    return *std::move(replay);
  }
  // Every step of a replay, one frame after the other, and its summary.
  std::pair<std::vector<std::string>, wire::ReplayEnd> replay(const wire::ReplayRequest& request) {
    const auto replay = begin_replay(request);
    std::vector<std::string> frames;
    for (;;) {
      auto step = replay->next(pipeline::StepSize::kPage);
      REQUIRE(step.has_value());
      frames.insert(frames.end(), step->frames.begin(), step->frames.end());
      if (step->at_end) break;
    }
    return {frames, replay->summarize(wire::ReplayEndReason::kEndOfRange)};
  }

  storage::EventLog& log() { return *log_; }
  pipeline::Aggregation& aggregation() { return aggregation_; }
  // Of the audience that sees most, or of another.
  pipeline::Channel& channel() const { return channels_.widest(); }
  pipeline::Channel& channel(std::string_view audience) const {
    return *channels_.find(audience).value();
  }
  feed::Feed& feed() { return channel().feed; }
  const feed::Feed& feed() const { return channel().feed; }
  feed::Feed& feed(std::string_view audience) { return channel(audience).feed; }
  // Every alert that there is, in the order of opening.
  std::vector<model::Alert> all_alerts() const {
    return channel().alerts.find(std::nullopt, std::nullopt);
  }
  pipeline::Ingest& ingest() { return ingest_; }
  const pipeline::ReplaySources& sources() const { return sources_; }
  const access::Principal& principal() const { return principal_; }
  void set_principal(access::Principal principal) { principal_ = std::move(principal); }
  const Limits& limits() const { return limits_; }

  static feed::FrameMaker frames() {
    return {[](const model::TileDelta& d) { return wire::encode(d, wire::Encoding::kBinary); },
            [](const model::TileState& t) { return wire::encode(t, wire::Encoding::kBinary); },
            [](const model::Position& p, Instant t) {
              return wire::encode(wire::Progress{p, t}, wire::Encoding::kBinary);
            },
            &wire::to_json_frame};
  }

 private:
  static std::unique_ptr<storage::EventLog> open(const std::filesystem::path& directory) {
    static const SystemClock clock;
    storage::LogOptions options;
    options.directory = directory;
    options.clock_mode = storage::ClockMode::kEvents;
    options.tick = kTick;
    pipeline::set_own_events(options);
    return storage::EventLog::open(options, clock).value();
  }

  Limits limits_;
  SystemClock clock_;
  telemetry::Metrics metrics_;
  access::Principal principal_ = access::anyone();
  std::unique_ptr<storage::EventLog> log_;
  pipeline::Channels channels_;
  pipeline::Ingest ingest_;
  pipeline::Aggregation aggregation_;
  pipeline::ReplaySources sources_;
};

// An overdose `after` the start, in proto3 JSON.
inline std::string overdose(const std::string& record, Duration after, double latitude = 40.115,
                            double longitude = -75.344, int revision = 0) {
  return R"({"recordId":")" + record + R"(","revision":)" + std::to_string(revision) +
         R"(,"occurredAt":")" + to_rfc3339(kStart + after) + R"(","location":{"latitude":)" +
         std::to_string(latitude) + R"(,"longitude":)" + std::to_string(longitude) +
         R"(,"kind":"LOCATION_KIND_SCENE"},"overdose":{"certainty":"CERTAINTY_SUSPECTED"}})";
}

inline std::string retraction(const std::string& record, Duration after, int revision) {
  return R"({"recordId":")" + record + R"(","revision":)" + std::to_string(revision) +
         R"(,"occurredAt":")" + to_rfc3339(kStart + after) + R"(","retraction":{}})";
}

inline constexpr int kQuietDays = 40;
inline constexpr int kPerDay = 3;
inline constexpr int kBurst = 12;
inline constexpr std::chrono::hours kBurstAt{kQuietDays * 24};

// Forty days of a steady rhythm, thinly spread, those of one day far from each other: from the 37th
// on there is a calibration.
inline std::vector<std::string> quiet() {
  std::vector<std::string> events;
  for (int n = 0; n < kQuietDays * kPerDay; ++n) {
    const int day = n / kPerDay;
    events.push_back(overdose("b" + std::to_string(n),
                              std::chrono::hours(day * 24 + (n % kPerDay) * 7),
                              40.0 + 0.02 * (n * 7 % 17), -75.6 + 0.03 * (n * 5 % 13)));
  }
  return events;
}

// A dozen within four hours at one corner.
inline std::vector<std::string> burst() {
  std::vector<std::string> events;
  for (int n = 0; n < kBurst; ++n) {
    events.push_back(overdose("c" + std::to_string(n), kBurstAt + std::chrono::minutes(20 * n)));
  }
  return events;
}

inline std::vector<std::string> city() {
  std::vector<std::string> events = quiet();
  for (std::string& event : burst()) events.push_back(std::move(event));
  return events;
}

}  // namespace commonwatch::tests
