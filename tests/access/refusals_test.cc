#include "hub/access/refusals.h"

#include <catch2/catch.hpp>

namespace commonwatch::access {
namespace {

const Instant kNoon = *parse_rfc3339("2026-03-01T12:00:00Z");
constexpr auto kSecond = std::chrono::seconds(1);
constexpr auto kMinute = std::chrono::minutes(1);

}  // namespace

TEST_CASE("refusals of one address in one minute are one record with their count and last reason") {
  Refusals refusals(10);
  for (int n = 0; n < 1000; ++n) {
    refusals.add("192.0.2.1", ErrorCode::kHelloTimeout, kNoon + n * std::chrono::milliseconds(50));
  }
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon + 59 * kSecond);
  CHECK(refusals.take_ended(kNoon + kMinute) ==
        std::vector<FoldedRefusals>{{kNoon, "192.0.2.1", 1001, ErrorCode::kUnauthenticated}});
}

TEST_CASE("the minute that is under way is not taken") {
  Refusals refusals(10);
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon);
  CHECK(refusals.take_ended(kNoon + 59 * kSecond).empty());
  CHECK(refusals.take_ended(kNoon + kMinute).size() == 1);
  CHECK(refusals.take_ended(kNoon + 2 * kMinute).empty());
}

TEST_CASE("each address and each minute has its own record") {
  Refusals refusals(10);
  refusals.add("192.0.2.2", ErrorCode::kUnauthenticated, kNoon);
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon);
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon + kMinute);
  CHECK(
      refusals.take_ended(kNoon + 2 * kMinute) ==
      std::vector<FoldedRefusals>{{kNoon, "192.0.2.1", 1, ErrorCode::kUnauthenticated},
                                  {kNoon, "192.0.2.2", 1, ErrorCode::kUnauthenticated},
                                  {kNoon + kMinute, "192.0.2.1", 1, ErrorCode::kUnauthenticated}});
}

TEST_CASE("addresses beyond the limit are counted together") {
  Refusals refusals(3);
  for (int n = 0; n < 1000; ++n) {
    refusals.add("192.0.2." + std::to_string(n), ErrorCode::kUnauthenticated, kNoon);
  }
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon);
  const auto records = refusals.take_ended(kNoon + kMinute);
  REQUIRE(records.size() == 4);
  CHECK(records[1].address == "192.0.2.1");
  CHECK(records[1].count == 2);
  CHECK(records[3].address == kOtherAddresses);
  CHECK(records[3].count == 997);
}

TEST_CASE("a clock that was set back loses no refusal") {
  Refusals refusals(10);
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon + 10 * kMinute);
  CHECK(refusals.take_ended(kNoon).size() == 1);
}

TEST_CASE("at the end everything that is held can be taken") {
  Refusals refusals(10);
  refusals.add("192.0.2.1", ErrorCode::kUnauthenticated, kNoon);
  CHECK(refusals.take_all().size() == 1);
  CHECK(refusals.take_all().empty());
}

TEST_CASE("the port of a peer is no part of its address") {
  CHECK(address_of("192.0.2.1:50000") == "192.0.2.1");
}

TEST_CASE("an IPv6 peer is known by its /64, with brackets or without") {
  CHECK(address_of("2001:db8:1:2:3:4:5:6:50000") == "2001:db8:1:2::/64");
  CHECK(address_of("[2001:db8:1:2:3:4:5:7]:50000") == "2001:db8:1:2::/64");
}

}  // namespace commonwatch::access
