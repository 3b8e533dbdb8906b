#include <catch2/catch.hpp>
#include <random>

#include "hub/access/digest.h"
#include "tests/access/memory_token_file.h"

namespace commonwatch::access {
namespace {

const Instant kNow = instant_from_micros(1'457'687'400'000'000);
constexpr auto kDay = std::chrono::days(1);

Account account(const std::string& name) {
  return {{name, "all", name, {{Operation::kSubscribe, {}, {}, {}}}, ""}, "ems", {}, {}};
}

struct Desk {
  Limits limits;
  MemoryTokenFile file;
  Directory directory{{account("county-ems"), account("night-desk")}};
  TokenStore store{file, directory, limits};

  NewToken create(const std::string& name = "county-ems") {
    return store.create({name, std::nullopt, kNow + 30 * kDay, "operator", "a note"}, kNow).value();
  }
  Result<Standing> find(const std::string& token, Instant now = kNow) {
    return directory.find(choose_credential(token, NoCredential{}), now);
  }
  std::string reason(const std::string& token, Instant now = kNow) {
    const auto found = find(token, now);
    return found ? std::string("found") : found.error().message;
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A created token gives its account's rights, and stands nowhere but in the answer") {
  Desk desk;
  const NewToken made = desk.create();
  const auto standing = desk.find(made.token);
  REQUIRE(standing.has_value());
  CHECK(standing->principal.name == "county-ems");
  CHECK(standing->until == kNow + 30 * kDay);
  CHECK_FALSE(contains(desk.file.bytes, made.token));
  CHECK_FALSE(contains(desk.file.bytes, made.token.substr(3, 20)));
  CHECK(contains(desk.file.bytes, to_hex(sha256(made.token))));
}

TEST_CASE("A token is refused from the moment on at which it expires, and told so") {
  Desk desk;
  const NewToken made = desk.create();
  CHECK(desk.find(made.token, kNow + 30 * kDay - Duration(1)).has_value());
  CHECK(contains(desk.reason(made.token, kNow + 30 * kDay), "expired on 2016-04-10T"));
}

TEST_CASE(
    "A revoked token is refused at once, is still listed, and moves the directory's version") {
  Desk desk;
  const NewToken made = desk.create();
  const NewToken other = desk.create("night-desk");
  const auto before = desk.directory.version();
  REQUIRE(desk.store.revoke(made.stored.id, kNow).has_value());
  CHECK(desk.directory.version() > before);
  CHECK(contains(desk.reason(made.token), "was revoked"));
  CHECK(desk.find(other.token).has_value());
  CHECK(desk.store.list().size() == 2);
  const auto unknown = desk.store.revoke("00000000", kNow);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::kNotFound);
}

TEST_CASE("A wrong token is told from a mistyped one and from none") {
  Desk desk;
  std::string token = desk.create().token;
  CHECK(contains(desk.reason(make_token()), "unknown"));
  CHECK(contains(desk.reason("made-elsewhere"), "unknown"));
  std::swap(token[10], token[11]);
  token[12] = token[12] == 'a' ? 'b' : 'a';
  CHECK(contains(desk.reason(token), "mistyped"));
  CHECK(contains(desk.reason(""), "no token was given"));
}

TEST_CASE("A token of an account that is no more is refused, and holds again when it is back") {
  Desk desk;
  const NewToken made = desk.create();
  desk.directory.set_accounts({account("night-desk")});
  CHECK(contains(desk.reason(made.token), "no longer configured"));
  desk.directory.set_accounts({account("night-desk"), account("county-ems")});
  CHECK(desk.find(made.token).has_value());
}

TEST_CASE("A device's token may publish to its own source and do nothing else") {
  Desk desk;
  const auto device = *model::SourceName::parse("county-ems/phone-1");
  const auto made =
      desk.store.create({"county-ems", device, kNow + kDay, "night-desk", "enrolled"}, kNow)
          .value();
  const auto standing = desk.find(made.token);
  REQUIRE(standing.has_value());
  const Principal& principal = standing->principal;
  CHECK(principal.name == "county-ems/phone-1");
  CHECK(principal.may(Operation::kPublish, {&device, {}, {}}).has_value());
  const auto other = *model::SourceName::parse("county-ems/phone-10");
  CHECK_FALSE(principal.may(Operation::kPublish, {&other, {}, {}}).has_value());
  CHECK_FALSE(principal.may(Operation::kSubscribe).has_value());
}

TEST_CASE("A token that could not be written down is not given out") {
  Desk desk;
  desk.file.is_full = true;
  const auto made = desk.store.create({"county-ems", {}, kNow + kDay, "operator", ""}, kNow);
  REQUIRE_FALSE(made.has_value());
  CHECK(desk.store.list().empty());
}

TEST_CASE("A token is refused for an account that is not there, a time that is past, two lines") {
  Desk desk;
  const auto field = [&](const TokenRequest& request) {
    const auto made = desk.store.create(request, kNow);
    return made ? std::string("made") : made.error().field;
  };
  CHECK(field({"police", {}, kNow + kDay, "operator", ""}) == "account");
  CHECK(field({"county-ems", {}, kNow, "operator", ""}) == "expires");
  CHECK(field({"county-ems", {}, kNow + kDay, "operator", "a\nb"}) == "note");
  CHECK(field({"county-ems", {}, kNow + kDay, "operator", "a\tb"}) == "note");
}

TEST_CASE("What another process wrote is kept by the next change and seen after a load") {
  Desk desk;
  const NewToken ours = desk.create();
  TokenStore other(desk.file, desk.directory, desk.limits);
  REQUIRE(other.load().has_value());
  const auto theirs = other.create({"night-desk", {}, kNow + kDay, "operator", ""}, kNow).value();
  const NewToken third = desk.create();
  for (const NewToken* made : {&ours, &third}) CHECK(desk.find(made->token).has_value());
  CHECK(desk.find(theirs.token).has_value());
  CHECK(desk.store.list().size() == 3);
}

TEST_CASE("The day of last use is written once a day, and survives a change by another process") {
  Desk desk;
  const NewToken made = desk.create();
  const int writes = desk.file.writes;
  REQUIRE(desk.find(made.token, kNow + 2 * kDay).has_value());
  REQUIRE(desk.find(made.token, kNow + 2 * kDay).has_value());
  REQUIRE(desk.store.save_uses().has_value());
  REQUIRE(desk.store.save_uses().has_value());
  CHECK(desk.file.writes == writes + 1);
  CHECK(contains(desk.file.bytes, "\t2016-03-13\t"));
  REQUIRE(desk.find(made.token, kNow + 3 * kDay).has_value());
  Directory elsewhere({account("county-ems")});
  TokenStore other(desk.file, elsewhere, desk.limits);
  REQUIRE(other.revoke(made.stored.id, kNow).has_value());
  REQUIRE(desk.store.load().has_value());
  CHECK(*desk.store.list().front().last_used_day == day_of(kNow + 3 * kDay));
}

TEST_CASE("Valid tokens are bounded, and those that ended long ago are forgotten") {
  Desk desk;
  desk.limits.tokens_max = 2;
  const NewToken first = desk.create();
  desk.create();
  const auto refused = desk.store.create({"county-ems", {}, kNow + kDay, "operator", ""}, kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  REQUIRE(desk.store.revoke(first.stored.id, kNow).has_value());
  desk.create();
  CHECK(desk.store.list().size() == 3);
  const Instant later = kNow + 400 * kDay;
  REQUIRE(desk.store.create({"county-ems", {}, later + kDay, "operator", ""}, later).has_value());
  CHECK(desk.store.list().size() == 1);
}

TEST_CASE("The file of tokens says what was written, and refuses whatever was done to it") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Desk desk;
  desk.create();
  const auto device = *model::SourceName::parse("county-ems/phone-1");
  REQUIRE(desk.store.create({"county-ems", device, kNow + kDay, "x", "y"}, kNow).has_value());
  REQUIRE(desk.store.revoke(desk.create().stored.id, kNow).has_value());
  const std::string text = desk.file.bytes;
  const auto read = decode_tokens(text);
  REQUIRE(read.has_value());
  CHECK(encode_tokens(*read) == text);
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    CAPTURE(cut);
    CHECK_FALSE(decode_tokens(text.substr(0, cut)).has_value());
  }
  for (int i = 0; i < 500; ++i) {
    std::string damaged = text;
    const std::size_t at = random() % damaged.size();
    damaged[at] = static_cast<char>(damaged[at] ^ (1U << (random() % 8)));
    CAPTURE(at);
    CHECK_FALSE(decode_tokens(damaged).has_value());
  }
  CHECK_FALSE(decode_tokens(text + "more\n").has_value());
  CHECK(decode_tokens("").has_value());
}

}  // namespace commonwatch::access
