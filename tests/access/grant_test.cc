#include <catch2/catch.hpp>

#include "hub/access/principal.h"

namespace commonwatch::access {
namespace {

model::SourceName source(const char* name) { return *model::SourceName::parse(name); }

SourcePattern pattern(const char* text) { return *SourcePattern::parse(text); }

Principal with(std::vector<Grant> grants, std::string purpose = "") {
  return {"county-ems", "all", "county-ems", std::move(grants), std::move(purpose)};
}

bool may_publish(const Principal& principal, const char* name) {
  const auto to = source(name);
  return principal.may(Operation::kPublish, {&to, {}, {}}).has_value();
}

}  // namespace

TEST_CASE("A pattern is a source, a group, a partner or everything, and nothing else") {
  for (const char* sound : {"*", "county-ems/*", "county-ems/phone-*", "county-ems/cad-1"}) {
    CAPTURE(sound);
    CHECK(SourcePattern::parse(sound).has_value());
  }
  for (const char* wrong : {"", "county-ems", "county*", "*/cad", "county-ems/*x", "a/b*c*", "A/b",
                            "county-ems/", "**", "/x"}) {
    CAPTURE(wrong);
    CHECK_FALSE(SourcePattern::parse(wrong).has_value());
  }
}

TEST_CASE("A grant to publish reaches the sources of its patterns and no other") {
  const auto group = with({{Operation::kPublish, {pattern("county-ems/phone-*")}, {}, {}}});
  CHECK(may_publish(group, "county-ems/phone-7"));
  CHECK_FALSE(may_publish(group, "county-ems/cad-1"));
  const auto exact = with({{Operation::kPublish, {pattern("county-ems/cad")}, {}, {}}});
  CHECK(may_publish(exact, "county-ems/cad"));
  CHECK_FALSE(may_publish(exact, "county-ems/cad-1"));
  const auto partner = with({{Operation::kPublish, {pattern("county-ems/*")}, {}, {}}});
  CHECK(may_publish(partner, "county-ems/cad-1"));
  CHECK_FALSE(may_publish(partner, "county-ems-2/cad-1"));
}

TEST_CASE("Each operation needs its own grant") {
  for (int granted = 0; granted <= static_cast<int>(Operation::kEnrol); ++granted) {
    const auto principal = with({{static_cast<Operation>(granted), {}, {}, {}}});
    for (int asked = 0; asked <= static_cast<int>(Operation::kEnrol); ++asked) {
      CAPTURE(granted, asked);
      CHECK(principal.may(static_cast<Operation>(asked)).has_value() == (granted == asked));
    }
  }
}

TEST_CASE("A refusal says who may not do what, within which bounds, and whom to ask") {
  const auto principal = with({{Operation::kPublish, {pattern("county-ems/*")}, {}, {}}});
  const auto to = source("police/rms");
  const auto refused = principal.may(Operation::kPublish, {&to, {}, "source"});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kForbidden);
  CHECK(refused.error().field == "source");
  CHECK(refused.error().message ==
        "county-ems may not publish to police/rms: the grant is for county-ems/*; ask the hub's "
        "operator for a grant");
}

TEST_CASE("A grant that is bound to a purpose is worth nothing for another one") {
  const std::vector<Grant> grants = {{Operation::kReplayEvents, {}, {}, {"research"}}};
  CHECK(with(grants, "research").may(Operation::kReplayEvents).has_value());
  CHECK_FALSE(with(grants, "response").may(Operation::kReplayEvents).has_value());
  const auto none = with(grants).may(Operation::kReplayEvents);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().message.find("hello.purpose") != std::string::npos);
}

TEST_CASE("A grant to replay as an audience is for the audiences that it names") {
  const auto principal = with({{Operation::kReplayAs, {}, {"police"}, {}}});
  CHECK(principal.may(Operation::kReplayAs, {nullptr, "police", {}}).has_value());
  CHECK_FALSE(principal.may(Operation::kReplayAs, {nullptr, "public", {}}).has_value());
}

TEST_CASE("A replay of events must stay within the sources of its grant") {
  const auto principal =
      with({{Operation::kReplayEvents, {pattern("county-ems/*"), pattern("police/rms")}, {}, {}}});
  using Names = std::vector<std::string>;
  const auto may = [&](const Names& partners, const Names& sources) {
    return principal.may_replay_events(partners, sources).has_value();
  };
  CHECK(may({"county-ems"}, {}));
  CHECK(may({}, {"police/rms", "county-ems/cad"}));
  CHECK(may({"police"}, {"police/rms"}));
  CHECK_FALSE(may({}, {}));
  CHECK_FALSE(may({"police"}, {}));
  CHECK_FALSE(may({"county-ems", "police"}, {}));
  CHECK_FALSE(may({}, {"county-ems/cad", "police/cad"}));
  CHECK(anyone().may_replay_events({}, {}).has_value());
}

TEST_CASE("Every operation is found by the name that it has in the configuration") {
  for (int number = 0; number <= static_cast<int>(Operation::kEnrol); ++number) {
    const auto operation = static_cast<Operation>(number);
    CHECK(parse_operation(operation_name(operation)) == operation);
  }
  CHECK_FALSE(parse_operation("everything").has_value());
}

}  // namespace commonwatch::access
