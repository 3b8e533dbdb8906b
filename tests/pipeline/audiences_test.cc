// What leaves the hub for an audience, whatever way it leaves, over generated agreements and reports:
// - is a function of what is agreed: changing all the rest in every report changes no byte;
// - is the same, byte for byte, as if partners that share nothing with it did not exist: snapshots,
//   deltas, events, versions, cursors, checksums, marks.
#include <algorithm>

#include "tests/pipeline/coalition_log.h"
#include "tests/pipeline/core.h"

namespace commonwatch::pipeline::test {
namespace {

constexpr std::uint64_t kSeeds = 2;

struct Birth {
  Birth() { CoalitionLog::give_birth(directory / "birth"); }
  std::filesystem::path path() const { return directory / "birth"; }
  storage::test::TemporaryDirectory directory;
};

// Another place in the same cell, and the time within the same rounding.
void blur(Random& random, const sharing::Term& term, model::Event& event) {
  const model::LatLng point{event.location.latitude, event.location.longitude};
  const model::Cell cell = model::Cell::at(point, term.cell_level);
  if (term.cell_level < 30) {
    const model::LatLng moved{point.latitude + (random.unit() - 0.5) / 50,
                              point.longitude + (random.unit() - 0.5) / 50};
    if (model::Cell::at(moved, term.cell_level) == cell) {
      event.location.latitude = moved.latitude;
      event.location.longitude = moved.longitude;
    }
  }
  if (term.time_rounding.count() > 0) {
    const Duration into = event.occurred_at.time_since_epoch() % term.time_rounding;
    event.occurred_at += std::chrono::microseconds(
        random.between(0, (term.time_rounding - into).count() - 1));
  }
}

// Whatever the term does not grant.
void change_ungranted(Random& random, const sharing::Term& term, model::Event& event) {
  const sharing::FieldMask fields = term.fields;
  blur(random, term, event);
  if (!fields.has(Field::kAccuracy)) event.location.accuracy_m += 7;
  if (!fields.has(Field::kLocationKind)) event.location.kind = model::LocationKind::kFacility;
  if (!fields.has(Field::kAreaCode)) event.location.area_code = "changed";
  auto* overdose = std::get_if<model::Overdose>(&event.report);
  if (overdose == nullptr) return;
  const auto other = [&](auto value, int most) {
    return static_cast<decltype(value)>(static_cast<int>(value) % most + 1);
  };
  if (!fields.has(Field::kCertainty)) overdose->certainty = other(overdose->certainty, 3);
  if (!fields.has(Field::kOutcome)) overdose->outcome = other(overdose->outcome, 2);
  for (model::Person& person : overdose->persons) {
    if (!fields.has(Field::kAgeBand)) person.age_band = other(person.age_band, 7);
    if (!fields.has(Field::kSex)) person.sex = other(person.sex, 3);
    for (model::Administration& given : person.administrations) {
      if (!fields.has(Field::kMedication)) given.medication = other(given.medication, 4);
      if (!fields.has(Field::kDose)) given.dose_mg += 1;
      if (!fields.has(Field::kRoute)) given.route = other(given.route, 4);
      if (!fields.has(Field::kGiver)) given.giver = other(given.giver, 6);
      if (!fields.has(Field::kResponse)) given.response = other(given.response, 3);
    }
  }
  if (!fields.has(Field::kSubstances)) overdose->substances = {10};
  if (!fields.has(Field::kPlace)) overdose->place = other(overdose->place, 9);
  if (!fields.has(Field::kTransport)) overdose->transport = other(overdose->transport, 3);
  if (!fields.has(Field::kMatchKey)) overdose->match_key += "changed";
}

std::string partner_of(const Report& report) {
  return report.source.substr(0, report.source.find('/'));
}

bool mentions(const std::vector<std::string>& frames, std::string_view text) {
  return std::ranges::any_of(frames,
                             [&](const std::string& frame) { return frame.find(text) != frame.npos; });
}

// The first that differ, for whoever reads the failure.
void check_same(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto [of_a, of_b] = std::ranges::mismatch(a, b);
  if (of_a == a.end() && of_b == b.end()) return;
  CHECK((of_a == a.end() ? "nothing" : *of_a) == (of_b == b.end() ? "nothing" : *of_b));
}

}  // namespace

TEST_CASE("what leaves for an audience is a function of what was agreed") {
  const Birth birth;
  int hotspots = 0;
  int events = 0;
  int figures = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const sharing::Settings sharing = any_sharing(random);
    const std::vector<Report> reports = any_reports(random);
    CoalitionLog log(birth.path(), sharing, reports);
    for (const sharing::Audience& audience : sharing.audiences) {
      INFO("audience " << audience.id);
      const auto view = sharing::View::compile(sharing, audience.id);
      std::vector<Report> changed = reports;
      for (Report& report : changed) {
        const sharing::Term* term = view.term(partner_of(report));
        if (term != nullptr) change_ungranted(random, *term, report.event);
      }
      const auto leaving = log.leaving_for(audience.id);
      CoalitionLog other(birth.path(), sharing, changed);
      check_same(leaving, other.leaving_for(audience.id));
      hotspots += mentions(leaving, "SEVERITY_") ? 1 : 0;
      events += mentions(leaving, "\"replayPage\"") ? 1 : 0;
      figures += mentions(leaving, "FIGURE_STATE_SHOWN") ? 1 : 0;
    }
  }
  // There was something to compare.
  CHECK(hotspots >= 2);
  CHECK(events >= 2);
  CHECK(figures >= 2);
}

TEST_CASE("a partner that does not share with an audience changes no byte of what leaves for it") {
  const Birth birth;
  int hidden = 0;
  for (std::uint64_t seed = 1; seed <= 2 * kSeeds; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const sharing::Settings sharing = any_sharing(random);
    const std::vector<Report> reports = any_reports(random);
    std::unique_ptr<CoalitionLog> with;
    for (const sharing::Audience& audience : sharing.audiences) {
      INFO("audience " << audience.id);
      const auto view = sharing::View::compile(sharing, audience.id);
      std::vector<Report> shared = reports;
      std::erase_if(shared, [&](const Report& report) {
        return view.term(partner_of(report)) == nullptr;
      });
      if (shared.size() == reports.size() || shared.empty()) continue;
      ++hidden;
      sharing::Settings without = sharing;
      std::erase_if(without.agreements, [&](const sharing::Agreement& agreement) {
        return view.term(agreement.partner) == nullptr;
      });
      if (!with) with = std::make_unique<CoalitionLog>(birth.path(), sharing, reports);
      CoalitionLog alone(birth.path(), without, shared);
      check_same(with->leaving_for(audience.id), alone.leaving_for(audience.id));
    }
  }
  CHECK(hidden >= 3);
}

TEST_CASE("an event leaves by what was agreed when it came and by what is agreed now") {
  namespace core = commonwatch::tests;
  const auto agreed = [](std::initializer_list<Field> more, int level) {
    sharing::Settings settings;
    settings.audiences = {sharing::default_audiences().back()};
    sharing::Term term = sharing::test::term_for(
        "health", sharing::test::fields_of({Field::kOccurredAt, Field::kLocation, Field::kPersons}), level);
    for (const Field field : more) term.fields.add(field);
    settings.agreements = {{"county-ems", 1, kStart, "mou", false, {term}}};
    return PictureSettings{core::quick_settings(), sharing::normalised(settings), {}};
  };
  const core::TemporaryDirectory directory;
  core::Core hub(directory.path(), agreed({Field::kRecordId}, 12));
  access::Principal principal = access::anyone();
  principal.audience = "health";
  principal.purpose = "response";
  hub.set_principal(principal);
  wire::ReplayRequest request;
  request.replay = 1;
  request.mode = wire::ReplayMode::kEvents;
  REQUIRE(hub.publish("county-ems/cad", {core::overdose("a", std::chrono::hours(1))}).has_value());
  CHECK_FALSE(hub.replay(request).second.marks.reduced);
  // Less of one thing, more of another: the new things hold from now on.
  hub.begin_epoch(agreed({Field::kCertainty}, 20));
  REQUIRE(hub.publish("county-ems/cad", {core::overdose("b", std::chrono::hours(2))}).has_value());
  const auto [frames, end] = hub.replay(request);
  CHECK(end.marks.reduced);
  REQUIRE(frames.size() == 1);
  const std::string& page = frames[0];
  CHECK_FALSE(mentions({page}, "\"recordId\":\"a\""));
  const std::size_t second = page.rfind("county-ems/cad");
  CHECK(page.substr(0, second).find("CERTAINTY_SUSPECTED") == page.npos);
  CHECK(page.substr(second).find("CERTAINTY_SUSPECTED") != page.npos);
  const auto center = [](int level) {
    const auto cell = model::Cell::at({40.115, -75.344}, level);
    return std::to_string(cell.center().latitude).substr(0, 7);
  };
  CHECK(page.substr(0, second).find(center(12)) != page.npos);
  CHECK(page.substr(second).find(center(20)) != page.npos);
  // And what is no longer shared was never there.
  sharing::Settings none = agreed({}, 20).sharing;
  none.agreements.clear();
  hub.begin_epoch({core::quick_settings(), none, {}});
  const auto replay =
      make_replay(request, principal, wire::Encoding::kJson, hub.sources());
  REQUIRE_FALSE(replay.has_value());
  CHECK(replay.error().code == ErrorCode::kForbidden);
}

TEST_CASE("what is granted does leave: the comparison can fail") {
  const Birth birth;
  Random random(3);
  sharing::Settings sharing = any_sharing(random);
  const std::vector<Report> reports = any_reports(random);
  std::vector<Report> fewer = reports;
  fewer.pop_back();
  CoalitionLog log(birth.path(), sharing, reports);
  CoalitionLog other(birth.path(), sharing, fewer);
  CHECK(log.leaving_for("health") != other.leaving_for("health"));
}

}  // namespace commonwatch::pipeline::test
