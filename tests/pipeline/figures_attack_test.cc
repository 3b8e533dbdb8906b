// The attacker of tests/sharing, over everything that the hub's own pictures give out to two audiences
// with a k: every figure, version and mark, from reports that come late, are corrected and taken back.
#include <algorithm>

#include "hub/pipeline/fold.h"
#include "tests/pipeline/coalition_log.h"
#include "tests/sharing/attacker.h"

namespace commonwatch::pipeline::test {
namespace {

using sharing::test::Attacker;
using sharing::test::Receipts;

constexpr std::uint64_t kSeeds = 12;
constexpr int kPublicCount = 5;
constexpr int kPoliceCount = 3;
constexpr int kReported = 12;  // days
constexpr int kRevisions = 4;

sharing::Settings two_audiences() {
  sharing::Settings settings;
  sharing::Audience of_public = sharing::default_audiences().front();
  of_public.k = kPublicCount;
  of_public.population_floor = 1000;
  sharing::Audience police = of_public;
  police.id = "police";
  police.k = kPoliceCount;
  settings.audiences = {of_public, police};
  const auto fields =
      sharing::test::fields_of({Field::kOccurredAt, Field::kLocation, Field::kPersons,
                                Field::kOutcome});
  const auto term = [&](const char* audience) {
    return sharing::test::term_for(audience, fields, 20);
  };
  settings.agreements = {{"county-ems", 1, kStart, "mou", false, {term("public"), term("police")}},
                         {"outreach", 1, kStart, "mou", false, {term("police")}}};
  for (const double north : {40.10, 40.16}) {
    for (const double east : {-75.40, -75.32}) {
      settings.publication.population.push_back({model::Cell::at({north, east}, 11), 5000});
    }
  }
  settings.publication.coarsest_level = 10;
  settings.publication.revision_periods = kRevisions;
  settings.publication.renewal_periods = 5;
  settings.publication.settle = std::chrono::hours(2);
  return sharing::normalised(std::move(settings));
}

struct Said {
  Instant recorded;
  std::string source;
  model::Event event;
};

std::vector<Said> any_history(Random& random) {
  std::vector<Said> history;
  for (int n = 0; n < kReported * 9; ++n) {
    model::Event event;
    event.record_id = "r" + std::to_string(n);
    event.has_occurred_at = event.has_location = true;
    event.occurred_at = kStart + std::chrono::minutes(random.between(0, kReported * 1440 - 1));
    event.location.latitude = random.chance(60) ? 40.10 : 40.16;
    event.location.longitude = random.chance(60) ? -75.40 : -75.32;
    model::Overdose overdose;
    overdose.persons.resize(static_cast<std::size_t>(random.between(1, random.chance(85) ? 1 : 3)));
    for (model::Person& person : overdose.persons) {
      person.outcome = random.chance(35) ? model::Outcome::kFatal : model::Outcome::kNonfatal;
    }
    event.report = overdose;
    // No two within linking distance in time: each report is an incident.
    const std::string source = random.chance(65) ? "county-ems/cad" : "outreach/van";
    Instant recorded = event.occurred_at + std::chrono::minutes(random.between(
                                               5, random.chance(70) ? 200 : 4 * 1440));
    history.push_back({recorded, source, event});
    if (!random.chance(30)) continue;
    event.revision = 1;
    if (random.chance(60)) event.report = model::Retraction{1};
    history.push_back({recorded + std::chrono::minutes(random.between(10, 4 * 1440)), source, event});
  }
  std::stable_sort(history.begin(), history.end(),
                   [](const Said& a, const Said& b) { return a.recorded < b.recorded; });
  return history;
}

// Refers to what was said.
storage::Chunk chunk_of(const Said& said, std::uint64_t offset) {
  const auto payload = std::make_shared<const std::string>(wire::encode_stored_event(said.event));
  storage::Entry entry;
  entry.sequence = model::Sequence(offset + 1);
  entry.kind = said.event.kind();
  entry.revision = said.event.revision;
  entry.record_id = said.event.record_id;
  entry.occurred = said.event.occurred_at;
  entry.cell = model::Cell::at({said.event.location.latitude, said.event.location.longitude},
                               model::kLeafLevel);
  entry.payload = *payload;
  return {storage::test::source(said.source),
          model::Offset(offset),
          said.recorded,
          {entry},
          nullptr,
          payload};
}

// What the audience is sent, by the moments of decision that the calendar gives.
Receipts received(const std::string& audience, const std::vector<Said>& history) {
  Receipts receipts;
  Fold fold(Picture({hotspot::Settings{}, two_audiences(), audience}), kTick, model::Offset(0));
  fold.begin(kStart - std::chrono::hours(1));
  const TickSink sink = [&](model::Version, Instant, const std::vector<model::TileDelta>& deltas) {
    for (const model::TileDelta& delta : deltas) {
      receipts.receive(delta.changed.published_counts, delta.changed.published_alerts);
      CHECK(delta.changed.hotspots.empty());
      CHECK(delta.changed.alerts.empty());
      CHECK(delta.changed.sources.empty());
    }
  };
  std::size_t next = 0;
  for (int day = 1; day <= kReported + kRevisions + 2; ++day) {
    const Instant moment = kStart + std::chrono::hours(24 * day + 2);
    for (; next < history.size() && history[next].recorded <= moment; ++next) {
      fold.apply(chunk_of(history[next], next), sink);
    }
    fold.seal(kTick.at_or_before(moment), sink);
    receipts.close_moment();
  }
  return receipts;
}

Attacker together(const Receipts& of_public, const Receipts& of_police, bool taken_back) {
  Attacker attacker(taken_back);
  for (const auto& [id, stands] : of_police.histories()) {
    attacker.learn(id, sharing::test::told_by_figures(stands, kPoliceCount));
  }
  for (const auto& [id, stands] : of_public.histories()) {
    const bool same = of_police.histories().contains(id);
    REQUIRE(same);
    REQUIRE(of_police.histories().at(id).size() == stands.size());
    attacker.learn(id, sharing::test::told_by_narrowed(stands, kPoliceCount, kPublicCount));
  }
  return attacker;
}

int shown(const Receipts& receipts) {
  return static_cast<int>(std::ranges::count_if(receipts.histories(), [](const auto& entry) {
    return entry.second.back().count.state == model::FigureState::kShown;
  }));
}

}  // namespace

TEST_CASE("from all that two audiences with a k are sent the attacker bounds no group below k") {
  int found = 0;
  int figures = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto history = any_history(random);
    const Receipts of_public = received("public", history);
    const Receipts of_police = received("police", history);
    figures += shown(of_police);
    for (const bool taken_back : {true, false}) {
      CHECK(together(of_public, of_police, taken_back).broken(kPoliceCount).empty());
    }
    // And would, if there were one.
    if (!together(of_public, of_police, true).broken(kPoliceCount + 2).empty()) ++found;
  }
  CHECK(figures > 50);
  CHECK(found > 6);
}

}  // namespace commonwatch::pipeline::test
