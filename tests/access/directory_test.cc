#include "hub/access/directory.h"

#include <catch2/catch.hpp>

#include "hub/access/digest.h"

namespace commonwatch::access {
namespace {

const Instant kNow = instant_from_micros(1'457'687'400'000'000);

Account account(const std::string& name, std::vector<std::string> hashes,
                std::vector<std::string> certificates) {
  return {{name, "all", name, {{Operation::kSubscribe, {}, {}, {}}}, ""},
          "ems",
          std::move(hashes),
          std::move(certificates)};
}

std::string reason(const Result<Standing>& standing) {
  return standing ? std::string("found ") + standing->principal.name : standing.error().message;
}

}  // namespace

TEST_CASE("Without accounts everyone may do everything") {
  const Directory directory({});
  CHECK(directory.is_open());
  const auto standing = directory.find(NoCredential{}, kNow);
  REQUIRE(standing.has_value());
  CHECK(standing->principal == anyone());
}

TEST_CASE("A configured token is found by its SHA-256") {
  const Directory directory({account("county-ems", {to_hex(sha256("one"))}, {}),
                             account("police", {to_hex(sha256("two"))}, {})});
  CHECK(reason(directory.find(choose_credential("two", NoCredential{}), kNow)) == "found police");
  CHECK_FALSE(directory.find(choose_credential("three", NoCredential{}), kNow).has_value());
}

TEST_CASE("A certificate is its account's by common name or alternative name, exactly") {
  const Directory directory({account("county-ems", {}, {"ems.example.org"})});
  const auto with = [&](std::vector<std::string> names) {
    return directory.find(CertificateCredential{std::move(names), kNow + std::chrono::hours(1)},
                          kNow);
  };
  CHECK(reason(with({"ems.example.org"})) == "found county-ems");
  CHECK(reason(with({"other", "ems.example.org"})) == "found county-ems");
  CHECK(reason(with({"EMS.example.org"})).find("is no account's") != std::string::npos);
  CHECK(reason(with({"x.ems.example.org"})).find("is no account's") != std::string::npos);
  CHECK_FALSE(with({}).has_value());
}

TEST_CASE("A certificate is worth nothing from the moment on at which it expires") {
  const Directory directory({account("county-ems", {}, {"ems.example.org"})});
  const CertificateCredential shown{{"ems.example.org"}, kNow};
  CHECK(directory.find(shown, kNow - Duration(1)).value().until == kNow);
  CHECK(reason(directory.find(shown, kNow)).find("expired on 2016-03-11T") != std::string::npos);
}

TEST_CASE("A certificate that must not be trusted is refused even with a token, and says why") {
  const Directory directory({account("county-ems", {to_hex(sha256("one"))}, {})});
  const RefusedCertificate refused{"the client certificate expired"};
  const auto found = directory.find(choose_credential("one", refused), kNow);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == ErrorCode::kUnauthenticated);
  CHECK(found.error().message == "the client certificate expired");
}

TEST_CASE("A token stands above a sound certificate") {
  const Directory directory({account("county-ems", {to_hex(sha256("one"))}, {}),
                             account("police", {}, {"police.example.org"})});
  const CertificateCredential police{{"police.example.org"}, kNow + std::chrono::hours(1)};
  CHECK(reason(directory.find(choose_credential("one", police), kNow)) == "found county-ems");
  CHECK(reason(directory.find(choose_credential("", police), kNow)) == "found police");
}

TEST_CASE("An account that is taken away, or changed, holds so at once") {
  Directory directory({account("county-ems", {to_hex(sha256("one"))}, {})});
  const Credential shown = choose_credential("one", NoCredential{});
  const auto before = directory.version();
  auto changed = account("county-ems", {to_hex(sha256("one"))}, {});
  changed.principal.grants.clear();
  directory.set_accounts({changed});
  CHECK(directory.version() > before);
  CHECK(directory.find(shown, kNow).value().principal.grants.empty());
  directory.set_accounts({account("police", {to_hex(sha256("two"))}, {})});
  CHECK_FALSE(directory.find(shown, kNow).has_value());
}

}  // namespace commonwatch::access
