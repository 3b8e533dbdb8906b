#include "hub/pipeline/layer.h"

#include <algorithm>

#include "hub/alert/stray.h"
#include "hub/pipeline/read_record.h"
#include "hub/sharing/redact.h"
#include "hub/statistics/likelihood.h"
#include "hub/storage/record_keys.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

// As long as the engine counts incidents, so that a correction finds the one that its record is
// part of.
std::chrono::days linked_for(const hotspot::Settings& settings) {
  return std::chrono::days(settings.trailing_days + settings.guard_days + 28);
}

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
  std::vector<Part> parts(const std::string& jurisdiction, std::span<const model::Zone> zones,
                          std::uint32_t window_hours, Instant window_end) const override {
    std::vector<Part> parts;
    for (const auto& [count, expected] :
         engine_.parts(jurisdiction, zones, window_hours, window_end)) {
      parts.push_back({count, expected});
    }
    return parts;
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

Layer::Layer(const PictureSettings& settings, std::string_view audience)
    : view_(sharing::View::compile(settings.sharing, audience)),
      engine_(settings.hotspot, partners_),
      count_min_(settings.hotspot.count_min) {
  for (const std::string& one : settings.audiences()) {
    heeded_.push_back(one);
    if (one == audience) break;
  }
}

bool Layer::is_shared(const model::SourceName& source) const {
  return source == model::SourceName::hub() || view_.term(source.partner()) != nullptr;
}

bool Layer::heeds(std::string_view audience) const {
  return std::ranges::find(heeded_, audience) != heeded_.end();
}

void Layer::take_in(const storage::Chunk& chunk, Instant counted) {
  if (!begun_) keyed_ = chunk.keys != nullptr;
  begun_ = true;
  if (!is_shared(chunk.source)) return;
  for (const storage::Entry& entry : chunk.entries) {
    const bool reduced = entry.form == storage::EntryForm::kSkeleton ||
                         entry.form == storage::EntryForm::kStub;
    if (reduced) reduced_until_ = counted;
    if (entry.form == storage::EntryForm::kSkeleton) take_in_skeleton(chunk, entry, counted);
    if (!entry.is_stored()) continue;
    if (entry.kind == model::EventKind::kUnspecified) {
      take_in_own(chunk, entry.payload, counted);
    } else {
      take_in(chunk, entry, counted);
    }
  }
}

model::RecordKey Layer::key_of(const storage::Chunk& chunk, const model::SourceName& source,
                               std::string_view record_id) const {
  const model::RecordKey key = model::record_key(source, record_id);
  return keyed_ && chunk.keys != nullptr ? chunk.keys->of(key) : key;
}

std::optional<model::Record> Layer::reduced(const storage::Chunk& chunk,
                                            const model::RecordKey& key, model::Record record) {
  if (!view_.is_open()) {
    auto less = sharing::reduce(record, *view_.term(chunk.source.partner()));
    if (!less) return std::nullopt;
    record = *std::move(less);
  }
  record.source = sources_.index_of(chunk.source.text());
  record.partner = partners_.index_of(chunk.source.partner());
  if (const model::Record* known = linker_.find(key)) {
    record.first_recorded = std::min(known->first_recorded, record.first_recorded);
  }
  return record;
}

// As its record would have been taken in, as far as what is left of it says.
void Layer::take_in_skeleton(const storage::Chunk& chunk, const storage::Entry& entry,
                             Instant counted) {
  const storage::Skeleton& skeleton = *entry.skeleton;
  const Instant occurred = chunk.recorded - std::chrono::seconds(skeleton.delay_s);
  if (entry.kind == model::EventKind::kAreaCount) {
    return health_.receive(chunk.source, counted, occurred);
  }
  std::optional<model::Record> record;
  if (entry.kind == model::EventKind::kOverdose) {
    model::Record kept = read_skeleton(entry);
    kept.first_recorded += counted - chunk.recorded;
    record = reduced(chunk, entry.key, std::move(kept));
    if (!record) return;
    health_.receive(chunk.source, counted, occurred);
  }
  linker_.apply(entry.key, entry.revision, record);
  for (const storage::Links& links : skeleton.linked) {
    if (links.audience != view_.audience().id) continue;
    for (const model::RecordKey& other : links.records) {
      linker_.decide(entry.key, other, model::PairVerdict::kLinked);
    }
  }
}

void Layer::take_in(const storage::Chunk& chunk, const storage::Entry& entry, Instant counted) {
  const model::SourceName& source = chunk.source;
  if (entry.kind == model::EventKind::kAreaCount) {
    const sharing::FieldMask fields = view_.term(source.partner())->fields;
    if (!fields.has(sharing::Field::kAreaCount)) return;
    return health_.receive(source, counted, entry.occurred);
  }
  const model::RecordKey key = key_of(chunk, source, entry.record_id);
  std::optional<model::Record> record;
  if (entry.kind == model::EventKind::kOverdose) {
    record = reduced(chunk, key, read_record(entry, counted));
    if (!record) return;
    health_.receive(source, counted, record->occurred);
  }
  linker_.apply(key, entry.revision, record);
}

void Layer::take_in_own(const storage::Chunk& chunk, std::string_view payload, Instant counted) {
  const auto event = wire::decode_hub_event(payload);
  if (!event) throw Failure(event.error());
  const std::string& own = view_.audience().id;
  if (const auto* answer = std::get_if<wire::AlertAcknowledged>(&*event)) {
    if (answer->audience != own) return;
    take_answer(*answer, counted);
  } else if (const auto* decided = std::get_if<wire::Decided>(&*event)) {
    if (heeds(decided->audience)) decide(chunk, decided->decision);
  } else if (const auto* calibration = std::get_if<wire::Calibration>(&*event)) {
    if (calibration->audience != own) return;
    engine_.apply(hotspot::Calibration{
        calibration->jurisdiction, calibration->due.value(), calibration->seed,
        static_cast<int>(calibration->exposure_days), static_cast<int>(calibration->null_days),
        calibration->rate_per_day, calibration->scores, calibration->interval_days});
  } else if (const auto* paging = std::get_if<model::Paging>(&*event)) {
    if (paging->audience == own) take_page(*paging);
  }
}

void Layer::take_answer(const wire::AlertAcknowledged& answered, Instant counted) {
  const model::Acknowledgement answer{answered.principal, answered.action, answered.alert_version,
                                      counted};
  const auto taken = episodes_.acknowledge(answered.alert_id, answer);
  const bool is_stray = taken == alert::Answer::kUnknown && answered.subject &&
                        answered.action != model::AlertAction::kUnspecified;
  if (!is_stray) return;
  episodes_.take_stray(
      {answered.alert_id, *answered.subject, answered.level, answered.count, answer});
}

void Layer::take_page(const model::Paging& page) {
  if (episodes_.find(page.alert_id)) return ledger_.record(page);
  if (!page.subject) return;
  const bool is_first = page.phase == model::PagingPhase::kIntended && page.attempt == 1;
  const bool asked = page.reason != model::PageReason::kEscalated &&
                     (is_first || page.phase == model::PagingPhase::kHeldBack);
  if (asked) {
    episodes_.take_stray({page.alert_id, *page.subject, page.level, page.count, std::nullopt});
  }
  stray_pages_.push_back(page);
  adopt_pages();
}

void Layer::adopt_pages() {
  if (stray_pages_.empty() || !episodes_.has_begun()) return;
  const auto open = episodes_.open();
  for (const model::Paging& page : stray_pages_) {
    const model::Alert* alert = alert::find_same(*page.subject, open);
    if (!alert) continue;
    if (const auto about = alert::page_about(*alert, page, ledger_)) ledger_.record(*about);
  }
  stray_pages_.clear();
}

void Layer::decide(const storage::Chunk& chunk, const model::Decision& decision) {
  if (const auto* pair = std::get_if<model::PairDecision>(&decision.subject)) {
    if (!is_shared(pair->first.source) || !is_shared(pair->second.source)) return;
    linker_.decide(key_of(chunk, pair->first.source, pair->first.record_id),
                   key_of(chunk, pair->second.source, pair->second.record_id), pair->verdict);
  } else {
    engine_.decide(std::get<model::SiteDecision>(decision.subject));
  }
}

// A partner is silent when all its sources are.
std::vector<hotspot::Silence> Layer::silences() const {
  std::vector<hotspot::Silence> silent;
  if (health_.silences().empty()) return silent;
  for (std::size_t i = 0; i < partners_.size(); ++i) {
    const auto partner = static_cast<model::NameIndex>(i);
    const auto since = health_.silent_since(partners_.name(partner));
    if (since) silent.push_back({partner, hotspot::hour_of(*since)});
  }
  return silent;
}

bool Layer::advance(model::Version version, Instant as_of) {
  changes_ = linker_.take_changes();
  for (const auto& [key, incident] : changes_) engine_.apply(key, incident);
  const bool health_changed = health_.advance(as_of);
  if (health_changed) engine_.set_silences(silences());
  const bool day_rolled = hotspot::day_of(hotspot::hour_of(as_of)) !=
                          hotspot::day_of(hotspot::hour_of(engine_.as_of()));
  if (day_rolled) linker_.forget(as_of - linked_for(engine_.settings()));
  const bool found = engine_.advance(version, as_of);
  const Instant window_end = hotspot::start_of(hotspot::hour_of(as_of) + 1);
  std::vector<alert::Finding> findings;
  for (const auto& finding : engine_.findings()) {
    findings.push_back(to_alert(finding, window_end));
  }
  std::vector<alert::Finding> late;
  for (const auto& one : engine_.late_findings()) {
    late.push_back(to_alert(one.finding, one.window_end));
  }
  std::vector<alert::Touch> touched;
  for (const auto& touch : engine_.touched()) touched.push_back({touch.cell, touch.occurred});
  const auto lapses = episodes_.next_change();
  const bool lapsed = lapses && *lapses <= as_of;
  const auto alerts = episodes_.advance(version, as_of, findings, late, touched,
                                        EngineScores(engine_, count_min_));
  adopt_pages();
  if (day_rolled) {
    ledger_.keep_if([&](const std::string& id) { return episodes_.find(id) != nullptr; });
  }
  return found || health_changed || !alerts.empty() || lapsed || day_rolled;
}

Contents Layer::contents() const {
  Contents contents;
  auto& tiles = contents.tiles;
  const auto tile_of = [](const model::Zone& zone) {
    return zone.cell.is_valid() ? zone.cell.parent(model::kTileLevel) : model::Tile();
  };
  for (const auto& finding : engine_.findings()) {
    tiles[tile_of(finding.hotspot.zone)].hotspots.push_back(&finding.hotspot);
  }
  for (const auto& place : engine_.places()) tiles[tile_of(place.zone)].places.push_back(&place);
  for (auto& [tile, view] : tiles) std::ranges::sort(view.hotspots, {}, &model::Hotspot::id);
  contents.made[model::Tile()].alerts = episodes_.live();
  model::TileView& common = tiles[model::Tile()];
  refer(contents.made[model::Tile()].alerts, common.alerts);
  refer(health_.health(), common.sources);
  refer(engine_.comparisons(), common.comparisons);
  refer(engine_.proposals(), common.proposals);
  return contents;
}

std::optional<Instant> Layer::next_change() const {
  std::optional<Instant> next = engine_.next_change();
  const auto sooner = [&next](Instant change) { next = next ? std::min(*next, change) : change; };
  if (const auto change = episodes_.next_change()) sooner(*change);
  if (const Instant change = health_.next_change(); change != Instant::max()) sooner(change);
  return next;
}

// What an alert found is no part of chance.
hotspot::NullModel Layer::null_model(const hotspot::Due& due) const {
  std::vector<hotspot::Excluded> excluded;
  for (const model::Alert& alert : episodes_.lived(Instant{}, Instant::max())) {
    if (alert.state != model::AlertState::kClosed || alert.peak != model::Severity::kAlert)
      continue;
    excluded.push_back({alert.jurisdiction, alert.hotspot.zone, alert.evidence.window_start,
                        alert.evidence.window_end});
  }
  return engine_.null_model(due, excluded);
}

// In order: whether records are keyed, up to when they are reduced, partners, sources, linker, engine, episodes, ledger, health.
void Layer::write(ByteWriter& writer) const {
  writer.put(keyed_);
  writer.put_instant(reduced_until_);
  for (const model::NameTable* names : {&partners_, &sources_}) {
    writer.put_length(names->size());
    for (const std::string& name : names->names()) writer.put_text(name);
  }
  writer.put_text(linker_.checkpoint());
  writer.put_text(engine_.checkpoint());
  writer.put_text(episodes_.checkpoint());
  writer.put_text(ledger_.checkpoint());
  writer.put_text(health_.checkpoint());
}

void Layer::read(ByteReader& reader) {
  keyed_ = reader.get_bool();
  reduced_until_ = reader.get_instant();
  begun_ = true;
  for (model::NameTable* names : {&partners_, &sources_}) {
    for (std::size_t left = reader.get_length(8); left > 0; --left) {
      names->index_of(reader.get_text());
    }
  }
  linker_ = linkage::Linker::restore({}, reader.get_text()).value();
  engine_ = hotspot::Engine::restore(engine_.settings(), partners_, reader.get_text()).value();
  episodes_ = alert::Episodes::restore(alert::Settings{}, reader.get_text()).value();
  if (episodes_.version() != engine_.version() || episodes_.as_of() != engine_.as_of()) {
    throw Failure(make_error(ErrorCode::kInternal,
                             "the checkpoint's alerts are of another tick than its hotspots; "
                             "delete it, the log is folded anew"));
  }
  ledger_ = alert::Ledger::restore(reader.get_text()).value();
  if (auto restored = health_.restore(reader.get_text()); !restored) {
    throw Failure(restored.error());
  }
}

}  // namespace commonwatch::pipeline
