// An attacker with an integer solver over everything that audiences with a k were ever sent.
//
// Invariants checked, for many cities:
// - what the attacker deduces is true (a wrong deduction would make it harmless);
// - with the views of both audiences together, no group of persons is known to be from 1 to k-1, k
//   the smaller; with the public's alone, k the larger;
// - the same attacker finds a group where figures are published for rolling windows, where a total
//   stands beside its parts, or where a flag says that something is pending.
#include <catch2/catch.hpp>

#include "tests/sharing/attacker.h"
#include "tests/sharing/city.h"

namespace commonwatch::sharing::test {
namespace {

using hotspot::test::Random;

constexpr std::uint64_t kSeeds = 200;

bool is_in(int number, const std::vector<Span>& spans) {
  return spans.empty() || std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
           return span.low <= number && number <= span.high;
         });
}

std::string other_class(const std::string& id) {
  const std::size_t slash = id.find('/');
  return (id.substr(0, slash) == "public" ? "partner" : "public") + id.substr(slash);
}

void learn_alerts(Attacker& attacker, const Receipts& receipts) {
  for (const auto& [id, history] : receipts.histories()) {
    for (std::size_t at = 0; at < history.size(); ++at) {
      if (history[at].alert) attacker.learn_alert(id, other_class(id), static_cast<int>(at));
    }
  }
}

Attacker together(const PublishedCity& city, bool taken_back) {
  Attacker attacker(taken_back);
  for (const auto& [id, history] : city.of_partner().histories()) {
    attacker.learn(id, told_by_figures(history, kPartnerCount));
  }
  for (const auto& [id, history] : city.of_public().histories()) {
    attacker.learn(id, told_by_narrowed(history, kPartnerCount, kPublicCount));
  }
  learn_alerts(attacker, city.of_partner());
  learn_alerts(attacker, city.of_public());
  return attacker;
}

Attacker public_alone(const PublishedCity& city, bool taken_back) {
  Attacker attacker(taken_back);
  for (const auto& [id, history] : city.of_public().histories()) {
    attacker.learn(id, told_by_narrowed(history, kPartnerCount, kPublicCount));
  }
  learn_alerts(attacker, city.of_public());
  return attacker;
}

int shown_figures(const Receipts& receipts) {
  int shown = 0;
  for (const auto& [id, history] : receipts.histories()) {
    if (history.back().count.state == model::FigureState::kShown) ++shown;
  }
  return shown;
}

// Hourly numbers of one zone, in bursts.
std::vector<int> hourly(Random& random, int hours) {
  std::vector<int> numbers;
  for (int hour = 0; hour < hours; ++hour) {
    numbers.push_back(random.poisson(random.chance(15) ? 3 : 0.4));
  }
  return numbers;
}

// What is told of a sum by a publisher that hides what is below k.
std::vector<Span> shown_or_hidden(int number, int k) {
  if (number >= k) return {{number, number}};
  return {{0, k - 1}};
}

}  // namespace

TEST_CASE("what the attacker deduces from published figures is true") {
  int revised = 0;
  int outcomes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    const PublishedCity city(seed);
    const auto check = [&](const std::string& id, const std::vector<Told>& told) {
      const auto& truth = city.truth().at(id);
      INFO(id);
      REQUIRE(truth.size() == told.size());
      for (std::size_t at = 0; at < told.size(); ++at) {
        CHECK(is_in(truth[at].persons, told[at].persons));
        CHECK(is_in(truth[at].fatal, told[at].fatal));
      }
    };
    for (const auto& [id, history] : city.of_partner().histories()) {
      check(id, told_by_figures(history, kPartnerCount));
      if (history.front().count.persons != history.back().count.persons) ++revised;
      if (history.back().count.outcomes) ++outcomes;
    }
    for (const auto& [id, history] : city.of_public().histories()) {
      check(id, told_by_narrowed(history, kPartnerCount, kPublicCount));
    }
    CHECK(shown_figures(city.of_public()) > 0);
    CHECK(shown_figures(city.of_partner()) > shown_figures(city.of_public()));
  }
  // There was something to attack.
  CHECK(revised > 100);
  CHECK(outcomes > 50);
}

TEST_CASE("the attacker bounds no group below k from what two audiences were sent together") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    const PublishedCity city(seed);
    for (const bool taken_back : {true, false}) {
      CHECK(together(city, taken_back).broken(kPartnerCount) == std::vector<std::string>{});
    }
  }
}

TEST_CASE("the attacker bounds no group below k from what the public was sent") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    const PublishedCity city(seed);
    for (const bool taken_back : {true, false}) {
      CHECK(public_alone(city, taken_back).broken(kPublicCount) == std::vector<std::string>{});
    }
  }
}

TEST_CASE("the attacker finds what a smaller k lets through") {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const PublishedCity city(seed);
    if (!together(city, true).broken(kPartnerCount + 2).empty()) ++found;
    if (!public_alone(city, true).broken(kPublicCount + 2).empty()) ++found;
  }
  CHECK(found == 6);
}

TEST_CASE("the attacker finds a group where rolling windows are published") {
  constexpr int kHours = 24;
  constexpr std::size_t kWindow = 6;
  constexpr int kCount = 5;
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const std::vector<int> truth = hourly(random, kHours);
    Unknowns hours;
    for (int hour = 0; hour < kHours; ++hour) hours.add(kPersonsMax);
    for (std::size_t end = kWindow; end <= truth.size(); ++end) {
      Sum window;
      int number = 0;
      for (std::size_t hour = end - kWindow; hour < end; ++hour) {
        window.of.push_back(static_cast<int>(hour));
        number += truth[hour];
      }
      window.in = shown_or_hidden(number, kCount);
      hours.require(std::move(window));
    }
    const std::vector<int> group = bounded_group(hours, kCount);
    int in_truth = 0;
    for (const int hour : group) in_truth += truth[static_cast<std::size_t>(hour)];
    if (group.empty()) continue;
    ++found;
    CHECK(in_truth >= 1);
    CHECK(in_truth < kCount);
  }
  CHECK(found >= 10);
}

TEST_CASE("the attacker finds a group where a total stands beside its parts") {
  // Two shown, one hidden, and all together.
  Unknowns zones;
  for (int zone = 0; zone < 3; ++zone) zones.add(kPersonsMax);
  zones.require({{0}, shown_or_hidden(9, kPartnerCount)});
  zones.require({{1}, shown_or_hidden(7, kPartnerCount)});
  zones.require({{2}, shown_or_hidden(1, kPartnerCount)});
  CHECK(bounded_group(zones, kPartnerCount).empty());
  zones.require({{0, 1, 2}, shown_or_hidden(17, kPartnerCount)});
  CHECK(bounded_group(zones, kPartnerCount) == std::vector<int>{2});
}

TEST_CASE("the attacker finds a group where a flag says that a revision is pending") {
  // Shown once, then late reports, fewer than k, that a flag gives away.
  Unknowns figure;
  const int first = figure.add(kPersonsMax);
  const int late = figure.add(kPersonsMax);
  figure.require({{first}, {{8, 8}}});
  figure.require({{first, late}, {{8, 8 + kPartnerCount - 1}}});
  CHECK(bounded_group(figure, kPartnerCount).empty());
  figure.require({{late}, {{1, kPersonsMax}}});
  CHECK(bounded_group(figure, kPartnerCount) == std::vector<int>{late});
}

}  // namespace commonwatch::sharing::test
