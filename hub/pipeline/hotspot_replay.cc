// Replay of hotspots: a second engine over the same log, and the same bodies as live.
//
// As known then (the default): the fold as it ran, in recorded time. As known now, or with a range
// of occurred time: the records as they stand now, time running in occurred time.
#include <algorithm>
#include <utility>

#include "hub/access/cursor.h"
#include "hub/pipeline/checksum.h"
#include "hub/pipeline/replay.h"
#include "hub/pipeline/step_share.h"

namespace commonwatch::pipeline {
namespace {

// What a tick costs that is given out, in small chunks of the log.
constexpr std::size_t kTickChunks = 8;

class HotspotReplay final : public Replay {
 public:
  HotspotReplay(wire::Encoding encoding, std::uint32_t number, bool now, model::Area area,
                const Channel& channel, const ReplaySources& from)
      : encoding_(encoding),
        number_(number),
        now_(now),
        area_(std::move(area)),
        channel_(channel),
        from_(from),
        epoch_(channel.epoch.get()) {}

  Result<void> begin(const wire::ReplayRequest& request);
  Result<ReplayStep> next(StepSize size) override;
  Result<void> seek(Instant time) override;
  void extend() override;
  wire::ReplayEnd summarize(wire::ReplayEndReason reason) const override;

 private:
  // Begins the fold that is to stand where every tick up to `version` was given out.
  void begin_fold(model::Version version);
  // Some of the way there; true: all of it.
  Result<bool> fold_to_start(StepShare& share);
  // Some of what is known now; true: all of it.
  Result<bool> preload(StepShare& share);
  void snapshot(ReplayStep& step) const;
  void deliver(model::Version version, Instant as_of, const std::vector<model::TileDelta>& deltas);
  // What may no longer be shown as it was folded.
  Result<void> check_epoch() const;
  // Takes in the next chunk or tick, or gives out what is left up to `end`; false there.
  Result<bool> advance(model::Version end, StepShare& share, const TickSink& sink);
  // The next tick at which the passing of time changes something.
  std::optional<model::Version> next_due() const;
  bool selects(model::Tile tile) const;
  wire::ReplayMarks marks() const;
  model::Version last_tick() const { return channel_.feed.position().version; }

  wire::Encoding encoding_;
  std::uint32_t number_;
  bool now_;
  model::Area area_;
  const Channel& channel_;
  ReplaySources from_;
  // As it was at the beginning: a replay is of one epoch.
  std::shared_ptr<const Epoch> epoch_;

  std::optional<Fold> fold_;
  model::Version first_;
  model::Version end_;
  bool open_end_ = false;
  model::Version start_;  // of the fold, since the beginning or the last seek
  bool is_preloaded_ = false;
  bool is_at_start_ = false;
  bool fresh_ = true;  // the snapshot was not sent
  bool done_ = false;
  bool is_outlived_ = false;  // another epoch began behind the range
  ReplayStep step_;           // what the sink fills
  std::size_t step_bytes_ = 0;
  std::uint64_t count_ = 0;
  Checksum checksum_;
};

Result<void> HotspotReplay::begin(const wire::ReplayRequest& request) {
  const auto& from = now_ && request.from_occurred ? request.from_occurred : request.from_recorded;
  const auto& to = now_ && request.to_occurred ? request.to_occurred : request.to_recorded;
  open_end_ = !to;
  end_ = last_tick();
  if (to) end_ = std::min(end_, from_.tick.at_or_before(*to));
  if (from) first_ = std::min(end_, from_.tick.at_or_before(*from));
  if (request.from_cursor) {
    const auto place = access::open_cursor(from_.log.epoch(), *request.from_cursor);
    if (!place) {
      return make_error(ErrorCode::kCursorInvalid,
                        "the cursor is not one of this hub's log; begin again without it",
                        "replay.from_cursor");
    }
    first_ = std::min(end_, from_.tick.at_or_before(place->recorded));
  }
  begin_fold(first_);
  return {};
}

void HotspotReplay::begin_fold(model::Version version) {
  std::optional<Fold> found;
  if (!now_) found = find_fold(from_.log, *epoch_, from_.tick, version);
  is_preloaded_ = found.has_value();
  fold_.emplace(found ? *std::move(found)
                      : Fold(Picture(epoch_->settings), from_.tick, model::Offset(0)));
  start_ = version;
  is_at_start_ = false;
  fresh_ = true;
  done_ = false;
}

Result<bool> HotspotReplay::preload(StepShare& share) {
  if (!now_) return pipeline::preload(*fold_, from_.log, *epoch_, from_.tick, share);
  const Instant now = from_.tick.instant_of(last_tick());
  while (share.is_left()) {
    const auto chunk = from_.log.read(fold_->next());
    if (!chunk) return chunk.error();
    if (!*chunk || (!epoch_->view->is_open() && fold_->counted_at(**chunk) > now)) return true;
    fold_->preload(**chunk);
    share.take(**chunk);
  }
  return false;
}

Result<bool> HotspotReplay::fold_to_start(StepShare& share) {
  if (!is_preloaded_) {
    const auto preloaded = preload(share);
    if (!preloaded) return preloaded.error();
    is_preloaded_ = *preloaded;
  }
  const TickSink nobody = [](model::Version, Instant, const std::vector<model::TileDelta>&) {};
  while (share.is_left()) {
    const auto more = advance(start_, share, nobody);
    if (!more) return more.error();
    if (!*more) return true;
  }
  return false;
}

wire::ReplayMarks HotspotReplay::marks() const {
  const Instant reduced = fold_->picture().layer().reduced_until();
  return {first_ < epoch_->altered_before,
          reduced != Instant{} && from_.tick.instant_of(first_) <= reduced,
          first_ < epoch_->recomputed_before};
}

bool HotspotReplay::selects(model::Tile tile) const {
  return !tile.is_valid() || area_.may_intersect(tile);
}

void HotspotReplay::snapshot(ReplayStep& step) const {
  const model::Position position{epoch_->id, fold_->sealed()};
  const Instant as_of = from_.tick.instant_of(fold_->sealed());
  std::vector<std::string> tiles;
  for (const model::TileState& tile : fold_->picture().tiles()) {
    if (selects(tile.tile)) tiles.push_back(wire::encode(tile, encoding_, number_));
  }
  const auto count = static_cast<std::uint32_t>(tiles.size());
  step.frames.push_back(
      wire::encode(wire::SnapshotHeader{position, as_of, false, count}, encoding_, number_));
  std::move(tiles.begin(), tiles.end(), std::back_inserter(step.frames));
  step.frames.push_back(wire::encode(wire::Progress{position, as_of}, encoding_, number_));
  step.reached = as_of;
}

void HotspotReplay::deliver(model::Version version, Instant as_of,
                            const std::vector<model::TileDelta>& deltas) {
  for (const model::TileDelta& delta : deltas) {
    if (!selects(delta.tile)) continue;
    step_.frames.push_back(wire::encode(delta, encoding_, number_));
    step_bytes_ += step_.frames.back().size();
    checksum_.add(wire::encode_body(delta));
    ++count_;
  }
  const model::Position position{epoch_->id, version};
  step_.frames.push_back(wire::encode(wire::Progress{position, as_of}, encoding_, number_));
  step_.reached = as_of;
}

std::optional<model::Version> HotspotReplay::next_due() const {
  const Picture& picture = fold_->picture();
  const auto change = picture.next_change();
  if (!change) return std::nullopt;
  return std::max(from_.tick.at_or_after(*change), picture.version().next());
}

Result<bool> HotspotReplay::advance(model::Version end, StepShare& share, const TickSink& sink) {
  if (!now_) {
    const auto chunk = from_.log.read(fold_->next());
    if (!chunk) return chunk.error();
    if (*chunk && fold_->counted_at(**chunk) <= from_.tick.instant_of(end)) {
      fold_->apply(**chunk, sink);
      share.take(**chunk);
      return true;
    }
  } else if (const auto due = next_due(); due && *due <= end) {
    fold_->seal(*due, sink);
    share.take(kTickChunks);
    return true;
  }
  fold_->seal(end, sink);
  return false;
}

Result<void> HotspotReplay::check_epoch() const {
  if (!channel_.agrees(epoch_)) return agreements_changed();
  if (is_outlived_) {
    return make_error(ErrorCode::kReplayInvalid,
                      "the hub's settings changed while the replay followed; begin it anew",
                      "replay");
  }
  if (channel_.epoch.get()->altered_before > epoch_->altered_before) {
    return make_error(ErrorCode::kReplayInvalid,
                      "a record was erased while the replay was under way; begin it anew",
                      "replay");
  }
  return {};
}

Result<ReplayStep> HotspotReplay::next(StepSize size) {
  if (auto holds = check_epoch(); !holds) return holds.error();
  step_ = ReplayStep();
  step_bytes_ = 0;
  step_.reached = from_.tick.instant_of(fold_->sealed());
  StepShare share;
  if (!is_at_start_) {
    const auto there = fold_to_start(share);
    if (!there) return there.error();
    is_at_start_ = *there;
    if (!is_at_start_) return std::exchange(step_, {});
  }
  if (fresh_) {
    snapshot(step_);
    fresh_ = false;
    return std::exchange(step_, {});
  }
  const TickSink sink = [this](model::Version version, Instant as_of,
                               const std::vector<model::TileDelta>& deltas) {
    deliver(version, as_of, deltas);
  };
  while (!done_ && share.is_left()) {
    const auto more = advance(end_, share, sink);
    if (!more) return more.error();
    done_ = !*more;
    if (step_bytes_ >= from_.limits.page_bytes_max) break;
    if (size == StepSize::kMoment && !step_.frames.empty()) break;
  }
  step_.at_end = done_;
  if (done_) step_.reached = from_.tick.instant_of(end_);
  return std::exchange(step_, {});
}

Result<void> HotspotReplay::seek(Instant time) {
  if (auto holds = check_epoch(); !holds) return holds;
  count_ = 0;
  checksum_ = Checksum();
  begin_fold(std::clamp(from_.tick.at_or_before(time), first_, std::max(first_, end_)));
  return {};
}

void HotspotReplay::extend() {
  if (!open_end_ || now_) return;
  is_outlived_ = channel_.epoch.get()->id != epoch_->id;
  end_ = std::max(end_, last_tick());
  done_ = fold_->sealed() >= end_;
}

wire::ReplayEnd HotspotReplay::summarize(wire::ReplayEndReason reason) const {
  const model::Version reached = std::max(fold_->sealed(), start_);
  return {reason, count_, checksum_.value(),
          access::seal_cursor(from_.log.epoch(), {from_.tick.instant_of(reached), 0}), marks()};
}

}  // namespace

Result<std::unique_ptr<Replay>> make_hotspot_replay(const wire::ReplayRequest& request,
                                                    const Channel& channel, wire::Encoding encoding,
                                                    const ReplaySources& sources) {
  if (!request.partners.empty() || !request.sources.empty() || !request.kinds.empty()) {
    return make_error(ErrorCode::kInvalidRequest,
                      "hotspots are folded from all events; only the filter's area can be used "
                      "with REPLAY_MODE_HOTSPOTS",
                      "replay.filter");
  }
  auto area = model::Area::make(request.area, sources.limits);
  if (!area) return area.error();
  const bool now = request.knowledge_now || request.from_occurred || request.to_occurred;
  if (now && channel.epoch.get()->view->audience().k > 1) {
    return make_error(ErrorCode::kForbidden,
                      "figures are final: they are replayed as they were shown; leave knowledge and "
                      "the range of occurred time out",
                      "replay.knowledge");
  }
  auto replay = std::make_unique<HotspotReplay>(encoding, request.replay, now, *std::move(area),
                                                channel, sources);
  if (auto begun = replay->begin(request); !begun) return begun.error();
  return std::unique_ptr<Replay>(std::move(replay));
}

}  // namespace commonwatch::pipeline
