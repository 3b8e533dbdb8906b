#include "hub/pipeline/picture.h"

#include <algorithm>

#include "hub/base/byte_stream.h"
#include "hub/pipeline/read_record.h"
#include "hub/statistics/likelihood.h"
#include "hub/storage/record_keys.h"
#include "hub/wire/client_message.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

constexpr std::uint64_t kMagic = 0x4552555443495057;  // "WPICTURE"
constexpr std::uint32_t kFormat = 2;
// As long as the engine counts incidents, so that a correction finds the one that its record is
// part of.
std::chrono::days linked_for(const hotspot::Settings& settings) {
  return std::chrono::days(settings.trailing_days + settings.guard_days + 28);
}

using Tiles = std::map<model::Tile, model::TileState>;

alert::Finding to_alert(const hotspot::Finding& finding, Instant window_end) {
  return {finding.jurisdiction, finding.hotspot, window_end};
}

// What the alerts ask of the engine.
class EngineScores final : public alert::Scores {
 public:
  EngineScores(const hotspot::Engine& engine, int count_min)
      : engine_(engine), count_min_(count_min) {}

  alert::Inspection inspect(const std::string& jurisdiction, const model::Zone& zone,
                            std::uint32_t window_hours, Instant window_end) const override {
    auto inspection = engine_.inspect(jurisdiction, zone, window_hours, window_end);
    return {std::move(inspection.hotspot), std::move(inspection.evidence)};
  }
  bool covers(const std::string& jurisdiction, const model::Zone& zone,
              model::Cell cell) const override {
    return engine_.covers(jurisdiction, zone, cell);
  }
  double score(double count, double expected, double dispersion) const override {
    if (count < count_min_) return 0;
    return statistics::log_likelihood_ratio(count, expected, dispersion);
  }

 private:
  const hotspot::Engine& engine_;
  int count_min_;
};

}  // namespace

struct Picture::State {
  explicit State(const hotspot::Settings& settings)
      : engine(settings, partners), count_min(settings.count_min) {}

  void take_in(const storage::Chunk& chunk, const storage::Entry& entry);
  void take_in_skeleton(const storage::Chunk& chunk, const storage::Entry& entry);
  void take_in_own(const storage::Chunk& chunk, const std::string& payload);
  void decide(const storage::Chunk& chunk, const model::Decision& decision);
  model::RecordKey key_of(const storage::Chunk& chunk, const model::SourceName& source,
                          const std::string& record_id) const;
  std::map<model::Tile, model::TileContent> contents() const;
  std::vector<hotspot::Silence> silences();
  void restore(ByteReader& reader);

  model::NameTable partners;
  model::NameTable sources;
  linkage::Linker linker;
  hotspot::Engine engine;
  alert::Episodes episodes{alert::Settings{}};
  alert::Ledger ledger;
  health::Sources health{health::Settings{}};
  int count_min;
  Tiles tiles;
  // A log with skeletons names all its records as these do. Decided by the first chunk.
  bool keyed = false;
  bool begun = false;
};

Picture::Picture(const hotspot::Settings& settings) : state_(std::make_unique<State>(settings)) {}
Picture::~Picture() = default;
Picture::Picture(Picture&&) noexcept = default;
Picture& Picture::operator=(Picture&&) noexcept = default;

void Picture::take_in(const storage::Chunk& chunk) {
  if (!state_->begun) state_->keyed = chunk.keys != nullptr;
  state_->begun = true;
  for (const storage::Entry& entry : chunk.entries) {
    if (entry.form == storage::EntryForm::kSkeleton) state_->take_in_skeleton(chunk, entry);
    if (!entry.is_stored()) continue;
    if (entry.kind == model::EventKind::kUnspecified) {
      state_->take_in_own(chunk, entry.payload);
    } else {
      state_->take_in(chunk, entry);
    }
  }
}

model::RecordKey Picture::State::key_of(const storage::Chunk& chunk,
                                        const model::SourceName& source,
                                        const std::string& record_id) const {
  const model::RecordKey key = model::record_key(source, record_id);
  return keyed && chunk.keys != nullptr ? chunk.keys->of(key) : key;
}

// As its record would have been taken in, as far as what is left of it says.
void Picture::State::take_in_skeleton(const storage::Chunk& chunk, const storage::Entry& entry) {
  const storage::Skeleton& skeleton = *entry.skeleton;
  const Duration delay = std::chrono::seconds(skeleton.delay_s);
  if (entry.kind != model::EventKind::kRetraction) {
    health.receive(chunk.source, chunk.recorded, chunk.recorded - delay);
  }
  if (entry.kind == model::EventKind::kAreaCount) return;
  std::optional<model::Record> record;
  if (entry.kind == model::EventKind::kOverdose) {
    record = read_skeleton(entry);
    record->source = sources.index_of(chunk.source.text());
    record->partner = partners.index_of(chunk.source.partner());
    if (const model::Record* known = linker.find(entry.key)) {
      record->first_recorded = std::min(known->first_recorded, record->first_recorded);
    }
  }
  linker.apply(entry.key, entry.revision, record);
  for (const model::RecordKey& other : skeleton.linked) {
    linker.decide(entry.key, other, model::PairVerdict::kLinked);
  }
}

void Picture::State::take_in(const storage::Chunk& chunk, const storage::Entry& entry) {
  const model::SourceName& source = chunk.source;
  const Instant recorded = chunk.recorded;
  if (entry.kind == model::EventKind::kAreaCount) {
    health.receive(source, recorded, entry.occurred);
    return;
  }
  const model::RecordKey key = key_of(chunk, source, entry.record_id);
  std::optional<model::Record> record;
  if (entry.kind == model::EventKind::kOverdose) {
    health.receive(source, recorded, entry.occurred);
    record = read_record(entry, recorded);
    record->source = sources.index_of(source.text());
    record->partner = partners.index_of(source.partner());
    if (const model::Record* known = linker.find(key)) {
      record->first_recorded = std::min(known->first_recorded, recorded);
    }
  }
  linker.apply(key, entry.revision, record);
}

void Picture::State::take_in_own(const storage::Chunk& chunk, const std::string& payload) {
  const auto event = wire::decode_hub_event(payload);
  if (!event) throw Failure(event.error());
  if (const auto* answer = std::get_if<wire::AlertAcknowledged>(&*event)) {
    episodes.acknowledge(answer->alert_id, {answer->principal, answer->action,
                                            answer->alert_version, chunk.recorded});
  } else if (const auto* decided = std::get_if<wire::Decided>(&*event)) {
    decide(chunk, decided->decision);
  } else if (const auto* calibration = std::get_if<wire::Calibration>(&*event)) {
    engine.apply(hotspot::Calibration{
        calibration->jurisdiction, calibration->due.value(), calibration->seed,
        static_cast<int>(calibration->exposure_days), static_cast<int>(calibration->null_days),
        calibration->rate_per_day, calibration->scores, calibration->interval_days});
  } else if (const auto* paging = std::get_if<model::Paging>(&*event)) {
    ledger.record(*paging);
  }
}

void Picture::State::decide(const storage::Chunk& chunk, const model::Decision& decision) {
  if (const auto* pair = std::get_if<model::PairDecision>(&decision.subject)) {
    linker.decide(key_of(chunk, pair->first.source, pair->first.record_id),
                  key_of(chunk, pair->second.source, pair->second.record_id), pair->verdict);
  } else {
    engine.decide(std::get<model::SiteDecision>(decision.subject));
  }
}

// A partner is silent when all its sources are.
std::vector<hotspot::Silence> Picture::State::silences() {
  std::vector<hotspot::Silence> silent;
  if (health.silences().empty()) return silent;
  for (std::size_t i = 0; i < partners.size(); ++i) {
    const auto partner = static_cast<model::NameIndex>(i);
    const auto since = health.silent_since(partners.name(partner));
    if (since) silent.push_back({partner, hotspot::hour_of(*since)});
  }
  return silent;
}

std::vector<model::TileDelta> Picture::advance(model::Version version, Instant as_of) {
  State& state = *state_;
  for (auto& [key, incident] : state.linker.take_changes()) state.engine.apply(key, incident);
  const bool health_changed = state.health.advance(as_of);
  if (health_changed) state.engine.set_silences(state.silences());
  const bool day_rolled = hotspot::day_of(hotspot::hour_of(as_of)) !=
                          hotspot::day_of(hotspot::hour_of(state.engine.as_of()));
  if (day_rolled) state.linker.forget(as_of - linked_for(state.engine.settings()));
  const bool found = state.engine.advance(version, as_of);
  const Instant window_end = hotspot::start_of(hotspot::hour_of(as_of) + 1);
  std::vector<alert::Finding> findings;
  for (const auto& finding : state.engine.findings()) {
    findings.push_back(to_alert(finding, window_end));
  }
  std::vector<alert::Finding> late;
  for (const auto& one : state.engine.late_findings()) {
    late.push_back(to_alert(one.finding, one.window_end));
  }
  std::vector<alert::Touch> touched;
  for (const auto& touch : state.engine.touched()) touched.push_back({touch.cell, touch.occurred});
  const auto lapses = state.episodes.next_change();
  const bool lapsed = lapses && *lapses <= as_of;
  const auto alerts = state.episodes.advance(version, as_of, findings, late, touched,
                                             EngineScores(state.engine, state.count_min));
  if (!found && !health_changed && alerts.empty() && !lapsed && !day_rolled) return {};
  if (day_rolled) {
    state.ledger.keep_if([&](const std::string& id) { return state.episodes.find(id) != nullptr; });
  }
  return show(version, as_of);
}

std::vector<model::TileDelta> Picture::show(model::Version version, Instant as_of) {
  std::map<model::Tile, model::TileContent> now = state_->contents();
  for (const auto& [tile, shown] : state_->tiles) now.try_emplace(tile);
  std::vector<model::TileDelta> deltas;
  for (auto& [tile, content] : now) {
    model::TileState& shown = state_->tiles[tile];
    model::TileDelta delta = model::difference(shown.content, content);
    if (delta.changed.is_empty() && delta.removed.empty()) continue;
    delta.tile = tile;
    delta.version = version;
    delta.previous = shown.version;
    delta.as_of = as_of;
    shown = {tile, version, as_of, std::move(content)};
    deltas.push_back(std::move(delta));
  }
  return deltas;
}

std::map<model::Tile, model::TileContent> Picture::State::contents() const {
  std::map<model::Tile, model::TileContent> contents;
  const auto tile_of = [](const model::Zone& zone) {
    return zone.cell.is_valid() ? zone.cell.parent(model::kTileLevel) : model::Tile();
  };
  for (const auto& finding : engine.findings()) {
    contents[tile_of(finding.hotspot.zone)].hotspots.push_back(finding.hotspot);
  }
  for (const auto& place : engine.places()) contents[tile_of(place.zone)].places.push_back(place);
  for (auto& [tile, content] : contents) {
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(content.hotspots.begin(), content.hotspots.end(), by_id);
  }
  model::TileContent& common = contents[model::Tile()];
  common.alerts = episodes.live();
  common.sources = health.health();
  common.comparisons = engine.comparisons();
  common.proposals = engine.proposals();
  return contents;
}

std::optional<Instant> Picture::next_change() const {
  std::optional<Instant> next = state_->engine.next_change();
  const auto sooner = [&next](Instant change) { next = next ? std::min(*next, change) : change; };
  if (const auto change = state_->episodes.next_change()) sooner(*change);
  if (const Instant change = state_->health.next_change(); change != Instant::max()) {
    sooner(change);
  }
  return next;
}

std::vector<model::TileState> Picture::tiles() const {
  std::vector<model::TileState> tiles;
  for (const auto& [tile, state] : state_->tiles) {
    if (!state.content.is_empty()) tiles.push_back(state);
  }
  return tiles;
}

const hotspot::Engine& Picture::engine() const { return state_->engine; }
const alert::Episodes& Picture::episodes() const { return state_->episodes; }
const std::vector<model::SourceHealth>& Picture::sources() const { return state_->health.health(); }
const linkage::Linker& Picture::linker() const { return state_->linker; }
bool Picture::is_keyed() const { return state_->keyed; }
const alert::Ledger& Picture::ledger() const { return state_->ledger; }
model::Version Picture::version() const { return state_->engine.version(); }
Instant Picture::as_of() const { return state_->engine.as_of(); }

// What an alert found is no part of chance.
hotspot::NullModel Picture::null_model(const hotspot::Due& due) const {
  std::vector<hotspot::Excluded> excluded;
  for (const model::Alert& alert : state_->episodes.lived(Instant{}, Instant::max())) {
    if (alert.state != model::AlertState::kClosed || alert.peak != model::Severity::kAlert)
      continue;
    excluded.push_back({alert.jurisdiction, alert.hotspot.zone, alert.evidence.window_start,
                        alert.evidence.window_end});
  }
  return state_->engine.null_model(due, excluded);
}

// In order: magic, format, whether records are keyed, partners, sources, linker, engine, episodes,
// ledger, health, and the version of each tile that was ever shown; what is in the tiles follows
// from the rest.
std::string Picture::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(state_->keyed);
  for (const model::NameTable* names : {&state_->partners, &state_->sources}) {
    writer.put_length(names->size());
    for (const std::string& name : names->names()) writer.put_text(name);
  }
  writer.put_text(state_->linker.checkpoint());
  writer.put_text(state_->engine.checkpoint());
  writer.put_text(state_->episodes.checkpoint());
  writer.put_text(state_->ledger.checkpoint());
  writer.put_text(state_->health.checkpoint());
  writer.put_length(state_->tiles.size());
  for (const auto& [tile, state] : state_->tiles) {
    writer.put(tile.id());
    writer.put(state.version.value());
    writer.put_instant(state.as_of);
  }
  return writer.finish();
}

void Picture::State::restore(ByteReader& reader) {
  keyed = reader.get_bool();
  begun = true;
  for (model::NameTable* names : {&partners, &sources}) {
    for (std::size_t left = reader.get_length(8); left > 0; --left) {
      names->index_of(reader.get_text());
    }
  }
  linker = linkage::Linker::restore({}, reader.get_text()).value();
  engine = hotspot::Engine::restore(engine.settings(), partners, reader.get_text()).value();
  episodes = alert::Episodes::restore(alert::Settings{}, reader.get_text()).value();
  ledger = alert::Ledger::restore(reader.get_text()).value();
  if (auto restored = health.restore(reader.get_text()); !restored) throw Failure(restored.error());
  auto content = contents();
  for (std::size_t left = reader.get_length(24); left > 0; --left) {
    const model::Tile tile(reader.get<std::uint64_t>());
    const model::Version version(reader.get<std::uint64_t>());
    const Instant as_of = reader.get_instant();
    tiles[tile] = {tile, version, as_of, std::move(content[tile])};
  }
}

Result<Picture> Picture::restore(const hotspot::Settings& settings, std::string_view checkpoint) {
  const Error damaged = make_error(ErrorCode::kInternal,
                                   "the checkpoint is damaged; delete it, the log is folded anew");
  ByteReader reader(checkpoint);
  if (reader.get<std::uint64_t>() != kMagic || reader.get<std::uint32_t>() != kFormat ||
      reader.failed()) {
    return damaged;
  }
  Picture picture(settings);
  try {
    picture.state_->restore(reader);
  } catch (const Failure& failure) {
    return failure.error();
  }
  if (!reader.is_whole()) return damaged;
  return picture;
}

}  // namespace commonwatch::pipeline
