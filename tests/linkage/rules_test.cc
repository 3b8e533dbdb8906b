#include <catch2/catch.hpp>

#include "tests/linkage/records.h"

namespace commonwatch::linkage::test {
namespace {

std::size_t count(const std::vector<Record>& records, const Settings& settings = {}) {
  Linker linker(settings);
  std::uint64_t number = 0;
  for (const Record& each : records) linker.apply(key(++number), 1, each);
  return incidents_of(linker).size();
}

Record numbered(Record record, std::uint64_t number) {
  record.match_key = number;
  return record;
}

Record person(Record record, std::uint8_t age, std::uint8_t sex,
              model::Outcome outcome = model::Outcome::kUnspecified) {
  record.traits.push_back({age, sex, outcome});
  return record;
}

}  // namespace

TEST_CASE("two agencies near in time and place are one incident", "[rules]") {
  CHECK(count({record(10), record(20, 10, 200)}) == 1);
}

TEST_CASE("a reduced record is linked by an operator's word only", "[rules]") {
  Record reduced = record(20, 10, 200);
  reduced.reduced = true;
  CHECK(count({record(10), reduced}) == 2);
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, reduced);
  linker.decide(key(1), key(2), model::PairVerdict::kLinked);
  CHECK(incidents_of(linker).size() == 1);
  CHECK(linker.linked().size() == 1);
  const auto restored = Linker::restore({}, linker.checkpoint());
  REQUIRE(restored.has_value());
  CHECK(restored->find(key(2))->reduced);
  CHECK(restored->linked() == linker.linked());
  // Taken out again without a trace.
  linker.apply(key(2), 2, std::nullopt);
  CHECK(linker.linked().empty());
  CHECK(linker.size() == 1);
}

TEST_CASE("reduced records are no flood, however many there are in a block", "[rules]") {
  Linker linker;
  for (std::uint64_t n = 0; n < 200; ++n) {
    Record reduced = record(30);
    reduced.reduced = true;
    linker.apply(key(100 + n), 1, reduced);
  }
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20, 10, 200));
  CHECK(incidents_of(linker).size() == 201);
}

TEST_CASE("agencies beyond the limit of time or place are two incidents", "[rules]") {
  CHECK(count({record(10), record(20, 46, 0)}) == 2);
  CHECK(count({record(10), record(20, 0, 260)}) == 2);
}

TEST_CASE("a stated accuracy widens the limit of place up to the cap", "[rules]") {
  Record vague = record(20, 0, 600);
  CHECK(count({record(10), vague}) == 2);
  vague.accuracy_m = 400;
  CHECK(count({record(10), vague}) == 1);
  Record far = record(20, 0, 1'300);
  far.accuracy_m = 5'000;
  CHECK(count({record(10), far}) == 2);
}

TEST_CASE("a record placed at a facility has an hour", "[rules]") {
  Record booked = record(20, 50);
  booked.location = model::LocationKind::kFacility;
  CHECK(count({record(10), booked}) == 1);
}

TEST_CASE("records of one source link at the same second and geocode only", "[rules]") {
  CHECK(count({record(10), record(10)}) == 1);
  CHECK(count({record(10), record(10, 0.1)}) == 2);
  CHECK(count({record(10), record(10, 0, 40)}) == 2);
}

TEST_CASE("a number links within its partner, a day and five kilometres", "[rules]") {
  CHECK(count({numbered(record(10), 7), numbered(record(10, 600, 3'000), 7)}) == 1);
  CHECK(count({numbered(record(10), 7), numbered(record(11, 600, 3'000), 7)}) == 1);
  CHECK(count({numbered(record(10), 7), numbered(record(20, 600, 3'000), 7)}) == 2);
  CHECK(count({numbered(record(10), 7), numbered(record(10, 1'500), 7)}) == 2);
  CHECK(count({numbered(record(10), 7), numbered(record(10, 0, 5'100), 7)}) == 2);
}

TEST_CASE("a number that too many records of a day carry links nothing", "[rules]") {
  std::vector<Record> records;
  for (int i = 0; i < 9; ++i) records.push_back(numbered(record(10, i, 300.0 * i), 7));
  CHECK(count(records) == 9);
  records.pop_back();
  CHECK(count(records) == 1);
}

TEST_CASE("contradicting persons are two incidents, whatever rule would link them", "[rules]") {
  CHECK(count({person(record(10), 3, 1), person(record(20), 3, 2)}) == 2);
  CHECK(count({person(record(10), 3, 1), person(record(20), 4, 1)}) == 2);
  CHECK(count({person(record(10), 3, 1), person(record(10), 3, 2)}) == 2);
  CHECK(count({person(numbered(record(10), 7), 3, 1), person(numbered(record(11), 7), 3, 2)}) == 2);
  CHECK(count({person(record(10), 3, 1), person(record(20), 0, 0)}) == 1);
}

TEST_CASE("a death that another agency reports later does not contradict a survivor", "[rules]") {
  using model::Outcome;
  CHECK(count({person(record(10), 0, 0, Outcome::kNonfatal),
               person(record(20), 0, 0, Outcome::kFatal)}) == 1);
  CHECK(count({person(record(10), 0, 0, Outcome::kNonfatal),
               person(record(11), 0, 0, Outcome::kFatal)}) == 2);
}

TEST_CASE("the persons of the smaller report must be found among those of the larger", "[rules]") {
  Record two = person(person(record(10), 3, 1), 4, 2);
  two.persons = 2;
  CHECK(count({two, person(record(20), 4, 2)}) == 1);
  CHECK(count({two, person(record(20), 4, 1)}) == 2);
  Record others = person(person(record(20), 3, 1), 3, 1);
  others.persons = 2;
  CHECK(count({two, others}) == 2);
}

TEST_CASE("a chain of near records is not one incident", "[rules]") {
  CHECK(count({record(10), record(20, 0, 200), record(30, 0, 400)}) == 2);
}

TEST_CASE("an incident holds one record of a source at most", "[rules]") {
  CHECK(count({record(10), record(10, 5), record(20, 2)}) == 2);
}

// `early` and `late` cannot be linked with each other, but each with one of the two between them.
TEST_CASE("two reports left alone take the two of a link between them apart and are linked",
          "[rules]") {
  const Record early = record(20, 0);
  const Record late = record(10, 90);
  CHECK(count({early, record(10, 46), record(20, 50), late}) == 3);
  CHECK(count({early, record(10, 40), record(20, 50), late}) == 2);
}

TEST_CASE("a link by a number is not given up for two reports that are alone", "[rules]") {
  CHECK(count({record(20, 0), numbered(record(10, 40), 7), numbered(record(11, 50), 7),
               record(30, 90)}) == 3);
}

TEST_CASE("nothing is exchanged where too many reports are alone", "[rules]") {
  std::vector<Record> records{record(20, 0), record(10, 40), record(20, 50)};
  for (int i = 0; i < 31; ++i) records.push_back(record(10, 90 + i * 0.1));
  CHECK(count(records) == 32);
  records.push_back(record(10, 94));
  CHECK(count(records) == 34);
}

TEST_CASE("an incident takes place and time of its best record and the largest numbers",
          "[rules]") {
  Record area = record(10, 0, 0);
  area.location = model::LocationKind::kArea;
  area.persons = 3;
  area.first_recorded = kNoon;
  Record scene = record(20, 5, 100);
  scene.location = model::LocationKind::kScene;
  scene.fatal = 1;
  scene.has_area_code = true;
  Linker linker;
  linker.apply(key(1), 1, area);
  linker.apply(key(2), 1, scene);
  const auto shown = incidents_of(linker);
  REQUIRE(shown.size() == 1);
  const Incident incident = shown.begin()->second;
  CHECK(shown.begin()->first == std::min(key(1), key(2)));
  CHECK(incident.occurred == scene.occurred);
  CHECK(incident.cell == scene.cell);
  CHECK(incident.first_recorded == kNoon);
  CHECK(incident.persons == 3);
  CHECK(incident.fatal == 1);
  CHECK(incident.has_area_code);
  CHECK(incident.partners == std::vector<model::NameIndex>{1, 2});
}

TEST_CASE("six overdoses on a corner in three hours, each told twice, are five or six", "[rules]") {
  for (std::uint32_t seed = 10'001; seed <= 12'000; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> when(0, 180);
    std::uniform_real_distribution<double> where(-50, 50);
    std::normal_distribution<double> late(0, 4);
    std::normal_distribution<double> off(0, 25);
    std::vector<Record> records;
    for (int i = 0; i < 6; ++i) {
      const double minutes = when(random);
      const double north = where(random);
      const double east = where(random);
      for (const model::NameIndex source : {10, 20}) {
        records.push_back(
            record(source, minutes + late(random), north + off(random), east + off(random)));
      }
    }
    const std::size_t incidents = count(records);
    REQUIRE(incidents >= 5);
    REQUIRE(incidents <= 6);
  }
}

TEST_CASE("a flood at one second and geocode links nothing by rules", "[rules]") {
  std::vector<Record> records;
  for (int i = 0; i < 10'000; ++i)
    records.push_back(record(static_cast<model::NameIndex>(10 + i % 2 * 10)));
  CHECK(count(records) == 10'000);
}

}  // namespace commonwatch::linkage::test
