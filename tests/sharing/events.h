// Settings, terms and events of which a seed says all.
#pragma once

#include <string>
#include <vector>

#include "hub/model/record.h"
#include "hub/sharing/agreement.h"
#include "tests/hotspot/random.h"

namespace commonwatch::sharing::test {

using hotspot::test::Random;

inline FieldMask any_fields(Random& random, int percent) {
  FieldMask mask;
  for (std::size_t at = 0; at < kFields; ++at) {
    if (random.chance(percent)) mask.add(static_cast<Field>(at));
  }
  return mask;
}

inline Term any_term(Random& random, const std::string& audience) {
  Term term;
  term.audience = audience;
  term.fields = any_fields(random, static_cast<int>(random.between(10, 95)));
  term.cell_level = static_cast<int>(random.between(5, 30));
  const std::vector<std::int64_t> seconds = {0, 1, 60, 900, 3600, 86'400};
  term.time_rounding = std::chrono::seconds(random.any(seconds));
  term.delay = std::chrono::seconds(random.between(0, 1) * random.between(0, 86'400));
  term.purposes = {"response"};
  return term;
}

inline model::Location any_location(Random& random) {
  model::Location location;
  location.latitude = 40.1 + random.unit() / 5;
  location.longitude = -75.4 + random.unit() / 5;
  location.accuracy_m = static_cast<float>(random.between(0, 500));
  location.kind = static_cast<model::LocationKind>(random.between(1, 3));
  location.area_code = "tract-" + std::to_string(random.between(1, 50));
  return location;
}

inline model::Person any_person(Random& random) {
  model::Person person;
  person.age_band = static_cast<std::uint8_t>(random.between(1, 7));
  person.sex = static_cast<std::uint8_t>(random.between(1, 3));
  person.outcome = static_cast<model::Outcome>(random.between(1, 2));
  for (auto left = random.between(0, 2); left > 0; --left) {
    const auto code = [&] { return static_cast<std::uint8_t>(random.between(1, 3)); };
    person.administrations.push_back(
        {code(), static_cast<float>(random.between(1, 8)), code(), code(), code()});
  }
  return person;
}

inline model::Overdose any_overdose(Random& random) {
  model::Overdose overdose;
  overdose.certainty = static_cast<model::Certainty>(random.between(1, 3));
  overdose.outcome = static_cast<model::Outcome>(random.between(1, 2));
  for (auto left = random.between(0, 3); left > 0; --left) {
    overdose.persons.push_back(any_person(random));
  }
  for (auto left = random.between(1, 2); left > 0; --left) {
    overdose.substances.push_back(static_cast<std::uint8_t>(random.between(1, 9)));
  }
  overdose.place = static_cast<std::uint8_t>(random.between(1, 9));
  overdose.transport = static_cast<std::uint8_t>(random.between(1, 3));
  overdose.match_key = "key-" + std::to_string(random.between(1, 99'999));
  overdose.match_key_version = 3;
  return overdose;
}

inline model::Event any_event(Random& random) {
  model::Event event;
  event.record_id = "record-" + std::to_string(random.between(1, 1'000'000));
  event.revision = static_cast<std::uint32_t>(random.between(0, 5));
  event.has_occurred_at = true;
  event.occurred_at = instant_from_micros(random.between(1'400'000'000, 1'500'000'000) * 1'000'000 +
                                          random.between(0, 999'999));
  const auto kind = random.between(0, 9);
  if (kind == 0) {
    event.report = model::Retraction{static_cast<std::uint8_t>(random.between(1, 3))};
    return event;
  }
  event.has_location = true;
  event.location = any_location(random);
  if (kind == 1) {
    event.report = model::AreaCount{static_cast<std::uint32_t>(random.between(0, 40)),
                                    event.occurred_at - std::chrono::hours(24)};
  } else {
    event.report = any_overdose(random);
  }
  return event;
}

inline model::Record any_record(Random& random) {
  const model::Location location = any_location(random);
  model::Record record;
  record.occurred = instant_from_micros(random.between(1'400'000'000, 1'500'000'000) * 1'000'000);
  record.first_recorded = record.occurred + std::chrono::minutes(random.between(1, 600));
  record.point = {location.latitude, location.longitude};
  record.cell = model::Cell::at(record.point, model::kLeafLevel);
  record.accuracy_m = location.accuracy_m;
  record.location = location.kind;
  record.has_area_code = random.chance(50);
  record.persons = static_cast<std::uint32_t>(random.between(1, 4));
  record.fatal = static_cast<std::uint32_t>(random.between(0, record.persons));
  for (std::uint32_t i = 0; i < record.persons; ++i) {
    const model::Person person = any_person(random);
    record.traits.push_back({person.age_band, person.sex, person.outcome});
  }
  record.match_key = static_cast<std::uint64_t>(random.between(1, 1'000'000));
  return record;
}

}  // namespace commonwatch::sharing::test
