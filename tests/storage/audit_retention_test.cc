#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/storage/audit_fixture.h"

namespace commonwatch::storage::test {
namespace {

constexpr auto kDay = std::chrono::days(1);

// Records "1" to "6", a day apart.
struct SixDays {
  SixDays() : log(open_audit(options)) {
    for (int n = 1; n <= 6; ++n) {
      heads.push_back(must_append(*log, std::to_string(n), kNoon + (n - 1) * kDay));
    }
  }

  TemporaryDirectory directory;
  AuditLogOptions options = audit_at(directory / "audit");
  std::unique_ptr<AuditLog> log;
  std::vector<AuditHead> heads;
};

bool mentions(const AuditVerifyReport& report, const std::string& text) {
  return std::any_of(report.faults.begin(), report.faults.end(), [&](const std::string& fault) {
    return fault.find(text) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("what is older than asked for is forgotten, and the rest verifies") {
  SixDays days;
  CHECK(days.log->forget_before(kNoon + 3 * kDay).value() == 3);
  CHECK(payloads(*days.log) == std::vector<std::string>{"4", "5", "6"});
  REQUIRE(days.log->forgotten().has_value());
  CHECK(days.log->forgotten()->last == AuditSequence(3));
  CHECK(days.log->forgotten()->at == kNoon + 2 * kDay);
  const auto report = days.log->verify({held(days.heads[2]), held(days.heads[5], false)});
  CHECK(report.faults.empty());
  CHECK(report.records == 3);
  CHECK(report.held[0].place == 3);
  CHECK(report.held[1].place == 6);
}

TEST_CASE("nothing is forgotten that is not old enough") {
  SixDays days;
  CHECK(days.log->forget_before(kNoon).value() == 0);
  CHECK_FALSE(days.log->forgotten().has_value());
  CHECK(payloads(*days.log).size() == 6);
}

TEST_CASE("a log that forgot everything goes on with its numbers and its chain") {
  SixDays days;
  CHECK(days.log->forget_before(kNoon + 30 * kDay).value() == 6);
  CHECK(payloads(*days.log).empty());
  CHECK(days.log->head() == days.heads[5]);
  days.log.reset();
  days.log = open_audit(days.options);
  CHECK(days.log->head() == days.heads[5]);
  CHECK(must_append(*days.log, "7", kNoon + 30 * kDay).sequence == AuditSequence(7));
  CHECK(days.log->verify({held(days.heads[5])}).faults.empty());
}

TEST_CASE("forgetting again moves the anchor on") {
  SixDays days;
  CHECK(days.log->forget_before(kNoon + 2 * kDay).value() == 2);
  CHECK(days.log->forget_before(kNoon + 4 * kDay).value() == 2);
  CHECK(days.log->forgotten()->last == AuditSequence(4));
  days.log.reset();
  days.log = open_audit(days.options);
  CHECK(days.log->verify({held(days.heads[4])}).faults.empty());
  CHECK(payloads(*days.log) == std::vector<std::string>{"5", "6"});
}

TEST_CASE("a head of a record that was forgotten is named as one that cannot be checked") {
  SixDays days;
  REQUIRE(days.log->forget_before(kNoon + 4 * kDay).value() == 4);
  const auto report = days.log->verify({held(days.heads[1])});
  CHECK_FALSE(report.held[0].place.has_value());
  CHECK(mentions(report, "of audit record 2 cannot be checked: retention took everything up to 4"));
}

TEST_CASE("forgotten records leave no bytes on the disk") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  const std::string secret = "principal-nobody-may-remember";
  must_append(*log, secret, kNoon);
  must_append(*log, "kept", kNoon + 2 * kDay);
  REQUIRE(log->forget_before(kNoon + kDay).value() == 1);
  log->close();
  for (const auto& file : std::filesystem::directory_iterator(directory / "audit" / "records")) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    CHECK(bytes.find(secret) == std::string::npos);
  }
}

TEST_CASE(
    "records that an attacker forgot before their time are found by how old the last one was") {
  SixDays days;
  days.log.reset();
  {
    AuditDisk disk(days.directory / "audit");
    const auto third = disk.record(3);
    disk.put_anchor({AuditSequence(3), third.at, days.heads[1].hash, sha256(third.payload)});
    for (const int number : {1, 2, 3}) disk.remove(static_cast<std::uint64_t>(number));
  }
  days.log = open_audit(days.options);
  const Instant kept_since = kNoon + kDay;
  CHECK(days.log->verify({held(days.heads[5])}).faults.empty());
  CHECK(mentions(days.log->verify({held(days.heads[5])}, kept_since),
                 "the records up to 3 were forgotten before their time: that one is of "
                 "2026-03-03T12:00:00Z"));
  CHECK(days.log->verify({held(days.heads[5])}, kNoon + 4 * kDay).faults.empty());
}

TEST_CASE("an anchor that makes what was forgotten look older breaks the chain") {
  SixDays days;
  days.log.reset();
  {
    AuditDisk disk(days.directory / "audit");
    const auto third = disk.record(3);
    disk.put_anchor(
        {AuditSequence(3), third.at - 4000 * kDay, days.heads[1].hash, sha256(third.payload)});
    for (const int number : {1, 2, 3}) disk.remove(static_cast<std::uint64_t>(number));
  }
  days.log = open_audit(days.options);
  CHECK(mentions(days.log->verify(), "audit record 4: the chain of hashes does not hold"));
}

}  // namespace commonwatch::storage::test
