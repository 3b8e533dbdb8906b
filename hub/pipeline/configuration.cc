#include "hub/pipeline/configuration.h"

#include <algorithm>
#include <future>
#include <map>
#include <utility>

#include "hub/sharing/view.h"
#include "hub/telemetry/log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

std::string log_settings(model::TickLength tick, storage::ClockMode mode) {
  return std::string("log.clock = ") + (mode == storage::ClockMode::kWall ? "wall" : "events") +
         "\nlog.tick_us = " + std::to_string(tick.length().count()) +
         "\ntile.level = " + std::to_string(model::kTileLevel) + "\n";
}

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

// What the log says of settings so far.
struct History {
  wire::Configuration last;               // default: there was none
  std::vector<model::SourceName> erased;  // sources of the records that were erased behind it
  bool altered = false;  // something was erased when nobody wrote down whom that concerned
};

Result<History> read_history(const storage::EventLog& log) {
  History history;
  const auto found = log.find_last_hub_event([&](const std::string& payload) {
    const auto event = wire::decode_hub_event(payload);
    if (!event) return false;
    if (const auto* erasure = std::get_if<wire::Erasure>(&*event)) {
      history.erased.push_back(erasure->source);
    }
    return std::holds_alternative<wire::Configuration>(*event);
  });
  if (!found) return found.error();
  if (*found) history.last = *read_configuration((*found)->second);
  history.altered = history.last.audiences.empty() && log.last_erasure().has_value();
  return history;
}

std::uint64_t digest_of(const PictureSettings& settings, model::TickLength tick,
                        storage::ClockMode mode) {
  return model::digest_of("engine = " + std::to_string(hotspot::kEngineVersion) + "\n" +
                          log_settings(tick, mode) + settings.canonical());
}

void begin_next(wire::AudienceEpoch& epoch) {
  ++epoch.generation;
  epoch.begins = true;
}

// What becomes of an audience's epoch with the settings as they are now.
wire::AudienceEpoch next_epoch(const History& history, const PictureSettings& settings,
                               std::uint64_t digest) {
  const auto& before = history.last.audiences;
  const auto known = std::ranges::find(before, settings.audience, &wire::AudienceEpoch::audience);
  wire::AudienceEpoch epoch{settings.audience, digest, 0, false, 0, 0};
  if (known != before.end()) epoch = *known;
  epoch.begins = false;
  const auto view = sharing::View::compile(settings.sharing, settings.audience);
  const bool erased = std::ranges::any_of(history.erased, [&](const model::SourceName& source) {
    return view.term(source.partner()) != nullptr;
  });
  const bool changed = epoch.generation == 0 || epoch.digest != digest;
  if (!changed && !erased) return epoch;
  begin_next(epoch);
  epoch.digest = digest;
  if (changed) epoch.settings_generation = epoch.generation;
  const bool altered = known == before.end() ? history.altered : erased;
  if (altered) epoch.altered_generation = epoch.generation;
  return epoch;
}

// Whether an audience's epoch, with these settings of its own, cannot be folded as it was.
using IsLost = std::function<bool(const PictureSettings& own, const wire::AudienceEpoch&)>;

// Audiences that are no longer there keep their count: who comes back does not get old numbers, nor
// what was erased meanwhile.
std::vector<wire::AudienceEpoch> next_epochs(const History& history,
                                             const PictureSettings& settings,
                                             model::TickLength tick, storage::ClockMode mode,
                                             const IsLost& is_lost) {
  std::vector<wire::AudienceEpoch> epochs;
  for (const std::string& audience : settings.audiences()) {
    const PictureSettings own = settings.of(audience);
    wire::AudienceEpoch next = next_epoch(history, own, digest_of(own, tick, mode));
    if (!next.begins && is_lost(own, next)) begin_next(next);
    epochs.push_back(std::move(next));
  }
  for (wire::AudienceEpoch gone : history.last.audiences) {
    gone.begins = false;
    if (!history.erased.empty()) {
      begin_next(gone);
      gone.altered_generation = gone.generation;
    }
    if (std::ranges::find(epochs, gone.audience, &wire::AudienceEpoch::audience) == epochs.end()) {
      epochs.push_back(std::move(gone));
    }
  }
  std::ranges::sort(epochs, {}, &wire::AudienceEpoch::audience);
  return epochs;
}

// Where a generation of an audience's epochs began; the generation 0 never did.
Result<std::optional<model::Offset>> find_beginning(const storage::EventLog& log,
                                                    const std::string& audience,
                                                    std::uint32_t generation) {
  if (generation == 0) return std::optional<model::Offset>();
  const auto found = log.find_last_hub_event([&](const std::string& payload) {
    const auto configuration = read_configuration(payload);
    if (!configuration) return false;
    const auto& epochs = configuration->audiences;
    const auto known = std::ranges::find(epochs, audience, &wire::AudienceEpoch::audience);
    return known != epochs.end() && known->begins && known->generation == generation;
  });
  if (!found) return found.error();
  if (!*found) {
    return make_error(ErrorCode::kInternal, "the log does not say where the epoch of " + audience +
                                                " began; run verify on the log");
  }
  return std::optional((*found)->first);
}

// The tick before which something else was shown: that of the generation's beginning.
Result<model::Version> tick_before(const storage::EventLog& log, model::TickLength tick,
                                   const std::string& audience, std::uint32_t generation) {
  const auto offset = find_beginning(log, audience, generation);
  if (!offset) return offset.error();
  if (!*offset || **offset == model::Offset(0)) return model::Version();
  return tick_of(log, tick, **offset);
}

Result<Epoch> open_epoch(const storage::EventLog& log, const PictureSettings& settings,
                         model::TickLength tick, const wire::AudienceEpoch& of) {
  Epoch epoch;
  epoch.id = model::make_engine_epoch(log.epoch(), of.audience, of.digest, of.generation);
  epoch.settings = settings;
  epoch.view = std::make_shared<const sharing::View>(
      sharing::View::compile(settings.sharing, settings.audience));
  const auto began = find_beginning(log, of.audience, of.generation);
  if (!began) return began.error();
  epoch.offset = **began;
  const auto begins = tick_of(log, tick, epoch.offset);
  if (!begins) return begins.error();
  epoch.begins = *begins;
  const auto recomputed = tick_before(log, tick, of.audience, of.settings_generation);
  if (!recomputed) return recomputed.error();
  epoch.recomputed_before = *recomputed;
  const auto altered = tick_before(log, tick, of.audience, of.altered_generation);
  if (!altered) return altered.error();
  epoch.altered_before = *altered;
  return epoch;
}

// Where retention has reduced what would be folded again, an epoch's state is in its checkpoints
// only.
bool is_state_lost(const storage::EventLog& log, model::TickLength tick, const PictureSettings& own,
                   const wire::AudienceEpoch& of) {
  const auto reduced = log.reduced();
  if (!reduced) return false;
  const auto id = model::make_engine_epoch(log.epoch(), of.audience, of.digest, of.generation);
  const auto checkpoint =
      log.read_checkpoint(of.audience, id, tick.at_or_before(log.durable().recorded));
  return !checkpoint || checkpoint->next < reduced->end ||
         !Picture::restore(own, checkpoint->state);
}

Result<std::vector<Epoch>> begin(storage::EventLog& log, const PictureSettings& settings,
                                 model::TickLength tick, const IsLost& is_lost) {
  const model::Offset clean_below = log.durable().end;
  const auto history = read_history(log);
  if (!history) return history.error();
  const wire::Configuration now{hotspot::kEngineVersion, kHubName,
                                canonical_settings(settings, tick, log.clock_mode()),
                                next_epochs(*history, settings, tick, log.clock_mode(), is_lost)};
  const bool begins = std::ranges::any_of(now.audiences, &wire::AudienceEpoch::begins);
  if (begins || !shows_the_same(history->last, now)) {
    if (auto appended = append_configuration(log, now); !appended) return appended.error();
    telemetry::log_info("pipeline", std::string("the settings are new: a configuration event was "
                                                "appended") +
                                        (begins ? ", and a new engine epoch begins" : ""));
  }
  std::vector<Epoch> epochs;
  for (const std::string& audience : settings.audiences()) {
    const auto of = std::ranges::find(now.audiences, audience, &wire::AudienceEpoch::audience);
    auto epoch = open_epoch(log, settings.of(audience), tick, *of);
    if (!epoch) return epoch.error();
    epoch->clean_below = clean_below;
    epochs.push_back(*std::move(epoch));
  }
  return epochs;
}

}  // namespace

std::string canonical_settings(const PictureSettings& settings, model::TickLength tick,
                               storage::ClockMode mode) {
  return settings.hotspot.canonical() + log_settings(tick, mode) + settings.sharing.canonical();
}

Result<std::vector<Epoch>> begin_epochs(storage::EventLog& log, const PictureSettings& settings,
                                        model::TickLength tick) {
  return begin(log, settings, tick, [](const auto&, const auto&) { return false; });
}

Result<std::vector<Epoch>> recover_epochs(storage::EventLog& log, const PictureSettings& settings,
                                          model::TickLength tick) {
  return begin(log, settings, tick, [&](const PictureSettings& own, const auto& epoch) {
    return is_state_lost(log, tick, own, epoch);
  });
}

namespace {

// What counts up to `until`, and no further than `below`: a share of it; true: all is done.
Result<bool> preload_below(Fold& fold, const storage::EventLog& log, model::Offset below,
                           Instant until, StepShare& share) {
  while (fold.next() < below) {
    if (!share.is_left()) return false;
    auto chunk = log.read(fold.next());
    if (!chunk) return chunk.error();
    if (!*chunk || fold.counted_at(**chunk) > until) break;
    fold.preload(**chunk);
    share.take(**chunk);
  }
  return true;
}

}  // namespace

Result<void> preload(Fold& fold, const storage::EventLog& log, const Epoch& epoch,
                     model::TickLength tick) {
  for (;;) {
    StepShare share;
    const auto done = preload(fold, log, epoch, tick, share);
    if (!done) return done.error();
    if (*done) return {};
  }
}

Result<bool> preload(Fold& fold, const storage::EventLog& log, const Epoch& epoch,
                     model::TickLength tick, StepShare& share) {
  const Instant begins = tick.instant_of(epoch.begins);
  const auto done = preload_below(fold, log, epoch.offset, begins, share);
  if (done && *done) fold.begin(begins);
  return done;
}

Result<Fold> prepare_fold(const storage::EventLog& log, const PictureSettings& settings,
                          model::TickLength tick, const std::function<bool()>& is_wanted) {
  Fold fold(Picture(settings), tick, model::Offset(0));
  const storage::DurableState durable = log.durable();
  for (bool done = false; !done;) {
    if (!is_wanted()) {
      return make_error(ErrorCode::kShuttingDown, "the hub stops; nothing was changed");
    }
    StepShare share;
    const auto preloaded = preload_below(fold, log, durable.end, durable.recorded, share);
    if (!preloaded) return preloaded.error();
    done = *preloaded;
  }
  return fold;
}

Result<std::vector<NextEpoch>> prepare_epochs(
    storage::EventLog& log, const std::vector<std::shared_ptr<const Epoch>>& current,
    const PictureSettings& settings, model::TickLength tick,
    const std::function<bool()>& is_wanted) {
  std::map<std::string, Fold> folds;
  const auto erasure = log.last_erasure();
  for (const auto& epoch : current) {
    const PictureSettings own = settings.of(epoch->audience());
    const bool erased = erasure && *erasure > epoch->offset;
    if (!erased && own.canonical() == epoch->settings.canonical()) continue;
    auto fold = prepare_fold(log, own, tick, is_wanted);
    if (!fold) return fold.error();
    folds.emplace(epoch->audience(), *std::move(fold));
  }
  auto epochs = begin_epochs(log, settings, tick);
  if (!epochs) return epochs.error();
  std::vector<NextEpoch> next;
  for (Epoch& epoch : *epochs) {
    const auto made = folds.find(epoch.audience());
    // The event may have been appended before, by a reload that nobody has gone over to yet: a fold
    // that has taken in more than lies below it is none of its epoch.
    const bool usable = made != folds.end() && made->second.next() <= epoch.offset;
    next.push_back(
        {std::move(epoch), usable ? std::optional(std::move(made->second)) : std::nullopt});
  }
  return next;
}

std::optional<Fold> find_fold(const storage::EventLog& log, const Epoch& epoch,
                              model::TickLength tick, model::Version at) {
  if (auto checkpoint = log.read_checkpoint(epoch.audience(), epoch.id, at)) {
    auto picture = Picture::restore(epoch.settings, checkpoint->state);
    if (picture) return Fold(*std::move(picture), tick, checkpoint->next);
    telemetry::log_warning("pipeline", "a checkpoint is passed over: " + picture.error().message);
  }
  if (at >= epoch.begins) return std::nullopt;
  Fold fold(Picture(epoch.settings), tick, model::Offset(0));
  fold.begin(tick.instant_of(epoch.begins));
  return fold;
}

Result<Fold> open_fold(const storage::EventLog& log, const Epoch& epoch, model::TickLength tick,
                       model::Version at) {
  if (auto found = find_fold(log, epoch, tick, at)) return *std::move(found);
  Fold fold(Picture(epoch.settings), tick, model::Offset(0));
  if (auto loaded = preload(fold, log, epoch, tick); !loaded) return loaded.error();
  return fold;
}

}  // namespace commonwatch::pipeline
