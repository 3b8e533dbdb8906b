// Every small history of one figure, through the publisher's own rule.
//
// Invariant checked: whatever one audience, or two together, were shown of a zone and period, no
// group of its persons is known to count from 1 to k-1. A group is any set of (when reported, when
// taken back, outcome); it is known to count so if it does in every history that shows the same.
// Nothing is derived by hand: histories are enumerated, and those that look alike are compared.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <string>

#include "hub/sharing/figure.h"

namespace commonwatch::sharing::test {
namespace {

// Incidents alike in everything that an attacker could tell apart.
struct Atom {
  int arrives = 0;  // first decision that counts it
  int leaves = 0;   // first decision that no longer does
  bool fatal = false;
  std::uint32_t persons = 1;
};

struct Enumeration {
  std::vector<Atom> atoms;
  int decisions = 0;
  int incidents_max = 0;
};

using World = std::vector<std::uint8_t>;  // how many incidents of each atom
using Worlds = std::vector<World>;

// Whether `shown` of the figure was ever so large that histories beyond the enumeration matter.
struct Seen {
  std::string text;
  std::uint32_t risen = 0;  // sum of all that was ever added to what is shown
  std::uint32_t last = 0;

  void note(const Figure& figure) {
    if (!figure.shown) {
      text += "hidden ";
      last = 0;
      return;
    }
    text += std::to_string(figure.shown->persons);
    if (figure.outcomes_shown()) text += ":" + std::to_string(figure.shown->fatal);
    text += ' ';
    if (figure.shown->persons > last) risen += figure.shown->persons - last;
    last = figure.shown->persons;
  }
};

Tally tally_at(const Enumeration& space, const World& world, int decision) {
  Tally tally;
  for (std::size_t i = 0; i < world.size(); ++i) {
    const Atom& atom = space.atoms[i];
    if (decision < atom.arrives || decision >= atom.leaves) continue;
    tally.incidents += world[i];
    tally.persons += world[i] * atom.persons;
    (atom.fatal ? tally.fatal_incidents : tally.other_incidents) += world[i];
    if (atom.fatal) tally.fatal += world[i] * atom.persons;
  }
  return tally;
}

void enumerate(const Enumeration& space, const std::function<void(const World&)>& visit) {
  World world(space.atoms.size(), 0);
  const std::function<void(std::size_t, int)> fill = [&](std::size_t at, int left) {
    if (at == world.size()) {
      visit(world);
      return;
    }
    for (int count = 0; count <= left; ++count) {
      world[at] = static_cast<std::uint8_t>(count);
      fill(at + 1, left - count);
    }
    world[at] = 0;
  };
  fill(0, space.incidents_max);
}

std::uint32_t size_of(const Enumeration& space, const World& world, std::uint32_t group) {
  std::uint32_t persons = 0;
  for (std::size_t i = 0; i < world.size(); ++i) {
    if ((group >> i & 1U) != 0) persons += world[i] * space.atoms[i].persons;
  }
  return persons;
}

struct Bounds {
  std::uint32_t low = UINT32_MAX;
  std::uint32_t high = 0;
};

Bounds bounds_of(const Enumeration& space, const Worlds& worlds, std::uint32_t group) {
  Bounds bounds;
  for (const World& world : worlds) {
    const std::uint32_t size = size_of(space, world, group);
    bounds.low = std::min(bounds.low, size);
    bounds.high = std::max(bounds.high, size);
  }
  return bounds;
}

// A group that is known to count from 1 to k-1, as a set of bits; 0: there is none. Of a bounded
// group every part is below k, so that only atoms that are below k alone need be looked at; and if
// all of those together may be nobody, so may each set of them.
std::uint32_t bounded_group(const Enumeration& space, const Worlds& worlds, std::uint32_t k) {
  std::uint32_t small = 0;
  for (std::size_t i = 0; i < space.atoms.size(); ++i) {
    if (bounds_of(space, worlds, 1U << i).high < k) small |= 1U << i;
  }
  if (small == 0 || bounds_of(space, worlds, small).low == 0) return 0;
  for (std::uint32_t group = small; group != 0; group = (group - 1) & small) {
    const Bounds bounds = bounds_of(space, worlds, group);
    if (bounds.low >= 1 && bounds.high < k) return group;
  }
  return 0;
}

struct Attack {
  std::map<std::string, Worlds> alike;
  std::size_t groups_found = 0;
  std::string first;

  void against(const Enumeration& space, std::uint32_t k) {
    for (const auto& [shown, worlds] : alike) {
      const std::uint32_t group = bounded_group(space, worlds, k);
      if (group == 0) continue;
      ++groups_found;
      if (first.empty()) first = "shown \"" + shown + "\", group " + std::to_string(group);
    }
  }
};

using Rule = std::function<Figure(const Figure&, const Tally&, std::uint32_t)>;

struct Found {
  Attack wide;
  Attack narrow;
  bool narrow_follows_wide = true;
};

// What both audiences are shown of every history; those that could look like one beyond the
// enumeration are left out.
Found attack(const Enumeration& space, std::uint32_t k, std::uint32_t k_narrow, const Rule& rule) {
  Found found;
  std::map<std::string, std::string> narrow_of;
  enumerate(space, [&](const World& world) {
    Figure wide;
    Figure narrowed;
    Seen by_wide;
    Seen by_narrow;
    for (int at = 0; at < space.decisions; ++at) {
      wide = rule(wide, tally_at(space, world, at), k);
      narrowed = narrow(narrowed, wide, k_narrow);
      by_wide.note(wide);
      by_narrow.note(narrowed);
    }
    const auto [known, is_new] = narrow_of.emplace(by_wide.text, by_narrow.text);
    found.narrow_follows_wide &= is_new || known->second == by_narrow.text;
    const auto largest = static_cast<std::uint32_t>(space.incidents_max);
    if (by_wide.risen + k - 1 <= largest) found.wide.alike[by_wide.text].push_back(world);
    if (by_narrow.risen + k_narrow - 1 <= largest) {
      found.narrow.alike[by_narrow.text].push_back(world);
    }
  });
  found.wide.against(space, k);
  found.narrow.against(space, k_narrow);
  return found;
}

// Reports come late, and none is ever taken back: what an attacker assumes who wants to know most.
Enumeration late_reports(int decisions, int incidents_max) {
  Enumeration space{{}, decisions, incidents_max};
  for (int arrives = 0; arrives < decisions; ++arrives) {
    for (const bool fatal : {false, true}) space.atoms.push_back({arrives, decisions, fatal, 1});
  }
  return space;
}

Enumeration late_and_retracted(int decisions, int incidents_max, bool outcomes) {
  Enumeration space{{}, decisions, incidents_max};
  for (int arrives = 0; arrives < decisions; ++arrives) {
    for (int leaves = arrives + 1; leaves <= decisions; ++leaves) {
      space.atoms.push_back({arrives, leaves, false, 1});
      if (outcomes) space.atoms.push_back({arrives, leaves, true, 1});
    }
  }
  return space;
}

Enumeration of_several_persons(int decisions, int incidents_max) {
  Enumeration space{{}, decisions, incidents_max};
  for (int arrives = 0; arrives < decisions; ++arrives) {
    for (const std::uint32_t persons : {1U, 2U}) {
      space.atoms.push_back({arrives, decisions, false, persons});
    }
  }
  return space;
}

// `looks`: so many different things that were shown are attacked, at least.
void check_safe(const Enumeration& space, std::uint32_t k, std::uint32_t k_narrow,
                std::size_t looks) {
  const Found found = attack(space, k, k_narrow, decide);
  INFO("k " << k << ": " << found.wide.first);
  INFO("k " << k_narrow << ": " << found.narrow.first);
  CHECK(found.wide.alike.size() >= looks);
  CHECK(found.wide.groups_found == 0);
  CHECK(found.narrow.groups_found == 0);
  CHECK(found.narrow_follows_wide);
}

bool breaks(const Enumeration& space, std::uint32_t k, const Rule& rule) {
  return attack(space, k, k, rule).wide.groups_found > 0;
}

}  // namespace

TEST_CASE("a figure bounds no group below k when reports come late") {
  check_safe(late_reports(3, 16), 3, 5, 500);
  check_safe(late_reports(4, 11), 2, 3, 800);
  check_safe(late_reports(2, 26), 4, 7, 1000);
}

TEST_CASE("a figure bounds no group below k when reports are retracted or change their outcome") {
  check_safe(late_and_retracted(3, 8, true), 2, 3, 400);
  check_safe(late_and_retracted(3, 14, false), 3, 4, 500);
}

TEST_CASE("a figure bounds no group below k when incidents have several persons") {
  check_safe(of_several_persons(3, 14), 3, 5, 100);
}

TEST_CASE("the attack on a figure finds a group where every change is published") {
  const Rule at_once = [](const Figure&, const Tally& now, std::uint32_t k) {
    return now.persons >= k ? Figure{now, true} : Figure{std::nullopt, true};
  };
  CHECK(breaks(late_reports(3, 10), 3, at_once));
}

TEST_CASE("the attack on a figure finds a group where outcomes are published on their own") {
  const Rule outcomes_apart = [](const Figure& before, const Tally& now, std::uint32_t k) {
    Figure next = decide(before, now, k);
    const bool pass = now.fatal >= k && now.persons - now.fatal >= k;
    if (next.shown) next.outcomes_gone = !pass;
    return next;
  };
  CHECK(breaks(late_reports(3, 13), 3, outcomes_apart));
}

TEST_CASE("the attack on a figure finds a group where none and hidden look different") {
  const Rule zero_told = [](const Figure& before, const Tally& now, std::uint32_t k) {
    return now.persons == 0 ? Figure{now, true}
                            : decide({std::nullopt, before.outcomes_gone}, now, k);
  };
  CHECK(breaks(late_reports(1, 6), 3, zero_told));
}

}  // namespace commonwatch::sharing::test
