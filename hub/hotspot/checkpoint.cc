// The bytes of a checkpoint: everything that a fold of the log leaves in the engine. What can be
// computed again (counts, scores, findings) is not in it.
//
// In order: magic, format, engine version, canonical settings, whether there was a tick, version,
// as_of, site decisions by cell, silences, calibrations, what is due, places, comparisons, incidents
// by key.
#include <algorithm>
#include <array>

#include "hub/base/byte_stream.h"
#include "hub/hotspot/state.h"

namespace commonwatch::hotspot {
namespace {

constexpr std::uint64_t kMagic = 0x544f5053544f4857;  // "WHOTSPOT"
constexpr std::uint32_t kFormat = 2;
constexpr std::size_t kPlaceBytes = 8 + 8 + 4 + 4 + 3 * 8 + 1;
constexpr std::size_t kComparisonBytes = 8 + 8 + 4 + 4 + 8 * 8;
constexpr std::size_t kIncidentBytes = 16 + 8 + 8 + 8 + 4 + 4 + 1 + 8 + 2;

void put(ByteWriter& writer, const model::RecordKey& key, const model::Incident& incident,
         const std::vector<model::NameIndex>& partners) {
  writer.put(key.words[0]);
  writer.put(key.words[1]);
  writer.put_instant(incident.occurred);
  writer.put_instant(incident.first_recorded);
  writer.put(incident.cell.id());
  writer.put(incident.persons);
  writer.put(incident.fatal);
  writer.put(incident.has_area_code);
  writer.put_length(partners.size());
  for (const model::NameIndex partner : partners) writer.put(partner);
}

model::Incident get_incident(ByteReader& reader, std::size_t partners) {
  model::Incident incident;
  incident.occurred = reader.get_instant();
  incident.first_recorded = reader.get_instant();
  incident.cell = model::Cell(reader.get<std::uint64_t>());
  incident.persons = reader.get<std::uint32_t>();
  incident.fatal = reader.get<std::uint32_t>();
  incident.has_area_code = reader.get_bool();
  incident.partners.resize(reader.get_length(sizeof(model::NameIndex)));
  for (model::NameIndex& partner : incident.partners) {
    partner = reader.get<model::NameIndex>();
    reader.require(partner < partners);
  }
  reader.require(incident.cell.is_valid() && incident.cell.level() >= 15 &&
                 !incident.partners.empty());
  return incident;
}

void put(ByteWriter& writer, const Calibration& calibration) {
  writer.put_text(calibration.jurisdiction);
  writer.put(calibration.due);
  writer.put(calibration.seed);
  writer.put(calibration.exposure_days);
  writer.put(calibration.null_days);
  writer.put_double(calibration.rate_per_day);
  writer.put_length(calibration.scores.size());
  for (std::size_t i = 0; i < calibration.scores.size(); ++i) {
    writer.put_double(calibration.scores[i]);
    writer.put_double(calibration.interval_days[i]);
  }
}

Calibration get_calibration(ByteReader& reader) {
  Calibration calibration;
  calibration.jurisdiction = reader.get_text();
  calibration.due = reader.get<std::uint64_t>();
  calibration.seed = reader.get<std::uint64_t>();
  calibration.exposure_days = reader.get<int>();
  calibration.null_days = reader.get<int>();
  calibration.rate_per_day = reader.get_double();
  const std::size_t length = reader.get_length(16);
  for (std::size_t i = 0; i < length; ++i) {
    calibration.scores.push_back(reader.get_double());
    calibration.interval_days.push_back(reader.get_double());
  }
  reader.require(length > 0);
  return calibration;
}

void put(ByteWriter& writer, const model::SiteDecision& decision) {
  writer.put(decision.cell.id());
  writer.put(decision.kind);
  writer.put_text(decision.name);
}

model::SiteDecision get_decision(ByteReader& reader) {
  model::SiteDecision decision;
  decision.cell = model::Cell(reader.get<std::uint64_t>());
  decision.kind = static_cast<model::SiteKind>(reader.get<std::uint8_t>());
  decision.name = reader.get_text();
  reader.require(decision.cell.is_valid() && decision.kind <= model::SiteKind::kOrdinary);
  return decision;
}

void put(ByteWriter& writer, const model::Place& place) {
  writer.put_text(place.id);
  writer.put(place.zone.cell.id());
  writer.put(place.days);
  writer.put(place.count);
  writer.put_double(place.expected);
  writer.put_double(place.q_value);
  writer.put_double(place.gi_star);
  writer.put(place.trend);
}

model::Place get_place(ByteReader& reader) {
  model::Place place;
  place.id = reader.get_text();
  place.zone = {model::ZoneKind::kBlock, model::Cell(reader.get<std::uint64_t>()), {}};
  reader.require(place.zone.cell.is_valid());
  if (!reader.failed()) place.center = model::zone_center(place.zone);
  place.days = reader.get<std::uint32_t>();
  place.count = reader.get<std::uint32_t>();
  place.expected = reader.get_double();
  place.q_value = reader.get_double();
  place.gi_star = reader.get_double();
  place.trend = static_cast<model::PlaceTrend>(reader.get<std::uint8_t>());
  reader.require(place.trend <= model::PlaceTrend::kHistorical);
  return place;
}

// The numbers of a comparison, in the order in which they are written.
template <class Comparison>
auto scores_of(Comparison& comparison) {
  return std::array{&comparison.ears_c1,          &comparison.ears_c2,
                    &comparison.ears_c3,          &comparison.fixed_threshold,
                    &comparison.recommended_threshold, &comparison.mean_plus_2sd,
                    &comparison.cusum_poisson,    &comparison.cusum_negative_binomial};
}

void put(ByteWriter& writer, const model::Comparison& comparison) {
  writer.put_text(comparison.area);
  writer.put_text(comparison.day);
  writer.put(comparison.count);
  writer.put(comparison.rolling_24h);
  for (const double* score : scores_of(comparison)) writer.put_double(*score);
}

model::Comparison get_comparison(ByteReader& reader) {
  model::Comparison comparison;
  comparison.area = reader.get_text();
  comparison.id = "comparison:" + comparison.area;
  comparison.day = reader.get_text();
  comparison.count = reader.get<std::uint32_t>();
  comparison.rolling_24h = reader.get<std::uint32_t>();
  for (double* score : scores_of(comparison)) *score = reader.get_double();
  return comparison;
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "the engine's checkpoint " + what + "; delete it, the log is folded anew");
}

}  // namespace

std::string Engine::State::checkpoint() const {
  ByteWriter writer;
  writer.reserve(4096 + incidents_.size() * (kIncidentBytes + 8));
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(kEngineVersion);
  writer.put_text(settings_.canonical());
  writer.put(advanced_);
  writer.put(version_.value());
  writer.put_instant(as_of_);
  const auto decisions = placement_.decisions();
  writer.put_length(decisions.size());
  for (const model::SiteDecision& decision : decisions) put(writer, decision);
  writer.put_length(silences_.size());
  for (const Silence& silence : silences_) {
    writer.put(silence.partner);
    writer.put(silence.since);
  }
  for (const Jurisdiction& jurisdiction : jurisdictions_) {
    writer.put(jurisdiction.calibration().has_value());
    if (jurisdiction.calibration()) put(writer, *jurisdiction.calibration());
  }
  writer.put_length(due_.size());
  for (const Due& due : due_) {
    writer.put_text(due.jurisdiction);
    writer.put(due.version.value());
  }
  writer.put_length(places_.size());
  for (const model::Place& place : places_) put(writer, place);
  writer.put_length(comparisons_.size());
  for (const model::Comparison& comparison : comparisons_) put(writer, comparison);
  std::vector<model::RecordKey> keys;
  keys.reserve(incidents_.size());
  for (const auto& [key, held] : incidents_) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  writer.put_length(keys.size());
  for (const model::RecordKey& key : keys) {
    const Held& held = incidents_.at(key);
    put(writer, key, held.incident, reporters_.partners(held.item.reporters));
  }
  return writer.finish();
}

Result<void> Engine::State::restore(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint64_t>() != kMagic || reader.failed()) return refused("is damaged");
  if (reader.get<std::uint32_t>() != kFormat || reader.get<std::uint32_t>() != kEngineVersion) {
    return refused("is of another engine version");
  }
  if (reader.get_text() != settings_.canonical()) return refused("is of other settings");
  const bool advanced = reader.get_bool();
  const model::Version version(reader.get<std::uint64_t>());
  const Instant as_of = reader.get_instant();
  reader.require(is_tick_time(as_of));
  for (std::size_t left = reader.get_length(17); left > 0; --left) {
    const model::SiteDecision decision = get_decision(reader);
    if (reader.failed()) break;
    decide(decision);
  }
  std::vector<Silence> silences;
  for (std::size_t left = reader.get_length(10); left > 0; --left) {
    const auto partner = reader.get<model::NameIndex>();
    reader.require(partner < partners_.size());
    silences.push_back({partner, reader.get<Hour>()});
  }
  for (std::size_t i = 0; i < jurisdictions_.size(); ++i) {
    if (!reader.get_bool()) continue;
    const Calibration calibration = get_calibration(reader);
    if (reader.failed()) break;
    apply(calibration);
  }
  std::vector<Due> due;
  for (std::size_t left = reader.get_length(16); left > 0; --left) {
    const std::string name(reader.get_text());
    due.push_back({name, model::Version(reader.get<std::uint64_t>())});
  }
  for (std::size_t left = reader.get_length(kPlaceBytes); left > 0; --left) {
    places_.push_back(get_place(reader));
  }
  for (std::size_t left = reader.get_length(kComparisonBytes); left > 0; --left) {
    comparisons_.push_back(get_comparison(reader));
  }
  for (std::size_t left = reader.get_length(kIncidentBytes); left > 0; --left) {
    model::RecordKey key;
    key.words[0] = reader.get<std::uint64_t>();
    key.words[1] = reader.get<std::uint64_t>();
    const model::Incident incident = get_incident(reader, partners_.size());
    if (reader.failed()) break;
    apply(key, incident);
  }
  if (!reader.is_whole()) return refused("does not make sense");
  set_silences(std::move(silences));
  if (advanced) settle(version, as_of);
  due_ = std::move(due);
  return {};
}

// What `advance` left.
void Engine::State::settle(model::Version version, Instant as_of) {
  advanced_ = true;
  version_ = version;
  as_of_ = as_of;
  touching_.clear();
  changed_ = false;
  for (Jurisdiction& jurisdiction : jurisdictions_) jurisdiction.scan().roll_to(hour_of(as_of));
  find_all();
  proposals_ = placement_.propose();
}

}  // namespace commonwatch::hotspot
