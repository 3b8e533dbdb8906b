// The overdoses of Montgomery County in the order in which they arrived, time following the data.
#include "tests/hotspot/montgomery.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

constexpr model::LatLng kNorristown{40.1204, -75.3486};
constexpr model::LatLng kPottstown{40.245, -75.65};

bool is_near(model::LatLng a, model::LatLng b, double reach_km) {
  return std::hypot((a.latitude - b.latitude) * 111.2, (a.longitude - b.longitude) * 85.0) <
         reach_km;
}

class County {
 public:
  County() {
    partners_.index_of("montgomery");
    Settings settings;
    settings.time_zone = "America/New_York";
    settings.null_days = 3650;
    engine_.emplace(settings, partners_);
  }
  // Everything that arrived up to then; `look` at every report and every hour.
  template <class Look>
  void follow(const std::vector<Call>& calls, Instant until, Look look) {
    for (; next_ < calls.size(); ++next_) {
      const Instant arrives = std::max(recorded_, calls[next_].occurred);
      if (arrives > until) break;
      pass(arrives, look);
      const model::RecordKey key{{next_ * 0x9e3779b97f4a7c15, next_}};
      const model::Incident incident{calls[next_].occurred, recorded_,
                                     model::Cell::at(calls[next_].where, model::kLeafLevel), 1, 0,
                                     calls[next_].has_zip, {0}};
      engine_->apply(key, incident);
      advance(recorded_, look);
    }
    pass(until, look);
    advance(until, look);
  }
  Engine& engine() { return *engine_; }

 private:
  template <class Look>
  void advance(Instant now, Look look) {
    version_ = version_.next();
    engine_->advance(version_, now);
    look(now);
  }
  template <class Look>
  void pass(Instant until, Look look) {
    recorded_ = until;
    for (auto due = engine_->next_change(); due && *due <= until; due = engine_->next_change()) {
      advance(*due, look);
    }
  }

  model::NameTable partners_;
  std::optional<Engine> engine_;
  std::size_t next_ = 0;
  Instant recorded_{};
  model::Version version_;
};

// As the pipeline makes it.
void calibrate_what_is_due(Engine& engine) {
  REQUIRE(engine.due().size() == 1);
  const NullModel model = engine.null_model(engine.due().front(), {});
  std::vector<double> maxima;
  for (int replicate = 0; replicate < model.replicates(); ++replicate) {
    const auto days = simulate_null(model, replicate);
    maxima.insert(maxima.end(), days.begin(), days.end());
  }
  engine.apply(calibrate(model, std::move(maxima)));
}

void check_cluster_of_march(County& county, const std::vector<Call>& calls) {
  const Instant third = *parse_rfc3339("2016-03-12T02:41:02Z");
  std::optional<model::Hotspot> first;
  Instant found{};
  county.follow(calls, *parse_rfc3339("2016-03-12T20:00:00Z"), [&](Instant now) {
    for (const Finding& finding : county.engine().findings()) {
      const bool cluster = finding.hotspot.severity >= model::Severity::kWatch &&
                           is_near(finding.hotspot.center, kNorristown, 4);
      if (first || !cluster) continue;
      first = finding.hotspot;
      found = now;
    }
  });
  REQUIRE(first.has_value());
  CAPTURE(*first, to_rfc3339(found));
  CHECK(found >= third - std::chrono::hours(8));
  CHECK(found <= third + std::chrono::hours(4));
  CHECK(first->provisional);
  CHECK(first->exposure_days == 85);
}

bool is_place(const Engine& engine, model::LatLng town) {
  return std::any_of(engine.places().begin(), engine.places().end(), [&](const auto& place) {
    return place.days >= 90 && is_near(place.center, town, 3);
  });
}

std::optional<model::ProposalKind> proposed(const Engine& engine, model::LatLng where) {
  const model::Cell cell = model::Cell::at(where, model::kLeafLevel);
  for (const model::Proposal& proposal : engine.proposals()) {
    if (proposal.cell == cell) return proposal.kind;
  }
  return std::nullopt;
}

TEST_CASE("The real cluster is found within hours; towns are places; odd geocodes are proposed") {
  const auto calls = read_overdoses();
  if (calls.empty()) {
    WARN("SKIPPED: no data at " << montgomery_file() << "; set COMMONWATCH_SHARED");
    return;
  }
  REQUIRE(calls.size() == 1900);
  County county;
  county.follow(calls, *parse_rfc3339("2016-03-04T09:00:00Z"), [&](Instant) {
    REQUIRE(county.engine().findings().empty());
  });
  calibrate_what_is_due(county.engine());
  check_cluster_of_march(county, calls);
  county.follow(calls, *parse_rfc3339("2017-01-01T06:00:00Z"), [](Instant) {});
  const Engine& engine = county.engine();
  CHECK(engine.incidents() == 1900);
  CHECK(is_place(engine, kNorristown));
  CHECK(is_place(engine, kPottstown));
  CHECK(proposed(engine, {40.2290075, -75.3878525}) == model::ProposalKind::kPlaceholder);
  CHECK(proposed(engine, {40.1508958, -75.1274376}) == model::ProposalKind::kFacility);
}

}  // namespace
}  // namespace commonwatch::hotspot::test
