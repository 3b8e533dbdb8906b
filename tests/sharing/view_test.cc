#include "hub/sharing/view.h"

#include <catch2/catch.hpp>

#include "tests/sharing/coalition.h"

namespace commonwatch::sharing::test {

TEST_CASE("a view holds the terms of those who share and nothing of the others") {
  const Settings settings = normalised(coalition());
  const View police = View::compile(settings, "police");
  CHECK(police.partners() == std::vector<std::string>{"county-ems"});
  CHECK(police.term("outreach") == nullptr);
  CHECK_FALSE(police.allows_purpose("outreach", "response"));
  CHECK(police.allows_purpose("response"));
  CHECK_FALSE(police.allows_purpose("arrest"));
}

TEST_CASE("a view cuts terms down to what its audience may see at all") {
  Settings settings = coalition();
  settings.agreements[0].terms[3] = everything("responders");
  settings.agreements[0].terms[4] = everything("analysts");
  settings.agreements[0].terms[5] = everything("health");
  for (std::size_t i = 0; i < 3; ++i) settings.agreements[0].terms[i].purposes.clear();
  const View view = View::compile(normalised(settings), "responders");
  CHECK(view.term("county-ems")->fields.both(FieldMask::of_persons()).is_empty());
  CHECK(view.term("county-ems")->fields.has(Field::kPersons));
  CHECK(view.term("county-ems")->cell_level == 20);
}

TEST_CASE("a view's delay is the largest of all that is shared") {
  Settings settings = coalition();
  for (Term& term : settings.agreements[0].terms) term.delay = std::chrono::minutes(10);
  for (Audience& audience : settings.audiences) audience.delay = std::chrono::minutes(4);
  settings = normalised(settings);
  CHECK(View::compile(settings, "public").delay() == std::chrono::minutes(10));
  CHECK(View::compile(settings, "public").term("county-ems")->delay == std::chrono::minutes(10));
  CHECK(View::compile(settings, "analysts").term("free-clinic")->delay == std::chrono::minutes(4));
}

TEST_CASE(
    "views share an engine only where the same records count at the same precision and time") {
  Settings settings = normalised(coalition());
  const auto key = [&](const char* audience) {
    return View::compile(settings, audience).input_key();
  };
  CHECK(key("public") == key("police"));
  CHECK(key("police") != key("responders"));
  CHECK(key("responders") != key("analysts"));
  for (Term& term : settings.agreements[0].terms) {
    if (term.audience == "public") term.delay = std::chrono::hours(1);
  }
  CHECK(key("public") != key("police"));
}

TEST_CASE("what a partner does not share with an audience leaves its view as it was") {
  Settings settings = normalised(coalition());
  const View with = View::compile(settings, "police");
  std::erase_if(settings.agreements, [](const Agreement& a) { return a.partner != "county-ems"; });
  const View without = View::compile(settings, "police");
  CHECK(with.input_key() == without.input_key());
  CHECK(with.delay() == without.delay());
  CHECK(publication_classes(settings) == publication_classes(normalised(coalition())));
}

TEST_CASE("partners are counted in the class of the narrowest audience that sees them") {
  Settings settings = coalition();
  settings.agreements[2].terms.insert(
      settings.agreements[2].terms.begin(),
      {term_for("police", settings.agreements[2].terms.front().fields, 11),
       term_for("partner", settings.agreements[2].terms.front().fields, 11)});
  const auto classes = publication_classes(normalised(settings));
  REQUIRE(classes.size() == 2);
  CHECK(classes[0].audience == "public");
  CHECK(classes[0].partners == std::vector<std::string>{"county-ems"});
  CHECK(classes[0].earlier.empty());
  CHECK(classes[0].k == 5);
  CHECK(classes[0].k_max == 11);
  CHECK(classes[0].audiences == std::vector<std::string>{"public", "police", "partner"});
  CHECK(classes[1].audience == "police");
  CHECK(classes[1].partners == std::vector<std::string>{"outreach"});
  CHECK(classes[1].earlier == std::vector<std::string>{"county-ems"});
  CHECK(classes[1].k_max == 5);
  CHECK(classes[1].audiences == std::vector<std::string>{"police", "partner"});
}

TEST_CASE("what the police can see is explained by partner, precision, date and agreement") {
  const Explanation police = explain(normalised(coalition()), "police");
  REQUIRE(police.partners.size() == 1);
  CHECK(police.partners[0].agreement_version == 3);
  CHECK(police.nothing_from == std::vector<std::string>{"free-clinic", "outreach"});
  CHECK(police.narrower == std::vector<std::string>{"public"});
  const std::string text = police.text();
  for (const char* words :
       {"k = 5", "S2 level 11", "20000 inhabitants", "from county-ems, agreement version 3",
        "45cfr164.512(b)", "since 2017-07-14T02:40:00Z", "occurred_at, location, overdose.outcome",
        "nothing from: free-clinic, outreach", "no person's attributes"}) {
    INFO(words);
    CHECK(text.find(words) != std::string::npos);
  }
}

TEST_CASE("every field has a name of its own that finds it again") {
  for (const Field field : FieldMask::all().fields()) CHECK(field_of(name(field)) == field);
  CHECK(FieldMask::all().fields().size() == kFields);
  CHECK_FALSE(field_of("overdose.name"));
  CHECK(FieldMask().text() == "nothing");
}

}  // namespace commonwatch::sharing::test
