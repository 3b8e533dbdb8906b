#include "hub/sharing/redact.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

namespace commonwatch::sharing {
namespace {

constexpr double kEarthRadiusM = 6'371'010;
constexpr double kLatitudeMax = 90;
constexpr double kLongitudeMax = 180;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

// Haversine.
double distance_m(model::LatLng a, model::LatLng b) {
  const double north = std::sin(radians(b.latitude - a.latitude) / 2);
  const double east = std::sin(radians(b.longitude - a.longitude) / 2);
  const double h =
      north * north + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * east * east;
  return 2 * kEarthRadiusM * std::asin(std::min(1.0, std::sqrt(h)));
}

// Of this level a record's place is taken as it is.
constexpr int kExactLevel = 30;

model::Location redacted(const model::Location& location, const Term& term) {
  model::Location cut;
  const FieldMask fields = term.fields;
  const model::Cell cell =
      model::Cell::at({location.latitude, location.longitude}, term.cell_level);
  const model::LatLng center = cell.center();
  cut.latitude = std::clamp(center.latitude, -kLatitudeMax, kLatitudeMax);
  cut.longitude = std::clamp(center.longitude, -kLongitudeMax, kLongitudeMax);
  cut.accuracy_m = cell_radius_m(cell);
  if (fields.has(Field::kAccuracy)) cut.accuracy_m += location.accuracy_m;
  if (fields.has(Field::kLocationKind)) cut.kind = location.kind;
  if (fields.has(Field::kAreaCode)) cut.area_code = location.area_code;
  return cut;
}

template <class Value>
Value granted(FieldMask fields, Field field, const Value& value) {
  return fields.has(field) ? value : Value{};
}

model::Administration redacted(const model::Administration& given, FieldMask fields) {
  return {granted(fields, Field::kMedication, given.medication),
          granted(fields, Field::kDose, given.dose_mg), granted(fields, Field::kRoute, given.route),
          granted(fields, Field::kGiver, given.giver),
          granted(fields, Field::kResponse, given.response)};
}

model::Person redacted(const model::Person& person, FieldMask fields) {
  model::Person cut;
  cut.age_band = granted(fields, Field::kAgeBand, person.age_band);
  cut.sex = granted(fields, Field::kSex, person.sex);
  cut.outcome = granted(fields, Field::kPersonOutcome, person.outcome);
  FieldMask parts;
  parts.add(Field::kMedication).add(Field::kDose).add(Field::kRoute).add(Field::kGiver);
  parts.add(Field::kResponse);
  // How many doses is told by any of their fields, and by nothing else.
  if (fields.both(parts).is_empty()) return cut;
  for (const model::Administration& given : person.administrations) {
    cut.administrations.push_back(redacted(given, fields));
  }
  return cut;
}

// A stable order, so that who was written first tells nothing of what was taken away.
bool comes_before(const model::Person& a, const model::Person& b) {
  const auto rank = [](const model::Person& person) {
    return std::tuple(person.age_band, person.sex, person.outcome, person.administrations.size());
  };
  return rank(a) < rank(b);
}

model::Overdose redacted(const model::Overdose& overdose, FieldMask fields) {
  model::Overdose cut;
  cut.certainty = granted(fields, Field::kCertainty, overdose.certainty);
  cut.outcome = granted(fields, Field::kOutcome, overdose.outcome);
  if (fields.has(Field::kPersons)) {
    for (const model::Person& person : overdose.persons) {
      cut.persons.push_back(redacted(person, fields));
    }
    std::stable_sort(cut.persons.begin(), cut.persons.end(), comes_before);
  }
  cut.substances = granted(fields, Field::kSubstances, overdose.substances);
  cut.place = granted(fields, Field::kPlace, overdose.place);
  cut.transport = granted(fields, Field::kTransport, overdose.transport);
  return cut;
}

bool shares_overdose(FieldMask fields) {
  const auto all = fields.fields();
  return std::any_of(all.begin(), all.end(), [](Field field) {
    return field != Field::kMatchKey && name(field).starts_with("overdose.");
  });
}

}  // namespace

Instant round_down(Instant instant, Duration rounding) {
  if (rounding.count() == 0) return instant;
  auto rest = instant.time_since_epoch() % rounding;
  if (rest < Duration(0)) rest += rounding;
  return instant - rest;
}

float cell_radius_m(model::Cell cell) {
  double radius = 0;
  const model::LatLng center = cell.center();
  for (const model::LatLng vertex : cell.vertices()) {
    radius = std::max(radius, distance_m(center, vertex));
  }
  return static_cast<float>(radius);
}

std::optional<model::Event> redact(const model::Event& event, std::string_view source,
                                   const Term& term, const PseudonymKey& key) {
  const FieldMask fields = term.fields;
  model::Event cut;
  if (const auto* overdose = std::get_if<model::Overdose>(&event.report)) {
    if (!shares_overdose(fields)) return std::nullopt;
    cut.report = redacted(*overdose, fields);
  } else if (const auto* count = std::get_if<model::AreaCount>(&event.report)) {
    if (!fields.has(Field::kAreaCount)) return std::nullopt;
    cut.report =
        model::AreaCount{count->incidents, fields.has(Field::kOccurredAt)
                                               ? round_down(count->span_start, term.time_rounding)
                                               : Instant{}};
  } else if (const auto* retraction = std::get_if<model::Retraction>(&event.report)) {
    // Whoever saw the record must learn that it never was.
    if (!shares_overdose(fields) && !fields.has(Field::kAreaCount)) return std::nullopt;
    cut.report = model::Retraction{granted(fields, Field::kRetractionReason, retraction->reason)};
  } else {
    return std::nullopt;
  }
  cut.record_id =
      fields.has(Field::kRecordId) ? event.record_id : pseudonym(key, source, event.record_id);
  cut.revision = event.revision;
  if (event.has_occurred_at && fields.has(Field::kOccurredAt)) {
    cut.has_occurred_at = true;
    cut.occurred_at = round_down(event.occurred_at, term.time_rounding);
  }
  if (event.has_location && fields.has(Field::kLocation)) {
    cut.has_location = true;
    cut.location = redacted(event.location, term);
  }
  return cut;
}

std::optional<model::Record> reduce(const model::Record& record, const Term& term) {
  const FieldMask fields = term.fields;
  if (!fields.has(Field::kOccurredAt) || !fields.has(Field::kLocation)) return std::nullopt;
  if (!shares_overdose(fields)) return std::nullopt;
  model::Record cut = record;
  cut.occurred = round_down(record.occurred, term.time_rounding);
  if (term.cell_level < kExactLevel) {
    const model::Cell cell = model::Cell::at(record.point, term.cell_level);
    cut.point = cell.center();
    cut.cell = model::Cell::at(cut.point, model::kLeafLevel);
    const float stated = granted(fields, Field::kAccuracy, record.accuracy_m);
    cut.accuracy_m = stated + cell_radius_m(cell);
  } else {
    cut.accuracy_m = granted(fields, Field::kAccuracy, record.accuracy_m);
  }
  cut.location = granted(fields, Field::kLocationKind, record.location);
  cut.has_area_code = granted(fields, Field::kAreaCode, record.has_area_code);
  if (!fields.has(Field::kPersons)) cut.persons = 1;
  cut.fatal = fields.has(Field::kOutcome) ? std::min(record.fatal, cut.persons) : 0;
  for (model::PersonTraits& traits : cut.traits) {
    traits.age_band = granted(fields, Field::kAgeBand, traits.age_band);
    traits.sex = granted(fields, Field::kSex, traits.sex);
    traits.outcome = granted(fields, Field::kPersonOutcome, traits.outcome);
  }
  if (!fields.has(Field::kPersons) || fields.both(FieldMask::of_persons()).is_empty()) {
    cut.traits.clear();
  }
  if (!fields.has(Field::kMatchKey)) cut.match_key = 0;
  return cut;
}

}  // namespace commonwatch::sharing
