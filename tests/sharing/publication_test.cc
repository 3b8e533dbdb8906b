#include "hub/sharing/publication.h"

#include <catch2/catch.hpp>

#include "hub/sharing/narrowing.h"
#include "tests/sharing/city.h"

namespace commonwatch::sharing::test {
namespace {

using hotspot::test::Random;
using model::FigureState;
using model::PublishedCount;

// The class that everybody sees, k 3, of the first days of the city.
class Days {
 public:
  Days() : settings_(city_settings()), publication_(rules(), day_start(0)) {}

  PublicationRules rules() const {
    return PublicationRules::of(settings_, publication_classes(settings_).front(), "UTC");
  }
  Publication& publication() { return publication_; }

  // So many more incidents on a day, in a cell; their first number.
  std::uint64_t add(int day, int count, std::size_t cell = 0, std::uint32_t persons = 1,
                    std::uint32_t fatal = 0) {
    const std::uint64_t first = next_;
    for (int i = 0; i < count; ++i) {
      model::Incident incident;
      incident.occurred = day_start(day) + std::chrono::hours(5);
      incident.cell = model::Cell::at(city_cells()[cell].center(), model::kLeafLevel);
      incident.persons = persons;
      incident.fatal = fatal;
      publication_.apply(key_of(next_++), incident);
    }
    return first;
  }
  void take_back(std::uint64_t number) { publication_.apply(key_of(number), std::nullopt); }

  std::vector<PublishedCount> advance(int day, bool has_data = true) {
    return publication_.advance(day_start(day), has_data);
  }
  // The figure of a day as it is shown now.
  PublishedCount figure(int day, std::size_t cell = 0) {
    for (const PublishedCount& count : publication_.shown()) {
      if (count.period_start == day_start(day) && count.cell.contains(city_cells()[cell])) {
        return count;
      }
    }
    return {};
  }

 private:
  Settings settings_;
  Publication publication_;
  std::uint64_t next_ = 1;
};

}  // namespace

TEST_CASE("a figure is published when its day is over and settled, for every zone") {
  Days days;
  days.add(0, 4);
  days.add(0, 2, 1);
  CHECK(days.advance(1).empty());
  const auto changed = days.advance(2);
  CHECK(changed.size() == city_cells().size());
  CHECK(days.figure(0).state == FigureState::kShown);
  CHECK(days.figure(0).persons == 4);
  CHECK(days.figure(0).period_end == day_start(1));
  CHECK(days.figure(0, 1).state == FigureState::kHidden);
  CHECK(days.figure(0, 1).persons == 0);
  PublishedCount few = days.figure(0, 1);
  PublishedCount none = days.figure(0, 2);
  few.cell = none.cell;
  CHECK(few == none);
}

TEST_CASE("a figure stays as it was until k incidents changed") {
  Days days;
  days.add(0, 5);
  days.advance(2);
  days.add(0, 2);
  CHECK(days.advance(3).size() == city_cells().size());  // of the next day alone
  CHECK(days.figure(0).persons == 5);
  days.add(0, 1);
  days.advance(4);
  CHECK(days.figure(0).persons == 8);
}

TEST_CASE("a figure says that it may be revised until it is final, changed or not") {
  Days days;
  days.add(0, 5);
  days.advance(2);
  CHECK(days.figure(0).revision_pending);
  CHECK(days.figure(0, 1).revision_pending);
  days.advance(3);
  CHECK(days.figure(0).revision_pending);
  days.advance(4);
  CHECK_FALSE(days.figure(0).revision_pending);
  days.add(0, 9);
  days.advance(5);
  CHECK(days.figure(0).persons == 5);
}

TEST_CASE("a figure that falls below k by k incidents is hidden") {
  Days days;
  const std::uint64_t first = days.add(0, 5);
  days.advance(2);
  for (std::uint64_t i = 0; i < 3; ++i) days.take_back(first + i);
  days.advance(3);
  CHECK(days.figure(0).state == FigureState::kHidden);
}

TEST_CASE("a figure does not fall when fewer than k incidents are taken back") {
  Days days;
  const std::uint64_t first = days.add(0, 3);
  days.advance(2);
  for (std::uint64_t i = 0; i < 2; ++i) days.take_back(first + i);
  days.advance(3);
  CHECK(days.figure(0).persons == 3);
}

TEST_CASE("a figure does not change by fewer than k incidents however many persons they are") {
  Days days;
  days.add(0, 3);
  days.advance(2);
  days.add(0, 2, 0, 9);
  days.advance(3);
  CHECK(days.figure(0).persons == 3);
}

TEST_CASE("persons of fewer than k incidents are hidden however many they are") {
  Days days;
  days.add(0, 2, 0, 8);
  days.advance(2);
  CHECK(days.figure(0).state == FigureState::kHidden);
}

TEST_CASE("outcomes are shown where both pass k, and never again once they were left out") {
  Days days;
  days.add(0, 3, 0, 1, 1);
  days.add(0, 4, 0);
  days.add(0, 2, 1, 1, 1);
  days.add(0, 4, 1);
  days.advance(2);
  CHECK(days.figure(0).outcomes == model::OutcomeCounts{3, 4});
  CHECK_FALSE(days.figure(0, 1).outcomes);
  days.add(0, 3, 0);
  days.advance(3);
  CHECK(days.figure(0).persons == 10);
  CHECK_FALSE(days.figure(0).outcomes);
  days.add(0, 5, 0, 1, 1);
  days.advance(4);
  CHECK(days.figure(0).persons == 15);
  CHECK_FALSE(days.figure(0).outcomes);
}

TEST_CASE("no data is not shown as hidden") {
  Days days;
  days.advance(1);
  days.advance(2, false);
  CHECK(days.figure(0).state == FigureState::kNoData);
  days.advance(3, true);
  CHECK(days.figure(1).state == FigureState::kHidden);
}

TEST_CASE("incidents outside the ground or before the first period count nowhere") {
  Days days;
  model::Incident incident;
  incident.occurred = day_start(0) + std::chrono::hours(1);
  incident.cell = model::Cell::at({10, 10}, model::kLeafLevel);
  for (std::uint64_t i = 1000; i < 1010; ++i) days.publication().apply(key_of(i), incident);
  days.add(-1, 10);
  const auto changed = days.advance(2);
  CHECK(std::all_of(changed.begin(), changed.end(), [](const PublishedCount& count) {
    return count.state == FigureState::kHidden && count.period_start >= day_start(0);
  }));
}

TEST_CASE("zones that are hardly ever published are merged from a later period on") {
  Days days;
  for (int day = 0; day < 9; ++day) {
    days.add(day, 2, 0);
    days.add(day, 2, 1);
    days.advance(day);
  }
  for (int day = 9; day < 12; ++day) days.advance(day);
  CHECK(days.figure(3, 0).cell == city_cells()[0]);
  CHECK(days.figure(3, 0).state == FigureState::kHidden);
  // Four cells, together; k_max 5 decides on merging.
  CHECK(days.figure(6, 0).cell == city_cells()[0].parent(10));
  CHECK(days.figure(6, 0).cell == days.figure(6, 3).cell);
  CHECK(days.figure(6, 0).persons == 4);
}

TEST_CASE("the same incidents give the same figures and bytes in any order within a tick") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto history = city_history(random);
    Days straight;
    Days shuffled;
    auto next = history.begin();
    for (int day = 0; day < kDays + 4; ++day) {
      std::map<std::uint64_t, Version> today;
      while (next != history.end() && next->recorded <= day_start(day)) {
        today[next->number] = *next;
        ++next;
      }
      std::vector<Version> order;
      for (const auto& [number, version] : today) order.push_back(version);
      const auto apply = [](Days& days, const Version& version) {
        model::Incident incident;
        incident.occurred = version.occurred;
        incident.cell = version.cell;
        incident.fatal = version.fatal ? 1 : 0;
        days.publication().apply(key_of(version.number),
                                 version.gone ? std::nullopt : std::optional(incident));
      };
      for (const Version& version : order) apply(straight, version);
      random.shuffle(order);
      for (const Version& version : order) apply(shuffled, version);
      // And twice: a repeat is nothing new.
      for (const Version& version : order) apply(shuffled, version);
      CHECK(straight.advance(day) == shuffled.advance(day));
      CHECK(straight.publication().checkpoint() == shuffled.publication().checkpoint());
    }
  }
}

TEST_CASE("a long quiet span gives what its ticks would have given one by one") {
  Days at_once;
  Days by_hours;
  at_once.add(0, 5);
  by_hours.add(0, 5);
  for (int hour = 0; hour <= 24 * 9; ++hour) {
    by_hours.publication().advance(day_start(0) + std::chrono::hours(hour));
  }
  at_once.advance(9);
  CHECK(at_once.publication().shown() == by_hours.publication().shown());
  CHECK(at_once.publication().checkpoint() == by_hours.publication().checkpoint());
  CHECK(at_once.publication().next_change() > day_start(9));
}

TEST_CASE("a publication goes on from its checkpoint as if it had never stopped") {
  Days days;
  days.add(0, 5, 0, 1, 1);
  days.add(1, 4, 1);
  days.advance(2);
  days.add(2, 3);
  const std::string bytes = days.publication().checkpoint();
  auto restored = Publication::restore(days.rules(), bytes);
  REQUIRE(restored.has_value());
  CHECK(restored->checkpoint() == bytes);
  CHECK(restored->shown() == days.publication().shown());
  CHECK(restored->advance(day_start(5)) == days.advance(5));
  CHECK(restored->checkpoint() == days.publication().checkpoint());
}

TEST_CASE("a publication refuses bytes that are damaged or of other rules") {
  Days days;
  days.add(0, 5);
  days.advance(3);
  const std::string bytes = days.publication().checkpoint();
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    CHECK(Publication::restore(days.rules(), damaged).has_error());
  }
  CHECK(Publication::restore(days.rules(), bytes.substr(0, bytes.size() / 2)).has_error());
  PublicationRules other = days.rules();
  other.k = 4;
  CHECK(Publication::restore(other, bytes).has_error());
}

TEST_CASE("an audience with a larger k is shown less, of the same figures, and never sooner") {
  Days days;
  Narrowing narrow(kPublicCount);
  Narrowing same(kPartnerCount);
  days.add(0, 4, 0);
  days.add(0, 7, 1);
  const auto first = days.advance(2);
  const auto shown = narrow.step(first);
  CHECK(shown.all.size() == first.size());
  CHECK(std::count_if(shown.all.begin(), shown.all.end(), [](const PublishedCount& count) {
          return count.state == FigureState::kShown;
        }) == 1);
  CHECK(same.step(first).all == first);
  days.add(0, 3, 1);
  const auto later = days.advance(3);
  CHECK(std::any_of(later.begin(), later.end(),
                    [](const PublishedCount& count) { return count.persons == 10; }));
  for (const PublishedCount& count : narrow.step(later).decided) CHECK(count.persons != 10);
  const auto restored = Narrowing::restore(kPublicCount, narrow.checkpoint());
  REQUIRE(restored.has_value());
  CHECK(restored->shown() == narrow.shown());
  CHECK(Narrowing::restore(kPartnerCount, narrow.checkpoint()).has_error());
}

TEST_CASE("an audience is shown the same periods as the publication after it has forgotten") {
  Days days;
  Narrowing narrow(kPublicCount);
  for (int day = 0; day < 20; ++day) {
    days.add(day, day);
    narrow.step(days.advance(day));
    narrow.forget(days.publication().shown_from());
    const auto all = days.publication().shown();
    const auto shown = narrow.shown();
    REQUIRE(shown.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(model::published_count_id(shown[i]) == model::published_count_id(all[i]));
    }
  }
}

TEST_CASE("periods are local days, also when the clocks change") {
  const Periods periods(model::TimeZone::load("America/New_York").value(), 1);
  const Instant spring = Instant(std::chrono::sys_days(std::chrono::year(2017) / 3 / 12));
  const std::int64_t day = periods.period_of(spring + std::chrono::hours(12));
  CHECK(periods.start(day) == spring + std::chrono::hours(5));
  CHECK(periods.end(day) == spring + std::chrono::hours(28));
  CHECK(periods.period_of(periods.start(day) - Duration(1)) == day - 1);
  CHECK(periods.period_of(periods.end(day)) == day + 1);
}

}  // namespace commonwatch::sharing::test
