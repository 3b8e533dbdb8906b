// An attacker who owns the disk, against somebody who holds a head. What is done is done to RocksDB
// itself, with checksums that hold.
#include <algorithm>
#include <cstring>
#include <functional>

#include "hub/storage/crc32c.h"
#include "tests/storage/audit_fixture.h"

namespace commonwatch::storage::test {
namespace {

// Five records, closed; their heads are held outside.
struct Attacked {
  Attacked() {
    const auto log = open_audit(options);
    for (int n = 1; n <= 5; ++n) {
      heads.push_back(
          must_append(*log, "record " + std::to_string(n), kNoon + std::chrono::minutes(n)));
    }
  }

  void tamper(const std::function<void(AuditDisk&)>& change) {
    AuditDisk disk(options.directory);
    change(disk);
  }
  // As `commonwatch-hub audit verify` opens it.
  AuditVerifyReport verify(const std::vector<HeldHead>& held = {}) const {
    AuditLogOptions looking = options;
    looking.open_damaged = true;
    return open_audit(looking)->verify(held);
  }
  std::vector<HeldHead> all_heads() const {
    std::vector<HeldHead> all;
    for (const AuditHead& head : heads) all.push_back(held(head));
    return all;
  }

  TemporaryDirectory directory;
  AuditLogOptions options = audit_at(directory / "audit");
  std::vector<AuditHead> heads;
};

bool mentions(const AuditVerifyReport& report, const std::string& text) {
  const bool found =
      std::any_of(report.faults.begin(), report.faults.end(),
                  [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
  if (!found) {
    for (const std::string& fault : report.faults) UNSCOPED_INFO("fault: " << fault);
  }
  return found;
}

StoredAuditRecord with_payload(StoredAuditRecord record, const std::string& payload) {
  record.payload = payload;
  return record;
}

}  // namespace

TEST_CASE("a log that nobody touched is sound, and each head is found where it stood") {
  const Attacked log;
  const auto report = log.verify(log.all_heads());
  CHECK(report.faults.empty());
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(report.held[i].place == i + 1);
    CHECK(report.held[i].at == kNoon + std::chrono::minutes(i + 1));
  }
}

TEST_CASE("a bare head is found somewhere on the chain") {
  const Attacked log;
  const auto report = log.verify({held(log.heads[2], false)});
  CHECK(report.faults.empty());
  CHECK(report.held[0].place == 3);
}

TEST_CASE("an altered payload whose checksum was made to fit breaks the chain there") {
  Attacked log;
  log.tamper([](AuditDisk& disk) { disk.put(3, with_payload(disk.record(3), "record X")); });
  CHECK(mentions(log.verify(), "audit record 3: the chain of hashes does not hold"));
}

TEST_CASE("an altered time whose checksum was made to fit breaks the chain there") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    auto record = disk.record(2);
    record.at += std::chrono::hours(1);
    disk.put(2, record);
  });
  CHECK(mentions(log.verify(), "audit record 2: the chain of hashes does not hold"));
}

TEST_CASE("a flipped bit is found by the record's checksum") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    std::string value = disk.value(4);
    value.back() = static_cast<char>(value.back() ^ 1);
    disk.put(4, value);
  });
  CHECK(mentions(log.verify(), "audit record 4: its checksum does not hold"));
}

TEST_CASE("any byte of any record that is altered is found at that record") {
  Attacked log;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    std::string before;
    log.tamper([&](AuditDisk& disk) { before = disk.value(number); });
    for (std::size_t at = 0; at < before.size(); ++at) {
      std::string value = before;
      value[at] = static_cast<char>(value[at] ^ 0x20);
      // Behind format and checksum the attacker makes the checksum fit.
      if (at >= 5) {
        const std::uint32_t sum = crc32c(std::string_view(value).substr(5));
        std::memcpy(value.data() + 1, &sum, sizeof(sum));
      }
      log.tamper([&](AuditDisk& disk) { disk.put(number, value); });
      INFO("record " << number << ", byte " << at);
      // A head that was altered shows at the next record at the latest; of the last one, by the
      // head that is held.
      CHECK(mentions(log.verify({held(log.heads[4])}), "audit record " + std::to_string(number)));
    }
    log.tamper([&](AuditDisk& disk) { disk.put(number, before); });
  }
  CHECK(log.verify(log.all_heads()).faults.empty());
}

TEST_CASE("a removed record is missed by its number") {
  Attacked log;
  log.tamper([](AuditDisk& disk) { disk.remove(3); });
  CHECK(mentions(log.verify(), "audit record 3 is missing"));
}

TEST_CASE("removed first records are missed by their numbers") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    disk.remove(1);
    disk.remove(2);
  });
  CHECK(mentions(log.verify(), "audit record 1 and those up to 2 are missing"));
}

TEST_CASE("two records that changed places break the chain at both") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    const std::string second = disk.value(2);
    disk.put(2, disk.value(3));
    disk.put(3, second);
  });
  const auto report = log.verify();
  CHECK(mentions(report, "audit record 2: the chain"));
  CHECK(mentions(report, "audit record 3: the chain"));
}

TEST_CASE("a log whose end was cut off is not opened to be written") {
  Attacked log;
  log.tamper([](AuditDisk& disk) { disk.remove(5); });
  const auto opened = AuditLog::open(log.options);
  REQUIRE(opened.has_error());
  CHECK(opened.error().message.find("ends with record 4, it was durable up to audit record 5") !=
        std::string::npos);
  CHECK(mentions(log.verify(), "ends with record 4"));
}

TEST_CASE("a last record that was exchanged is not the one that the watermark knows") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    const auto fourth = disk.record(4);
    auto fifth = with_payload(disk.record(5), "another");
    fifth.head = AuditLink{AuditSequence(5), fifth.at, fourth.head, sha256(fifth.payload)}.head();
    disk.put(5, fifth);
  });
  CHECK(mentions(log.verify(), "audit record 5 is not the one that was made durable"));
}

TEST_CASE("an audit log without its watermark is not opened to be written") {
  Attacked log;
  std::filesystem::remove(log.options.directory / "watermark");
  REQUIRE(AuditLog::open(log.options).has_error());
}

TEST_CASE(
    "a whole chain made anew over an altered record is sound in itself, and found by a head") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    disk.put(3, with_payload(disk.record(3), "record X"));
    disk.rebuild();
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({held(log.heads[4])}),
                 "of audit record 5 is not on the chain: between audit record 0 and 5 something "
                 "was altered"));
}

TEST_CASE("heads of before and after name the place of an altered record") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    disk.put(3, with_payload(disk.record(3), "record X"));
    disk.rebuild();
  });
  const auto report = log.verify(log.all_heads());
  CHECK(report.held[1].place == 2);
  CHECK_FALSE(report.held[2].place.has_value());
  CHECK(mentions(report, "of audit record 3 is not on the chain: between audit record 2 and 3"));
}

TEST_CASE("heads name the place of a record that was removed, its chain and numbers made anew") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    disk.remove(3);
    disk.rebuild();
  });
  CHECK(log.verify().faults.empty());
  const auto report = log.verify(log.all_heads());
  CHECK(mentions(report, "of audit record 3 is not on the chain: between audit record 2 and 3"));
  CHECK(mentions(report, "handed out at audit record 5, the log ends at 4"));
}

TEST_CASE("heads name the place of records that changed places, the chain made anew") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    const std::string second = disk.value(2);
    disk.put(2, disk.value(3));
    disk.put(3, second);
    disk.rebuild();
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify(log.all_heads()),
                 "of audit record 2 is not on the chain: between audit record 1 and 2"));
}

TEST_CASE("a head names the place of a record that was put in, the chain made anew") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    for (std::uint64_t number = 5; number >= 3; --number) disk.put(number + 1, disk.value(number));
    disk.put(3, with_payload(disk.record(2), "planted"));
    disk.rebuild();
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify(log.all_heads()),
                 "of audit record 3 is not on the chain: between audit record 2 and 3"));
}

TEST_CASE("a head names an end that was cut off, the watermark made to fit") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    disk.remove(5);
    disk.remove(4);
    disk.rebuild();
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({held(log.heads[2]), held(log.heads[4])}),
                 "was handed out at audit record 5, the log ends at 3: everything behind 3 is "
                 "unproved, and the end was cut off"));
  CHECK(mentions(log.verify({held(log.heads[4], false)}), "is nowhere on the chain"));
}

TEST_CASE("a log that was emptied is found by any head") {
  Attacked log;
  log.tamper([](AuditDisk& disk) {
    for (std::uint64_t number = 1; number <= 5; ++number) disk.remove(number);
    disk.forge_watermark(0, Hash(kHashBytes, '\0'));
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({held(log.heads[0])}), "the log ends at 0"));
}

TEST_CASE("a head that was noted for the wrong record does not accuse the log") {
  const Attacked log;
  HeldHead wrong = held(log.heads[1]);
  wrong.place = 3;
  CHECK(mentions(log.verify({wrong}), "handed out at audit record 3 and stands at 2"));
  HeldHead foreign;
  foreign.hash = Hash(kHashBytes, 'f');
  foreign.place = 2;
  CHECK(mentions(log.verify({foreign, held(log.heads[4])}),
                 "is not on the chain, but a newer one is, at audit record 5"));
}

}  // namespace commonwatch::storage::test
