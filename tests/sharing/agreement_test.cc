#include "hub/sharing/agreement.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <sstream>

#include "hub/sharing/view.h"
#include "tests/sharing/coalition.h"
#include "tests/sharing/events.h"

namespace commonwatch::sharing::test {
namespace {

// What is said about the coalition after it was changed; empty: nothing is wrong.
std::string refusal(const std::function<void(Settings&)>& change) {
  Settings settings = coalition();
  change(settings);
  try {
    normalised(settings);
  } catch (const Failure& failure) {
    CHECK(failure.error().code == ErrorCode::kInvalidRequest);
    return failure.what();
  }
  return {};
}

bool says(const std::string& text, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

Term& term_of(Settings& settings, std::size_t agreement, const std::string& audience) {
  for (Term& term : settings.agreements[agreement].terms) {
    if (term.audience == audience) return term;
  }
  throw std::logic_error("no such term");
}

// Whether a view of `narrow` holds nothing that one of `wide` does not.
void check_within(const Settings& settings, const std::string& narrow, const std::string& wide) {
  const View a = View::compile(settings, narrow);
  const View b = View::compile(settings, wide);
  INFO(narrow << " within " << wide);
  CHECK(a.audience().k >= b.audience().k);
  for (const std::string& partner : a.partners()) {
    INFO(partner);
    const Term& less = *a.term(partner);
    REQUIRE(b.term(partner) != nullptr);
    const Term& more = *b.term(partner);
    CHECK(less.fields.without(more.fields).is_empty());
    CHECK(less.cell_level <= more.cell_level);
    CHECK(less.delay >= more.delay);
    for (const std::string& purpose : less.purposes) CHECK(b.allows_purpose(partner, purpose));
  }
}

}  // namespace

TEST_CASE("what was agreed is read back from the canonical text") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Settings settings = coalition();
    for (Agreement& agreement : settings.agreements) {
      for (Term& term : agreement.terms) {
        const std::string audience = term.audience;
        term = any_term(random, audience);
        term.keep_days = static_cast<std::int32_t>(random.between(0, 400));
        term.purposes = {"response", "surveillance"};
      }
    }
    const Settings read = Settings::of_canonical("hotspot.level_max = 15\n" + settings.canonical());
    REQUIRE(
        std::ranges::equal(read.audiences, settings.audiences, {}, &Audience::id, &Audience::id));
    for (const Audience& audience : settings.audiences) {
      INFO(audience.id);
      const View was = View::compile(settings, audience.id);
      const View is = View::compile(read, audience.id);
      CHECK(is.audience().content == was.audience().content);
      CHECK(is.audience().k == was.audience().k);
      REQUIRE(is.partners() == was.partners());
      for (const std::string& partner : was.partners()) {
        CHECK(*is.term(partner) == *was.term(partner));
      }
    }
  }
  CHECK(Settings::of_canonical(Settings().canonical()).is_open());
  CHECK(Settings::of_canonical("").is_open());
}

TEST_CASE("the default audiences and a coalition on them are accepted") {
  CHECK(refusal([](Settings&) {}).empty());
  CHECK(default_audiences().front().k == 11);
  CHECK(default_audiences().back().content == Content::kEvents);
}

TEST_CASE("a hub without agreements has one audience that sees everything") {
  const Settings settings = normalised({});
  CHECK(settings.is_open());
  const View view = View::compile(settings, "all");
  CHECK(view.term("whoever")->fields == FieldMask::all());
  CHECK(view.allows_purpose("anything"));
  CHECK(view.audience().k == 1);
  CHECK_THROWS_AS(View::compile(settings, "public"), Failure);
}

TEST_CASE("settings that let a narrower audience see a further field are refused by its name") {
  const std::string text = refusal([](Settings& settings) {
    term_of(settings, 0, "responders").fields.add(Field::kSubstances);
  });
  CHECK(says(text, {"county-ems", "responders", "analysts", "overdose.substances"}));
}

TEST_CASE(
    "settings that let a narrower audience see a partner that a wider one does not are refused") {
  const std::string text = refusal([](Settings& settings) {
    std::erase_if(settings.agreements[2].terms,
                  [](const Term& term) { return term.audience == "analysts"; });
  });
  CHECK(says(text, {"outreach", "responders", "analysts"}));
}

TEST_CASE("settings that let a narrower audience see finer, sooner or longer are refused") {
  CHECK(says(refusal([](Settings& s) { term_of(s, 0, "analysts").cell_level = 12; }),
             {"county-ems", "responders", "analysts", "cell_level"}));
  CHECK(says(
      refusal([](Settings& s) { term_of(s, 0, "analysts").time_rounding = std::chrono::hours(1); }),
      {"county-ems", "time_rounding"}));
  CHECK(says(refusal([](Settings& s) { term_of(s, 0, "health").delay = std::chrono::hours(1); }),
             {"county-ems", "analysts", "health", "delay"}));
  CHECK(says(refusal([](Settings& s) { term_of(s, 0, "health").keep_days = 30; }),
             {"county-ems", "keep_days"}));
  CHECK(says(refusal([](Settings& s) { term_of(s, 0, "health").purposes = {"response"}; }),
             {"county-ems", "purposes"}));
}

TEST_CASE("a partner's delay that would let a narrower audience see others first is refused") {
  const std::string text = refusal([](Settings& settings) {
    Agreement late = settings.agreements[2];
    late.partner = "slow-lab";
    late.terms = {term_for("health", late.terms.back().fields, 20)};
    late.terms.back().delay = std::chrono::hours(72);
    settings.agreements.push_back(late);
  });
  CHECK(says(text, {"health", "delay"}));
}

TEST_CASE("audiences with a k above 1 that differ in their partition are refused") {
  CHECK(
      says(refusal([](Settings& s) { s.audiences[0].cell_level = 10; }), {"police", "cell_level"}));
  CHECK(says(refusal([](Settings& s) { s.audiences[0].period_days = 7; }),
             {"police", "period_days"}));
  CHECK(says(refusal([](Settings& s) { s.audiences[0].population_floor = 30'000; }),
             {"police", "population_floor"}));
}

TEST_CASE("audiences out of order, and live content under a k, are refused") {
  CHECK(says(refusal([](Settings& s) { s.audiences[1].k = 12; }), {"police", "public", "k "}));
  CHECK(says(refusal([](Settings& s) { s.audiences[0].content = Content::kEvents; }),
             {"public", "figures"}));
  CHECK(says(refusal([](Settings& s) { s.audiences[5].persons = false; }), {"health", "persons"}));
}

TEST_CASE("figures without ground to publish them on are refused") {
  CHECK(says(refusal([](Settings& s) { s.publication.population.clear(); }), {"population"}));
  CHECK(says(refusal([](Settings& s) {
               s.publication.population.push_back(s.publication.population.front());
             }),
             {"population", "twice"}));
}

TEST_CASE("a term for figures that could not be counted is refused") {
  CHECK(says(refusal([](Settings& s) {
               Term& term = term_of(s, 0, "public");
               term.fields = term.fields.without(fields_of({Field::kLocation}));
             }),
             {"county-ems", "public", "location"}));
  CHECK(says(refusal([](Settings& s) { term_of(s, 0, "public").cell_level = 10; }),
             {"county-ems", "public", "cell_level"}));
}

TEST_CASE("a partner under Part 2 that shares a person's field is refused") {
  const std::string text = refusal(
      [](Settings& settings) { term_of(settings, 1, "health").fields.add(Field::kOutcome); });
  CHECK(says(text, {"free-clinic", "Part 2", "overdose.outcome"}));
}

TEST_CASE("events about persons from a partner under Part 2 are not admitted, counts are") {
  const Settings settings = coalition();
  model::Event event;
  event.report = model::Overdose{};
  const auto refused = admit("free-clinic", settings.agreement("free-clinic")->part2, event);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::kForbidden);
  CHECK(admit("county-ems", settings.agreement("county-ems")->part2, event).has_value());
  event.report = model::AreaCount{};
  CHECK(admit("free-clinic", settings.agreement("free-clinic")->part2, event).has_value());
  event.report = model::Retraction{};
  CHECK(admit("free-clinic", settings.agreement("free-clinic")->part2, event).has_value());
}

TEST_CASE("the same settings give the same sorted text whatever their order") {
  const Settings settings = normalised(coalition());
  Settings turned = coalition();
  std::reverse(turned.agreements.begin(), turned.agreements.end());
  for (Agreement& agreement : turned.agreements) {
    std::reverse(agreement.terms.begin(), agreement.terms.end());
  }
  CHECK(normalised(turned).canonical() == settings.canonical());
  std::vector<std::string> lines;
  std::string line;
  for (std::istringstream text(settings.canonical()); std::getline(text, line);) {
    lines.push_back(line);
    CHECK(line.find(" = ") != std::string::npos);
  }
  CHECK(std::is_sorted(lines.begin(), lines.end()));
}

TEST_CASE(
    "whatever a narrower audience may see, a wider one may, in all settings that are accepted") {
  int accepted = 0;
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Settings settings = coalition();
    for (auto left = random.between(0, 3); left > 0; --left) {
      Agreement& agreement =
          settings.agreements[static_cast<std::size_t>(random.between(0, 1) * 2)];
      Term& term = agreement.terms[static_cast<std::size_t>(
          random.between(0, static_cast<std::int64_t>(agreement.terms.size()) - 1))];
      term.fields = any_fields(random, 90).both(term.fields);
      if (random.chance(30)) term.cell_level = static_cast<int>(random.between(11, 30));
      if (random.chance(30)) term.delay = std::chrono::minutes(random.between(0, 90));
      if (random.chance(30)) term.purposes.pop_back();
    }
    try {
      settings = normalised(settings);
    } catch (const Failure&) {
      ++refused;
      continue;
    }
    ++accepted;
    const auto audiences = default_audiences();
    for (std::size_t i = 0; i < audiences.size(); ++i) {
      for (std::size_t j = i + 1; j < audiences.size(); ++j) {
        check_within(settings, audiences[i].id, audiences[j].id);
      }
    }
  }
  CHECK(accepted > 100);
  CHECK(refused > 100);
}

TEST_CASE("what two terms both grant is within each of them") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Term a = any_term(random, "analysts");
    Term b = any_term(random, "analysts");
    a.keep_days = static_cast<std::int32_t>(random.between(0, 2) * 30);
    b.keep_days = static_cast<std::int32_t>(random.between(0, 2) * 45);
    b.purposes = {"audit", "response"};
    const Term less = both(a, b);
    CHECK(less.purposes == std::vector<std::string>{"response"});
    for (const Term& term : {a, b}) {
      CHECK(less.fields.without(term.fields).is_empty());
      CHECK(less.cell_level <= term.cell_level);
      CHECK(less.delay >= term.delay);
      if (term.time_rounding.count() > 0) {
        CHECK(less.time_rounding % term.time_rounding == Duration(0));
        CHECK(less.time_rounding.count() > 0);
      }
      if (term.keep_days > 0) CHECK((less.keep_days > 0 && less.keep_days <= term.keep_days));
    }
  }
}

}  // namespace commonwatch::sharing::test
