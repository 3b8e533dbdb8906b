#include "hub/alert/episode_bytes.h"

#include <cmath>

namespace commonwatch::alert {
namespace {

// Every item of a list takes at least this.
constexpr std::size_t kItemBytesMin = 8;
// No engine has a wider one, and each of its hours is looked at.
constexpr std::uint32_t kWindowHoursMax = 168;

template <class List, class Put>
void put_list(ByteWriter& writer, const List& list, Put put_one) {
  writer.put_length(list.size());
  for (const auto& item : list) put_one(writer, item);
}

template <class Item, class Get>
std::vector<Item> get_list(ByteReader& reader, Get get_one) {
  std::vector<Item> list;
  const std::size_t length = reader.get_length(kItemBytesMin);
  for (std::size_t i = 0; i < length && !reader.failed(); ++i) list.push_back(get_one(reader));
  return list;
}

// One byte; fails above `last`.
template <class Enumeration>
Enumeration get_enumeration(ByteReader& reader, Enumeration last) {
  const auto value = reader.get<std::uint8_t>();
  reader.require(value <= static_cast<std::uint8_t>(last));
  return reader.failed() ? Enumeration{} : static_cast<Enumeration>(value);
}

double get_finite(ByteReader& reader) {
  const double number = reader.get_double();
  reader.require(std::isfinite(number));
  return number;
}

void put_text(ByteWriter& writer, const std::string& text) { writer.put_text(text); }
std::string get_text(ByteReader& reader) { return std::string(reader.get_text()); }

void put_zone(ByteWriter& writer, const model::Zone& zone) {
  writer.put(static_cast<std::uint8_t>(zone.kind));
  writer.put(zone.cell.id());
  writer.put_text(zone.name);
}

model::Zone get_zone(ByteReader& reader) {
  model::Zone zone;
  zone.kind = get_enumeration(reader, model::ZoneKind::kFacility);
  zone.cell = model::Cell(reader.get<std::uint64_t>());
  zone.name = reader.get_text();
  const bool has_cells =
      zone.kind == model::ZoneKind::kCell || zone.kind == model::ZoneKind::kBlock;
  reader.require(!has_cells || zone.cell.is_valid());
  return zone;
}

void put_hotspot(ByteWriter& writer, const model::Hotspot& h) {
  writer.put_text(h.id);
  put_zone(writer, h.zone);
  writer.put_double(h.center.latitude);
  writer.put_double(h.center.longitude);
  writer.put(h.window_hours);
  writer.put(h.count);
  writer.put(h.fatal);
  writer.put_double(h.expected);
  writer.put_double(h.score);
  writer.put_double(h.interval_days);
  writer.put(static_cast<std::uint8_t>(h.severity));
  writer.put_instant(h.last_occurred);
  writer.put(h.exposure_days);
  writer.put(static_cast<std::uint8_t>(h.provisional));
}

model::Hotspot get_hotspot(ByteReader& reader) {
  model::Hotspot h;
  h.id = reader.get_text();
  h.zone = get_zone(reader);
  h.center.latitude = get_finite(reader);
  h.center.longitude = get_finite(reader);
  h.window_hours = reader.get<std::uint32_t>();
  reader.require(h.window_hours <= kWindowHoursMax);
  h.count = reader.get<std::uint32_t>();
  h.fatal = reader.get<std::uint32_t>();
  h.expected = get_finite(reader);
  h.score = get_finite(reader);
  h.interval_days = get_finite(reader);
  h.severity = get_enumeration(reader, model::Severity::kAlert);
  h.last_occurred = reader.get_instant();
  h.exposure_days = reader.get<std::uint32_t>();
  h.provisional = reader.get_bool();
  return h;
}

void put_agency(ByteWriter& writer, const model::AgencyCount& agency) {
  writer.put_text(agency.partner);
  writer.put(agency.persons);
}

model::AgencyCount get_agency(ByteReader& reader) {
  model::AgencyCount agency;
  agency.partner = reader.get_text();
  agency.persons = reader.get<std::uint32_t>();
  return agency;
}

void put_evidence(ByteWriter& writer, const model::Evidence& e) {
  writer.put_instant(e.window_start);
  writer.put_instant(e.window_end);
  for (const double number :
       {e.baseline_persons, e.prior_persons, e.exposure_days, e.profile_days, e.completeness,
        e.trend, e.dispersion, e.note_score, e.watch_score, e.alert_score, e.permutation_score}) {
    writer.put_double(number);
  }
  writer.put(e.permutation_zone);
  writer.put(e.permutation_window);
  writer.put(e.permutation_all);
  put_list(writer, e.agencies, put_agency);
  put_list(writer, e.silent, put_text);
}

model::Evidence get_evidence(ByteReader& reader) {
  model::Evidence e;
  e.window_start = reader.get_instant();
  e.window_end = reader.get_instant();
  for (double* number : {&e.baseline_persons, &e.prior_persons, &e.exposure_days, &e.profile_days,
                         &e.completeness, &e.trend, &e.dispersion, &e.note_score, &e.watch_score,
                         &e.alert_score, &e.permutation_score}) {
    *number = reader.get_double();  // a level without calibration may be infinite
    reader.require(!std::isnan(*number));
  }
  e.permutation_zone = reader.get<std::uint32_t>();
  e.permutation_window = reader.get<std::uint32_t>();
  e.permutation_all = reader.get<std::uint32_t>();
  e.agencies = get_list<model::AgencyCount>(reader, get_agency);
  e.silent = get_list<std::string>(reader, get_text);
  return e;
}

void put_answer(ByteWriter& writer, const model::Acknowledgement& answer) {
  writer.put_text(answer.principal);
  writer.put(static_cast<std::uint8_t>(answer.action));
  writer.put(answer.alert_version);
  writer.put_instant(answer.recorded);
}

model::Acknowledgement get_answer(ByteReader& reader) {
  model::Acknowledgement answer;
  answer.principal = reader.get_text();
  answer.action = get_enumeration(reader, model::AlertAction::kNotReal);
  answer.alert_version = reader.get<std::uint32_t>();
  answer.recorded = reader.get_instant();
  return answer;
}

void put_alert(ByteWriter& writer, const model::Alert& a) {
  writer.put_text(a.id);
  writer.put(a.version);
  writer.put(static_cast<std::uint8_t>(a.state));
  writer.put(static_cast<std::uint8_t>(a.assessment));
  writer.put_text(a.jurisdiction);
  put_hotspot(writer, a.hotspot);
  put_evidence(writer, a.evidence);
  writer.put(static_cast<std::uint8_t>(a.peak));
  writer.put_instant(a.opened);
  writer.put_instant(a.changed);
  writer.put_instant(a.closed);
  writer.put(static_cast<std::uint8_t>(a.found_late));
  writer.put(static_cast<std::uint8_t>(a.asks));
  writer.put_text(a.merged_into);
  put_list(writer, a.merged, put_text);
  put_list(writer, a.acknowledgements, put_answer);
}

model::Alert get_alert(ByteReader& reader) {
  model::Alert a;
  a.id = reader.get_text();
  a.version = reader.get<std::uint32_t>();
  a.state = get_enumeration(reader, model::AlertState::kMerged);
  a.assessment = get_enumeration(reader, model::Assessment::kWeakened);
  a.jurisdiction = reader.get_text();
  a.hotspot = get_hotspot(reader);
  a.evidence = get_evidence(reader);
  a.peak = get_enumeration(reader, model::Severity::kAlert);
  a.opened = reader.get_instant();
  a.changed = reader.get_instant();
  a.closed = reader.get_instant();
  a.found_late = reader.get_bool();
  a.asks = reader.get_bool();
  a.merged_into = reader.get_text();
  a.merged = get_list<std::string>(reader, get_text);
  a.acknowledgements = get_list<model::Acknowledgement>(reader, get_answer);
  reader.require(!a.id.empty() && a.version > 0 && a.state != model::AlertState::kUnspecified);
  return a;
}

void put_ground(ByteWriter& writer, const Ground& ground) {
  put_zone(writer, ground.zone);
  writer.put(ground.middle.id());
  writer.put_instant(ground.counted);
}

Ground get_ground(ByteReader& reader) {
  Ground ground;
  ground.zone = get_zone(reader);
  ground.middle = model::Cell(reader.get<std::uint64_t>());
  reader.require(ground.middle.is_valid());
  ground.counted = reader.get_instant();
  return ground;
}

void put_shown(ByteWriter& writer, const Shown& shown) {
  writer.put(shown.version);
  writer.put(static_cast<std::uint8_t>(shown.severity));
  writer.put(shown.count);
}

Shown get_shown(ByteReader& reader) {
  Shown shown;
  shown.version = reader.get<std::uint32_t>();
  shown.severity = get_enumeration(reader, model::Severity::kAlert);
  shown.count = reader.get<std::uint32_t>();
  return shown;
}

}  // namespace

void put_episode(ByteWriter& writer, const Episode& episode) {
  put_alert(writer, episode.alert);
  put_list(writer, episode.grounds, put_ground);
  writer.put_instant(episode.span_start);
  writer.put_instant(episode.span_end);
  put_hotspot(writer, episode.best.hotspot);
  put_evidence(writer, episode.best.evidence);
  writer.put_double(episode.best_shown);
  writer.put_double(episode.note_score);
  writer.put(static_cast<std::uint8_t>(episode.quiet_since.has_value()));
  if (episode.quiet_since) writer.put_instant(*episode.quiet_since);
  put_list(writer, episode.shown, put_shown);
  put_list(writer, episode.answers, put_answer);
}

Episode get_episode(ByteReader& reader) {
  Episode episode;
  episode.alert = get_alert(reader);
  episode.grounds = get_list<Ground>(reader, get_ground);
  reader.require(!episode.grounds.empty());
  episode.span_start = reader.get_instant();
  episode.span_end = reader.get_instant();
  episode.best.hotspot = get_hotspot(reader);
  episode.best.evidence = get_evidence(reader);
  episode.best_shown = get_finite(reader);
  episode.note_score = reader.get_double();
  reader.require(!std::isnan(episode.note_score));
  if (reader.get_bool()) episode.quiet_since = reader.get_instant();
  episode.shown = get_list<Shown>(reader, get_shown);
  reader.require(episode.shown.empty() == !episode.is_open());
  episode.answers = get_list<model::Acknowledgement>(reader, get_answer);
  return episode;
}

}  // namespace commonwatch::alert
