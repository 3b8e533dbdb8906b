#include <catch2/catch.hpp>

#include "tests/linkage/records.h"

namespace commonwatch::linkage::test {

TEST_CASE("a lower revision than one applied changes nothing", "[linker]") {
  Linker linker;
  linker.apply(key(1), 3, record(10));
  linker.take_changes();
  linker.apply(key(1), 2, record(10, 500));
  linker.apply(key(1), 3, std::nullopt);
  CHECK(linker.take_changes().empty());
}

TEST_CASE("a retraction that came first keeps its record away", "[linker]") {
  Linker linker;
  linker.apply(key(1), 2, std::nullopt);
  linker.apply(key(1), 1, record(10));
  CHECK(linker.take_changes().empty());
  CHECK(linker.size() == 0);
}

TEST_CASE("a record is found as its latest revision says, and no more once retracted", "[linker]") {
  Linker linker;
  CHECK(linker.find(key(1)) == nullptr);
  linker.apply(key(1), 1, record(10));
  linker.apply(key(1), 2, record(10, 500));
  REQUIRE(linker.find(key(1)) != nullptr);
  CHECK(*linker.find(key(1)) == record(10, 500));
  linker.apply(key(1), 3, std::nullopt);
  CHECK(linker.find(key(1)) == nullptr);
}

TEST_CASE("a change undone between two calls is not reported", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.take_changes();
  linker.apply(key(2), 1, record(20));
  linker.explain(key(2));
  linker.apply(key(2), 2, std::nullopt);
  CHECK(linker.take_changes().empty());
}

TEST_CASE("an operator's link that came before its records overrides the rules", "[linker]") {
  Linker linker;
  linker.decide(key(1), key(2), PairVerdict::kLinked);
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20, 0, 4'000));
  Shown shown;
  shown.take(linker);
  CHECK(shown.incidents.size() == 1);
  linker.decide(key(2), key(1), PairVerdict::kByRules);
  shown.take(linker);
  CHECK(shown.incidents.size() == 2);
}

TEST_CASE("an operator's split sticks over revisions", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20));
  linker.decide(key(1), key(2), PairVerdict::kSplit);
  linker.apply(key(2), 2, record(20, 1));
  CHECK(incidents_of(linker).size() == 2);
}

TEST_CASE("an operator's link brings two incidents together whole", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20));
  linker.apply(key(3), 1, record(30, 0, 4'000));
  linker.decide(key(1), key(3), PairVerdict::kLinked);
  CHECK(incidents_of(linker).size() == 1);
  linker.decide(key(2), key(3), PairVerdict::kSplit);
  Shown shown;
  shown.take(linker);
  CHECK(linker.explain(key(1))->records.size() == 2);
}

TEST_CASE("what was forgotten is not reported, what remains of an incident is", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10, -10));
  linker.apply(key(2), 1, record(20, 10));
  linker.apply(key(3), 1, record(30, -10, 3'000));
  Shown shown;
  shown.take(linker);
  REQUIRE(shown.incidents.size() == 2);
  linker.forget(kNoon);
  const auto changes = linker.take_changes();
  CHECK(linker.size() == 1);
  for (const auto& change : changes) CHECK(change.key != key(3));
  CHECK(changes.size() == (key(1) < key(2) ? 2 : 1));
}

TEST_CASE("a record revised and then forgotten is not reported", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10, -10));
  linker.take_changes();
  linker.apply(key(1), 2, record(10, -20));
  linker.forget(kNoon);
  CHECK(linker.take_changes().empty());
}

TEST_CASE("an explanation says why the pair was linked and others were not", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20, 6, 100));
  linker.apply(key(3), 1, record(10, 20));
  linker.apply(key(4), 1, record(30, 0, 400));
  linker.apply(key(5), 1, record(40, -40, 10));
  linker.decide(key(1), key(5), PairVerdict::kSplit);
  const auto explanation = linker.explain(key(1));
  REQUIRE(explanation);
  CHECK(explanation->records.size() == 2);
  REQUIRE(explanation->links.size() == 1);
  CHECK(explanation->links[0].reasons == std::vector<LinkReason>{LinkReason::kNear});
  CHECK(explanation->links[0].view.apart == std::chrono::minutes(6));
  CHECK(explanation->links[0].view.distance_m >= 98);
  CHECK(explanation->links[0].view.distance_m <= 101);
  CHECK(explanation->links[0].score > 0);
  std::map<RecordKey, Obstacle> why;
  for (const Candidate& each : explanation->candidates) why[each.key] = each.obstacle;
  CHECK(why.at(key(3)) == Obstacle::kSameSource);
  CHECK(why.at(key(4)) == Obstacle::kTooFar);
  CHECK(why.at(key(5)) == Obstacle::kSplit);
}

TEST_CASE("a restored linker goes on alike and gives the same bytes", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  linker.apply(key(2), 1, record(20));
  linker.apply(key(3), 5, std::nullopt);
  linker.apply(key(3), 4, record(30));
  linker.decide(key(1), key(4), PairVerdict::kLinked);
  linker.take_changes();
  const std::string bytes = linker.checkpoint();
  auto restored = Linker::restore({}, bytes);
  REQUIRE(restored.has_value());
  CHECK(restored->take_changes().empty());
  CHECK(restored->checkpoint() == bytes);
  for (Linker* each : {&linker, &*restored}) each->apply(key(4), 1, record(40, 0, 900));
  CHECK(restored->take_changes() == linker.take_changes());
}

TEST_CASE("a damaged checkpoint, or one of other settings, is refused", "[linker]") {
  Linker linker;
  linker.apply(key(1), 1, record(10));
  std::string bytes = linker.checkpoint();
  Settings other;
  other.distance_base_m = 100;
  CHECK(!Linker::restore(other, bytes).has_value());
  bytes[bytes.size() / 2] ^= 1;
  CHECK(!Linker::restore({}, bytes).has_value());
  CHECK(!Linker::restore({}, "").has_value());
}

TEST_CASE("a setting out of range is refused by name", "[linker]") {
  Settings settings;
  settings.distance_cap_m = 9'999;
  CHECK_THROWS_WITH(Linker(settings), Catch::Contains("linkage.distance_cap_m"));
}

}  // namespace commonwatch::linkage::test
