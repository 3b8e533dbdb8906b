#include "hub/pipeline/configuration.h"

#include <algorithm>
#include <future>
#include <utility>

#include "hub/telemetry/log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

// Taken in at a time, while nobody waits for it.
constexpr std::uint64_t kPreloadEvents = 10'000;

std::optional<wire::Configuration> read_configuration(const std::string& payload) {
  const auto event = wire::decode_hub_event(payload);
  if (!event) return std::nullopt;
  const auto* configuration = std::get_if<wire::Configuration>(&*event);
  return configuration ? std::optional(*configuration) : std::nullopt;
}

Result<void> append_configuration(storage::EventLog& log, const wire::Configuration& settings) {
  std::promise<Result<storage::Published>> promise;
  log.append_hub_event(
      wire::encode_hub_event(settings),
      [&promise](Result<storage::Published> result) { promise.set_value(std::move(result)); });
  const auto published = promise.get_future().get();
  if (!published) return published.error();
  return {};
}

// The tick at which the event became known.
Result<model::Version> tick_of(const storage::EventLog& log, model::TickLength tick,
                               model::Offset offset) {
  const auto chunk = log.read(offset);
  if (!chunk) return chunk.error();
  return tick.at_or_after((**chunk).recorded);
}

// The name of the program is recorded, and does not by itself start a new epoch.
bool shows_the_same(const wire::Configuration& a, const wire::Configuration& b) {
  return a.engine_version == b.engine_version && a.settings == b.settings;
}

}  // namespace

std::string canonical_settings(const hotspot::Settings& settings, model::TickLength tick,
                               storage::ClockMode mode) {
  std::string text = settings.canonical();
  text +=
      std::string("log.clock = ") + (mode == storage::ClockMode::kWall ? "wall" : "events") + "\n";
  text += "log.tick_us = " + std::to_string(tick.length().count()) + "\n";
  text += "tile.level = " + std::to_string(model::kTileLevel) + "\n";
  return text;
}

Result<Epoch> begin_epoch(storage::EventLog& log, const hotspot::Settings& settings,
                          model::TickLength tick) {
  const wire::Configuration now{hotspot::kEngineVersion, kHubName,
                                canonical_settings(settings, tick, log.clock_mode())};
  const auto is_configuration = [](const std::string& payload) {
    return read_configuration(payload).has_value();
  };
  auto last = log.find_last_hub_event(is_configuration);
  if (!last) return last.error();
  if (!*last || !shows_the_same(*read_configuration((*last)->second), now)) {
    if (auto appended = append_configuration(log, now); !appended) return appended.error();
    telemetry::log_info("pipeline",
                        "the settings are new: a configuration event was appended, "
                        "and a new engine epoch begins");
    last = log.find_last_hub_event(is_configuration);
    if (!last) return last.error();
  }
  const model::Offset configured = (*last)->first;
  const auto since = tick_of(log, tick, configured);
  if (!since) return since.error();
  Epoch epoch{model::make_engine_epoch(log.epoch(), configured), configured, *since, settings};
  if (configured > model::Offset(0)) epoch.recomputed_before = *since;
  const auto erasure = log.last_erasure();
  if (!erasure) return epoch;
  const auto erased = tick_of(log, tick, *erasure);
  if (!erased) return erased.error();
  epoch.altered_before = *erased;
  if (*erasure > configured) {
    epoch.id = model::make_engine_epoch(log.epoch(), *erasure);
    epoch.offset = *erasure;
    epoch.begins = *erased;
  }
  return epoch;
}

Result<void> preload(Fold& fold, const storage::EventLog& log, model::Offset below) {
  while (fold.next() < below) {
    auto chunk = log.read(fold.next());
    if (!chunk) return chunk.error();
    if (!*chunk) break;
    fold.preload(**chunk);
  }
  return {};
}

Result<Fold> prepare_fold(const storage::EventLog& log, const hotspot::Settings& settings,
                          model::TickLength tick, const std::function<bool()>& is_wanted) {
  Fold fold(Picture(settings), tick, model::Offset(0));
  const model::Offset end = log.durable().end;
  while (fold.next() < end) {
    if (!is_wanted()) {
      return make_error(ErrorCode::kShuttingDown, "the hub stops; nothing was changed");
    }
    const model::Offset next = std::min(end, fold.next().plus(kPreloadEvents));
    if (auto loaded = preload(fold, log, next); !loaded) return loaded.error();
  }
  return fold;
}

Result<Fold> open_fold(const storage::EventLog& log, const Epoch& epoch, model::TickLength tick,
                       model::Version at) {
  if (auto checkpoint = log.read_checkpoint(kAudience, epoch.id, at)) {
    auto picture = Picture::restore(epoch.settings, checkpoint->state);
    if (picture) return Fold(*std::move(picture), tick, checkpoint->next);
    telemetry::log_warning("pipeline", "a checkpoint is passed over: " + picture.error().message);
  }
  Fold fold(Picture(epoch.settings), tick, model::Offset(0));
  if (at < epoch.begins) return fold;
  if (auto loaded = preload(fold, log, epoch.offset); !loaded) return loaded.error();
  return fold;
}

}  // namespace commonwatch::pipeline
