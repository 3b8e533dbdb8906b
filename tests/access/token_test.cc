#include "hub/access/token.h"

#include <catch2/catch.hpp>
#include <random>

#include "hub/access/digest.h"
#include "hub/access/enrolment.h"

namespace commonwatch::access {
namespace {

const Instant kNow = instant_from_micros(1'457'687'400'000'000);

}  // namespace

TEST_CASE("A token that was made is sound, and no two are the same") {
  const std::string token = make_token();
  CHECK(token.size() == 61);
  CHECK(token.starts_with("cw_"));
  CHECK(shape_of(token) == TokenShape::kSound);
  CHECK(make_token() != token);
}

TEST_CASE(
    "A token with one character changed, left out or exchanged with its neighbour is mistyped") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string token = make_token();
  for (std::size_t at = 3; at < token.size(); ++at) {
    CAPTURE(token, at);
    std::string changed = token;
    do {
      changed[at] = "0123456789abcdefghjkmnpqrstvwxyz"[random() % 32];
    } while (changed == token);
    CHECK(shape_of(changed) == TokenShape::kMistyped);
    std::string shorter = token;
    shorter.erase(at, 1);
    CHECK(shape_of(shorter) == TokenShape::kMistyped);
    std::string exchanged = token;
    std::swap(exchanged[at], exchanged[at - 1]);
    if (exchanged != token && at > 3) CHECK(shape_of(exchanged) == TokenShape::kMistyped);
  }
  CHECK(shape_of("made-elsewhere") == TokenShape::kForeign);
}

TEST_CASE("A query parameter that would give a token away is known by its name or its value") {
  CHECK(looks_like_token("token", "x"));
  CHECK(looks_like_token("Access-Token", "x"));
  CHECK(looks_like_token("q", make_token()));
  CHECK(looks_like_token(make_token(), ""));
  CHECK_FALSE(looks_like_token("source", "county-ems/cw_1"));
  CHECK_FALSE(looks_like_token("source", "cw_ems/cad-1"));
  CHECK_FALSE(looks_like_token("bbox", "-75.7,39.9,-75,40.5"));
}

TEST_CASE("Hexadecimal digits are read back as the bytes that they were, or not at all") {
  const std::string bytes = random_bytes(32);
  CHECK(from_hex(to_hex(bytes)) == bytes);
  CHECK(from_hex("0g").empty());
  CHECK(from_hex("abc").empty());
  CHECK(from_hex("AB").empty());
}

TEST_CASE("An enrolment code is used once, however it is typed") {
  const Limits limits;
  Enrolments enrolments(limits);
  const auto code = enrolments.create({"county-ems", "phone", "night-desk"}, kNow).value();
  CHECK(code.text.size() == 9);
  CHECK(code.text[4] == '-');
  std::string typed = " ";
  for (const char c : code.text) {
    if (c != '-') typed += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto enrolment = enrolments.redeem(typed, kNow);
  REQUIRE(enrolment.has_value());
  CHECK(enrolment->partner == "county-ems");
  CHECK(enrolment->created_by == "night-desk");
  CHECK(make_device_name(*enrolment).text().starts_with("county-ems/phone-"));
  const auto again = enrolments.redeem(code.text, kNow);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::kUnauthenticated);
}

TEST_CASE("An enrolment code is worth nothing from the moment on at which it expires") {
  const Limits limits;
  Enrolments enrolments(limits);
  const auto code = enrolments.create({"county-ems", "phone", "night-desk"}, kNow).value();
  CHECK_FALSE(enrolments.redeem(code.text, code.expires).has_value());
  const auto other = enrolments.create({"county-ems", "phone", "night-desk"}, kNow).value();
  CHECK(enrolments.redeem(other.text, other.expires - Duration(1)).has_value());
}

TEST_CASE("Enrolment codes that wait are bounded, and expired ones make room") {
  Limits limits;
  limits.enrolment_codes_max = 3;
  Enrolments enrolments(limits);
  const Enrolment phone{"county-ems", "phone", "night-desk"};
  for (const char* desk : {"night-desk", "day-desk", "clinic"}) {
    REQUIRE(enrolments.create({"county-ems", "phone", desk}, kNow).has_value());
  }
  const auto refused = enrolments.create(phone, kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  const auto later = kNow + std::chrono::milliseconds(limits.enrolment_code_ms);
  CHECK(enrolments.create(phone, later).has_value());
}

TEST_CASE("A principal has a tenth of the enrolment codes that may wait, and others the rest") {
  Limits limits;
  limits.enrolment_codes_max = 30;
  Enrolments enrolments(limits);
  const Enrolment phone{"county-ems", "phone", "night-desk"};
  const auto first = enrolments.create(phone, kNow).value();
  for (int i = 0; i < 2; ++i) REQUIRE(enrolments.create(phone, kNow).has_value());
  const auto refused = enrolments.create(phone, kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  CHECK(refused.error().message.find("night-desk") != std::string::npos);
  CHECK(enrolments.create({"county-ems", "phone", "day-desk"}, kNow).has_value());
  REQUIRE(enrolments.redeem(first.text, kNow).has_value());
  CHECK(enrolments.create(phone, kNow).has_value());
}

TEST_CASE("An enrolment code is refused to a group that cannot be part of a source's name") {
  const Limits limits;
  Enrolments enrolments(limits);
  for (const std::string& group :
       {std::string("Phone"), std::string("a/b"), std::string(60, 'x')}) {
    CAPTURE(group);
    const auto refused = enrolments.create({"county-ems", group, "night-desk"}, kNow);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().field == "group");
  }
}

}  // namespace commonwatch::access
