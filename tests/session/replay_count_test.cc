#include "hub/session/replay_count.h"

#include <catch2/catch.hpp>

namespace commonwatch::session {
namespace {

access::Principal named(const std::string& name) {
  access::Principal principal = access::anyone();
  principal.name = name;
  return principal;
}

TEST_CASE("nobody who is known takes all replays, and together no more than the hub runs") {
  Limits limits;
  limits.hub_replays_max = 5;
  limits.principal_replays_max = 3;
  ReplayCount count;
  for (int i = 0; i < 3; ++i) CHECK(count.add(named("anna"), limits).has_value());
  const auto refused = count.add(named("anna"), limits);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kTooManyReplays);
  CHECK(refused.error().message == "anna runs 3 replays already; try again later");
  for (int i = 0; i < 2; ++i) CHECK(count.add(named("ben"), limits).has_value());
  CHECK(count.add(named("carl"), limits).error().message ==
        "the hub runs 5 replays already; try again later");
  count.remove(named("anna"));
  CHECK(count.add(named("carl"), limits).has_value());
  CHECK_FALSE(count.add(named("anna"), limits).has_value());
}

TEST_CASE("where nobody is told apart all replays are anybody's") {
  Limits limits;
  limits.hub_replays_max = 5;
  limits.principal_replays_max = 3;
  ReplayCount count;
  for (int i = 0; i < 5; ++i) CHECK(count.add(access::anyone(), limits).has_value());
  CHECK_FALSE(count.add(access::anyone(), limits).has_value());
}

}  // namespace
}  // namespace commonwatch::session
