#include "hub/access/admission.h"

#include <catch2/catch.hpp>
#include <deque>
#include <random>

#include "hub/access/refusal_log.h"

namespace commonwatch::access {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kMinute = std::chrono::minutes(1);

}  // namespace

TEST_CASE("An IPv6 address stands for its /64, and a mapped IPv4 address for itself") {
  CHECK(address_key("192.0.2.1") == "192.0.2.1");
  CHECK(address_key("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(address_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(address_key("2001:db8:1:2::1") == "2001:db8:1:2::/64");
  CHECK(address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1"));
  CHECK(address_key("fe80::1%eth0") == "fe80::/64");
}

TEST_CASE("An address holds so many connections, and one that ends makes room") {
  Limits limits;
  limits.address_connections_max = 2;
  Admission admission(limits);
  auto first = admission.admit_connection("192.0.2.1", kSecond);
  const auto second = admission.admit_connection("192.0.2.1", kSecond);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  const auto third = admission.admit_connection("192.0.2.1", kSecond);
  REQUIRE_FALSE(third.has_value());
  CHECK(third.error().code == ErrorCode::kRateLimited);
  CHECK(admission.admit_connection("192.0.2.2", kSecond).has_value());
  *first = Admission::Place();
  CHECK(admission.admit_connection("192.0.2.1", kSecond).has_value());
}

TEST_CASE("Requests of an address come at their rate, with a burst of two seconds") {
  Limits limits;
  limits.address_requests_per_second_max = 10;
  Admission admission(limits);
  int taken = 0;
  while (admission.take_request("192.0.2.1", kSecond)) ++taken;
  CHECK(taken == 20);
  CHECK(admission.take_request("192.0.2.2", kSecond).has_value());
  for (taken = 0; admission.take_request("192.0.2.1", 2 * kSecond);) ++taken;
  CHECK(taken == 10);
}

TEST_CASE("An address that keeps failing pays ten for one until its failures have worn off") {
  Limits limits;
  limits.address_requests_per_second_max = 100;
  limits.address_failures_per_minute_max = 6;
  Admission admission(limits);
  for (int i = 0; i < 6; ++i) REQUIRE(admission.count_failure("192.0.2.1", kSecond).has_value());
  CHECK_FALSE(admission.count_failure("192.0.2.1", kSecond).has_value());
  int taken = 0;
  while (admission.take_request("192.0.2.1", kSecond)) ++taken;
  CHECK(taken == 20);
  const Duration later = kSecond + 10 * kSecond;
  for (taken = 0; admission.take_request("192.0.2.1", later);) ++taken;
  CHECK(taken == 200);
}

TEST_CASE("Handshakes of an address are counted apart from its requests") {
  Limits limits;
  limits.address_requests_per_second_max = 10;
  Admission admission(limits);
  while (admission.take_request("192.0.2.1", kSecond)) continue;
  int admitted = 0;
  while (admission.admit_connection("192.0.2.1", kSecond)) ++admitted;
  CHECK(admitted == 20);
}

TEST_CASE("Enrolment codes are tried a few times by one address, and not much more by all") {
  Limits limits;
  limits.address_enrolments_max = 3;
  limits.enrolments_per_minute_max = 5;
  Admission admission(limits);
  for (int i = 0; i < 3; ++i) CHECK(admission.take_enrolment("192.0.2.1", kSecond).has_value());
  CHECK_FALSE(admission.take_enrolment("192.0.2.1", kSecond).has_value());
  for (int i = 0; i < 2; ++i) CHECK(admission.take_enrolment("192.0.2.2", kSecond).has_value());
  CHECK_FALSE(admission.take_enrolment("192.0.2.3", kSecond).has_value());
  CHECK(admission.take_enrolment("192.0.2.3", kSecond + kMinute).has_value());
}

TEST_CASE("What costs much takes a quarter of what may come at once, and always can be taken") {
  Limits limits;
  limits.principal_requests_per_second_max = 10;
  Admission admission(limits);
  for (int i = 0; i < 4; ++i) {
    CHECK(admission.take_principal_request("county-ems", kSecond, 400).has_value());
  }
  CHECK_FALSE(admission.take_principal_request("county-ems", kSecond, 400).has_value());
  CHECK_FALSE(admission.take_principal_request("county-ems", kSecond).has_value());
  CHECK(admission.take_principal_request("county-ems", 2 * kSecond, 400).has_value());
}

TEST_CASE("A principal holds so many sessions and asks so often, whatever its addresses") {
  Limits limits;
  limits.principal_connections_max = 1;
  limits.principal_requests_per_second_max = 1;
  Admission admission(limits);
  const auto held = admission.admit_principal("county-ems");
  REQUIRE(held.has_value());
  CHECK_FALSE(admission.admit_principal("county-ems").has_value());
  CHECK(admission.admit_principal("police").has_value());
  CHECK(admission.take_principal_request("county-ems", kSecond).has_value());
  CHECK(admission.take_principal_request("county-ems", kSecond).has_value());
  CHECK_FALSE(admission.take_principal_request("county-ems", kSecond).has_value());
}

TEST_CASE(
    "However many addresses come, so many are remembered, and none that is connected is lost") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Limits limits;
  limits.addresses_max = 100;
  limits.address_connections_max = 1;
  Admission admission(limits);
  std::deque<std::pair<std::string, Admission::Place>> held;
  Duration now = kSecond;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds(random() % 20);
    const std::string address =
        "10.0." + std::to_string(random() % 20) + "." + std::to_string(random() % 256);
    switch (random() % 4) {
      case 0:
        if (auto place = admission.admit_connection(address, now)) {
          held.emplace_back(address, *std::move(place));
        }
        break;
      case 1:
        if (held.size() > 60) held.pop_front();
        break;
      case 2:
        static_cast<void>(admission.count_failure(address, now));
        break;
      default:
        static_cast<void>(admission.take_request(address, now));
    }
    CHECK(admission.remembered() <= 100);
  }
  REQUIRE_FALSE(held.empty());
  // Who is connected is still known to be: a second connection is refused.
  now += kMinute;
  for (const auto& [address, place] : held) {
    CHECK_FALSE(admission.admit_connection(address, now).has_value());
  }
}

TEST_CASE("A table that is full of connected addresses takes no further one") {
  Limits limits;
  limits.addresses_max = 2;
  Admission admission(limits);
  const auto first = admission.admit_connection("192.0.2.1", kSecond);
  const auto second = admission.admit_connection("192.0.2.2", kSecond);
  CHECK_FALSE(admission.admit_connection("192.0.2.3", kSecond).has_value());
  CHECK(admission.admit_connection("192.0.2.1", kSecond).has_value());
}

TEST_CASE("A flood of refusals is told as one line an address and minute, with how many it was") {
  const Limits limits;
  RefusalLog log(limits);
  CHECK(log.note("192.0.2.1", "the token is unknown", kSecond) ==
        "refused 192.0.2.1: the token is unknown");
  for (int i = 0; i < 5000; ++i) {
    CHECK_FALSE(log.note("192.0.2.1", "the token is unknown", 2 * kSecond).has_value());
  }
  CHECK(log.note("192.0.2.1", "the token is unknown", kSecond + kMinute) ==
        "refused 192.0.2.1: the token is unknown (and 5000 times before)");
}

TEST_CASE("Refusals of many addresses are told as a few lines a minute, and counted") {
  const Limits limits;
  RefusalLog log(limits);
  std::uint32_t lines = 0;
  const auto refuse = [&](int i, Duration now) {
    return log.note("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256), "no", now);
  };
  for (int i = 0; i < 1000; ++i) lines += refuse(i, kSecond) ? 1 : 0;
  CHECK(lines == RefusalLog::kLinesPerMinute);
  const auto later = refuse(1000, kSecond + kMinute);
  REQUIRE(later.has_value());
  CHECK(later->find("besides, 980 refusals") != std::string::npos);
}

}  // namespace commonwatch::access
