// Invariants checked, over generated terms and events:
// - what is not granted is not there, and what is there is no finer than agreed;
// - what comes out is a function of what is granted: changing the rest changes nothing;
// - what a narrower term grants, a wider one grants too.
#include "hub/sharing/redact.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "tests/sharing/events.h"

namespace commonwatch::sharing::test {
namespace {

constexpr std::uint64_t kSeeds = 400;
constexpr int kEvents = 25;
constexpr PseudonymKey kKey{{0x0123456789abcdef, 0xfedcba9876543210}};
constexpr std::string_view kSource = "county-ems/cad-1";

// What an event states, by field; of several persons in no order.
using Stated = std::map<std::string, std::multiset<std::string>>;

template <class Value>
void state(Stated& stated, Field field, const Value& value) {
  if (value == Value{}) return;
  stated[std::string(name(field))].insert(std::to_string(static_cast<double>(value)));
}

void state_person(Stated& stated, const model::Person& person) {
  state(stated, Field::kAgeBand, person.age_band);
  state(stated, Field::kSex, person.sex);
  state(stated, Field::kPersonOutcome, person.outcome);
  for (const model::Administration& given : person.administrations) {
    state(stated, Field::kMedication, given.medication);
    state(stated, Field::kDose, given.dose_mg);
    state(stated, Field::kRoute, given.route);
    state(stated, Field::kGiver, given.giver);
    state(stated, Field::kResponse, given.response);
  }
}

Stated stated_by(const model::Event& event) {
  Stated stated;
  stated["record_id"] = {event.record_id};
  if (event.has_occurred_at) state(stated, Field::kOccurredAt, to_micros(event.occurred_at));
  if (event.has_location) {
    state(stated, Field::kLocation, event.location.latitude);
    state(stated, Field::kLocation, event.location.longitude);
    state(stated, Field::kLocationKind, event.location.kind);
    if (!event.location.area_code.empty()) {
      stated["location.area_code"] = {event.location.area_code};
    }
  }
  if (const auto* overdose = std::get_if<model::Overdose>(&event.report)) {
    state(stated, Field::kCertainty, overdose->certainty);
    state(stated, Field::kOutcome, overdose->outcome);
    state(stated, Field::kPersons, overdose->persons.size());
    for (const model::Person& person : overdose->persons) state_person(stated, person);
    for (const auto substance : overdose->substances) state(stated, Field::kSubstances, substance);
    state(stated, Field::kPlace, overdose->place);
    state(stated, Field::kTransport, overdose->transport);
    if (!overdose->match_key.empty()) stated["overdose.match_key"] = {overdose->match_key};
    state(stated, Field::kMatchKey, overdose->match_key_version);
  }
  if (const auto* count = std::get_if<model::AreaCount>(&event.report)) {
    stated["area_count"] = {std::to_string(count->incidents)};
  }
  if (const auto* retraction = std::get_if<model::Retraction>(&event.report)) {
    state(stated, Field::kRetractionReason, retraction->reason);
  }
  return stated;
}

template <class Check>
void for_generated(const Check& check) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const Term term = any_term(random, "analysts");
    INFO(term.fields.text());
    for (int i = 0; i < kEvents; ++i) check(random, term, any_event(random));
  }
}

// `b` in everything that the term does not grant, `a` in what it does.
model::Event mixed(const model::Event& a, const model::Event& b, FieldMask fields) {
  model::Event event = a;
  if (!fields.has(Field::kOccurredAt)) event.occurred_at = b.occurred_at;
  if (!fields.has(Field::kLocation)) event.location = b.location;
  if (!fields.has(Field::kAccuracy)) event.location.accuracy_m = b.location.accuracy_m;
  if (!fields.has(Field::kLocationKind)) event.location.kind = b.location.kind;
  if (!fields.has(Field::kAreaCode)) event.location.area_code = b.location.area_code;
  auto* to = std::get_if<model::Overdose>(&event.report);
  const auto* from = std::get_if<model::Overdose>(&b.report);
  if (to == nullptr || from == nullptr) return event;
  if (!fields.has(Field::kCertainty)) to->certainty = from->certainty;
  if (!fields.has(Field::kOutcome)) to->outcome = from->outcome;
  if (!fields.has(Field::kPersons)) to->persons = from->persons;
  for (model::Person& person : to->persons) {
    if (!fields.has(Field::kAgeBand)) person.age_band = from->place;
    if (!fields.has(Field::kSex)) person.sex = from->transport;
    if (!fields.has(Field::kPersonOutcome)) person.outcome = from->outcome;
    for (model::Administration& given : person.administrations) {
      if (!fields.has(Field::kMedication)) given.medication = from->place;
      if (!fields.has(Field::kDose)) given.dose_mg = from->place;
      if (!fields.has(Field::kGiver)) given.giver = from->transport;
    }
  }
  if (!fields.has(Field::kSubstances)) to->substances = from->substances;
  if (!fields.has(Field::kPlace)) to->place = from->place;
  if (!fields.has(Field::kTransport)) to->transport = from->transport;
  to->match_key = from->match_key;
  return event;
}

}  // namespace

TEST_CASE("an event leaves with nothing that the term does not grant") {
  int left = 0;
  for_generated([&](Random&, const Term& term, const model::Event& event) {
    const auto cut = redact(event, kSource, term, kKey);
    if (!cut) return;
    ++left;
    for (const auto& [field, value] : stated_by(*cut)) {
      INFO(field << " " << *value.begin());
      CHECK((field == "record_id" || term.fields.has(*field_of(field))));
      CHECK(field != "overdose.match_key");
    }
    CHECK((cut->record_id == event.record_id) == term.fields.has(Field::kRecordId));
  });
  CHECK(left > 1000);
}

TEST_CASE("an event leaves with everything that an unlimited term grants but the match key") {
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    const model::Event event = any_event(random);
    auto expected = stated_by(event);
    expected.erase("overdose.match_key");
    const auto cut = redact(event, kSource, everything("health"), kKey);
    REQUIRE(cut);
    const auto stated = stated_by(*cut);
    for (const auto& [field, value] : expected) {
      INFO(field);
      CHECK(stated.contains(field));
    }
  }
}

TEST_CASE("an event's place and time leave no finer than agreed, and still hold the true ones") {
  for_generated([&](Random&, const Term& term, const model::Event& event) {
    const auto cut = redact(event, kSource, term, kKey);
    if (!cut) return;
    if (cut->has_occurred_at && term.time_rounding.count() > 0) {
      CHECK(cut->occurred_at.time_since_epoch() % term.time_rounding == Duration(0));
      CHECK(cut->occurred_at <= event.occurred_at);
      CHECK(event.occurred_at - cut->occurred_at < term.time_rounding);
    }
    if (!cut->has_location) return;
    const model::Cell cell =
        model::Cell::at({event.location.latitude, event.location.longitude}, term.cell_level);
    CHECK(cut->location.latitude == cell.center().latitude);
    CHECK(cut->location.longitude == cell.center().longitude);
    CHECK(cut->location.accuracy_m >= cell_radius_m(cell));
  });
}

TEST_CASE("an event leaves the same whatever stood in the fields that are not granted") {
  for_generated([&](Random& random, const Term& term, const model::Event& event) {
    model::Event other = any_event(random);
    while (other.kind() != event.kind()) other = any_event(random);
    const auto a = redact(event, kSource, term, kKey);
    const auto b = redact(mixed(event, other, term.fields), kSource, term, kKey);
    REQUIRE(a.has_value() == b.has_value());
    if (a) CHECK(stated_by(*a) == stated_by(*b));
  });
}

TEST_CASE("a narrower term's event states nothing that a wider term's does not") {
  for_generated([&](Random& random, const Term& wide, const model::Event& event) {
    Term narrow = wide;
    narrow.fields = wide.fields.both(any_fields(random, 60));
    narrow.cell_level = static_cast<int>(random.between(0, wide.cell_level));
    narrow.time_rounding = wide.time_rounding * 4;
    const auto a = redact(event, kSource, narrow, kKey);
    const auto b = redact(event, kSource, wide, kKey);
    if (!a) return;
    REQUIRE(b);
    const Stated of_wide = stated_by(*b);
    for (const auto& [field, value] : stated_by(*a)) {
      INFO(field);
      CHECK(of_wide.contains(field));
      if (field == "record_id" || field == "location" || field == "occurred_at") continue;
      CHECK(of_wide.at(field) == value);
    }
    if (a->has_location) {
      const model::Cell coarse =
          model::Cell::at({a->location.latitude, a->location.longitude}, narrow.cell_level);
      CHECK(coarse.contains(
          model::Cell::at({b->location.latitude, b->location.longitude}, wide.cell_level)));
    }
    // What the narrower one knows follows from what the wider one does.
    if (a->has_occurred_at) {
      CHECK(a->occurred_at == round_down(b->occurred_at, narrow.time_rounding));
    }
  });
}

TEST_CASE("a record without agreed time or place does not enter the fold") {
  Random random(3);
  Term term = everything("police");
  term.fields = term.fields.without(FieldMask().add(Field::kLocation));
  CHECK_FALSE(reduce(any_record(random), term));
  term = everything("police");
  term.fields = term.fields.without(FieldMask().add(Field::kOccurredAt));
  CHECK_FALSE(reduce(any_record(random), term));
}

TEST_CASE("a record enters the fold with nothing finer than the term grants") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Term term = any_term(random, "responders");
    term.fields.add(Field::kOccurredAt).add(Field::kLocation).add(Field::kCertainty);
    const model::Record record = any_record(random);
    const auto cut = reduce(record, term);
    REQUIRE(cut);
    CHECK(cut->occurred == round_down(record.occurred, term.time_rounding));
    const model::Cell cell = model::Cell::at(record.point, term.cell_level);
    if (term.cell_level < 30) CHECK(cut->point == cell.center());
    CHECK((cut->match_key == 0) == !term.fields.has(Field::kMatchKey));
    if (!term.fields.has(Field::kPersons)) CHECK(cut->persons == 1);
    if (!term.fields.has(Field::kOutcome)) CHECK(cut->fatal == 0);
    for (const model::PersonTraits& traits : cut->traits) {
      if (!term.fields.has(Field::kAgeBand)) CHECK(traits.age_band == 0);
      if (!term.fields.has(Field::kSex)) CHECK(traits.sex == 0);
      if (!term.fields.has(Field::kPersonOutcome)) {
        CHECK(traits.outcome == model::Outcome::kUnspecified);
      }
    }
  }
}

TEST_CASE("a pseudonym stays across revisions and differs across audiences and sources") {
  const std::string name = pseudonym(kKey, kSource, "case 7");
  CHECK(name.size() == 32);
  CHECK(name == pseudonym(kKey, kSource, "case 7"));
  CHECK(name != pseudonym({{1, 2}}, kSource, "case 7"));
  CHECK(name != pseudonym(kKey, "county-ems/cad-2", "case 7"));
  CHECK(name != pseudonym(kKey, kSource, "case 8"));
}

TEST_CASE("time before 1970 is rounded down as well") {
  CHECK(round_down(instant_from_micros(-1), std::chrono::hours(1)) ==
        Instant(-std::chrono::hours(1)));
}

}  // namespace commonwatch::sharing::test
