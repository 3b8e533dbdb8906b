#include "bench/engine_calls.h"

#include <variant>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "hub/hotspot/hours.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::bench {
namespace {

std::vector<storage::Chunk> chunks_of(const storage::EventLog& log) {
  std::vector<storage::Chunk> chunks;
  for (model::Offset next(0);; next = chunks.back().end()) {
    auto chunk = log.read(next);
    require(chunk.has_value(), "the copied log cannot be read");
    if (!*chunk) return chunks;
    chunks.push_back(std::move(**chunk));
  }
}

void add_calibrations(const storage::Chunk& chunk, std::vector<hotspot::Calibration>& all) {
  if (chunk.source != model::SourceName::hub()) return;
  for (const storage::Entry& entry : chunk.entries) {
    const auto event = wire::decode_hub_event(entry.payload);
    require(event.has_value(), "an event of the hub cannot be decoded");
    const auto* made = std::get_if<wire::Calibration>(&*event);
    if (made == nullptr) continue;
    all.push_back({made->jurisdiction, made->due.value(), made->seed,
                   static_cast<int>(made->exposure_days), static_cast<int>(made->null_days),
                   made->rate_per_day, made->scores, made->interval_days});
  }
}

// The one partner is silent when its one source is.
std::vector<hotspot::Silence> silences_of(const pipeline::Layer& layer) {
  std::vector<hotspot::Silence> silent;
  for (const model::SourceHealth& source : layer.sources()) {
    if (source.state != model::HealthState::kSilent) continue;
    silent.push_back({0, hotspot::hour_of(source.watermark)});
  }
  return silent;
}

// A fold that notes what it asks (pipeline::Fold says why there are which ticks).
class Recorder {
 public:
  explicit Recorder(const FoldedLog& log)
      : tick_(log.tick()), picture_(log.epoch().settings), end_(log.end()) {
    picture_.begin(tick_.instant_of(log.epoch().begins));
  }

  void take(const storage::Chunk& chunk) {
    const model::Version version = tick_.at_or_after(picture_.counted_at(chunk.recorded));
    if (open_ != model::Version() && open_ < version) advance(open_);
    if (version > model::Version(0)) pass_time(model::Version(version.value() - 1));
    picture_.take_in(chunk);
    add_calibrations(chunk, calibrations_);
    open_ = version;
  }
  EngineCalls finish() {
    if (open_ != model::Version()) advance(open_);
    pass_time(end_);
    return std::move(calls_);
  }

 private:
  void pass_time(model::Version version) {
    while (open_ == model::Version()) {
      const auto change = picture_.next_change();
      if (!change) return;
      const auto due = std::max(tick_.at_or_after(*change), picture_.version().next());
      if (due > version) return;
      advance(due);
    }
  }
  void advance(model::Version version) {
    const Instant as_of = tick_.instant_of(version);
    picture_.advance(version, as_of);
    const pipeline::Layer& layer = picture_.layer();
    calls_.ticks.push_back(
        {layer.changes(), std::exchange(calibrations_, {}), silences_of(layer), version, as_of});
    calls_.findings += layer.engine().findings().size();
    open_ = model::Version();
  }

  model::TickLength tick_;
  pipeline::Picture picture_;
  model::Version end_;
  model::Version open_;
  std::vector<hotspot::Calibration> calibrations_;
  EngineCalls calls_;
};

}  // namespace

FoldedLog::FoldedLog(const storage::LogOptions& options, const hotspot::Settings& settings)
    : tick_(options.tick) {
  auto log = storage::EventLog::open(options, clock_);
  require(log.has_value(), "the copied log cannot be opened");
  log_ = *std::move(log);
  const model::Offset end = log_->durable().end;
  auto epochs = pipeline::begin_epochs(*log_, {settings, {}, {}}, tick_);
  require(epochs.has_value() && log_->durable().end == end,
          "the copied log is of other settings than the hub's");
  epoch_ = std::move(epochs->back());
}

model::Version FoldedLog::end() const { return tick_.at_or_after(log_->durable().recorded); }

std::uint64_t FoldedLog::fold() const {
  std::uint64_t count = 0;
  const pipeline::TickSink sink = [&](model::Version, Instant,
                                      const std::vector<model::TileDelta>& deltas) {
    count += deltas.size();
  };
  pipeline::Fold fold(pipeline::Picture(epoch_->settings), tick_, model::Offset(0));
  fold.begin(tick_.instant_of(epoch_->begins));
  for (;;) {
    const auto chunk = log_->read(fold.next());
    require(chunk.has_value(), "the copied log cannot be read");
    if (!*chunk) break;
    fold.apply(**chunk, sink);
  }
  fold.seal(end(), sink);
  return count;
}

EngineCalls record_calls(const FoldedLog& log) {
  Recorder recorder(log);
  for (const storage::Chunk& chunk : chunks_of(log.log())) recorder.take(chunk);
  return recorder.finish();
}

double ask_engine(const EngineCalls& calls, const hotspot::Settings& settings) {
  model::NameTable partners;
  partners.index_of("bench");
  hotspot::Engine engine(settings, partners);
  std::vector<hotspot::Silence> silences;
  std::uint64_t findings = 0;
  const std::uint64_t began = now_ns();
  for (const EngineTick& tick : calls.ticks) {
    for (const auto& calibration : tick.calibrations) engine.apply(calibration);
    for (const auto& [key, incident] : tick.changes) engine.apply(key, incident);
    if (tick.silences != silences) engine.set_silences(silences = tick.silences);
    engine.advance(tick.version, tick.as_of);
    findings += engine.findings().size();
  }
  const double took = seconds_since(began);
  require(findings == calls.findings, "the engine alone found " + std::to_string(findings) +
                                          " and not " + std::to_string(calls.findings));
  return took;
}

}  // namespace commonwatch::bench
