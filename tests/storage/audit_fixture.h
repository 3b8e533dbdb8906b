// An audit log in a directory of its own, and an attacker who owns the disk it lies on.
#pragma once

#include <rocksdb/db.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/storage/audit_codec.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/sha256.h"
#include "hub/storage/watermark.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {

using model::AuditSequence;

inline AuditLogOptions audit_at(const std::filesystem::path& directory) {
  AuditLogOptions options;
  options.directory = directory;
  return options;
}

inline std::unique_ptr<AuditLog> open_audit(const AuditLogOptions& options) {
  auto log = AuditLog::open(options);
  if (!log) FAIL(log.error().message);
  return std::move(*log);
}

// Waits until it is durable.
inline Result<AuditHead> append(AuditLog& log, const std::string& payload, Instant at = kNoon) {
  auto answer = std::make_shared<std::promise<Result<AuditHead>>>();
  const auto asked = log.append(
      at, payload, [answer](Result<AuditHead> head) { answer->set_value(std::move(head)); });
  if (!asked) return asked.error();
  return answer->get_future().get();
}

inline AuditHead must_append(AuditLog& log, const std::string& payload, Instant at = kNoon) {
  auto head = append(log, payload, at);
  if (!head) FAIL(head.error().message);
  return *head;
}

inline std::vector<std::string> payloads(const AuditLog& log) {
  auto entries = log.read(AuditSequence(1), 1'000'000);
  if (!entries) FAIL(entries.error().message);
  std::vector<std::string> texts;
  for (const AuditEntry& entry : *entries) texts.push_back(entry.payload);
  return texts;
}

inline HeldHead held(const AuditHead& head, bool with_place = true) {
  HeldHead held;
  held.hash = head.hash;
  if (with_place) held.place = head.sequence.value();
  return held;
}

// Reads and writes the records while no hub has them open.
class AuditDisk {
 public:
  explicit AuditDisk(const std::filesystem::path& directory) : directory_(directory) {
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open({}, (directory / "records").string(),
                                          {{rocksdb::kDefaultColumnFamilyName, {}}, {"record", {}}},
                                          &families_, &opened);
    database_.reset(opened);
    if (!status.ok()) FAIL(status.ToString());
  }
  ~AuditDisk() {
    for (auto* family : families_) database_->DestroyColumnFamilyHandle(family);
  }
  AuditDisk(const AuditDisk&) = delete;
  AuditDisk& operator=(const AuditDisk&) = delete;

  std::string value(std::uint64_t number) const {
    std::string value;
    const auto key = audit_key(AuditSequence(number));
    REQUIRE(database_->Get({}, families_[1], key, &value).ok());
    return value;
  }
  StoredAuditRecord record(std::uint64_t number) const {
    return decode_audit_value(AuditSequence(number), value(number)).value();
  }
  void put(std::uint64_t number, const std::string& value) {
    REQUIRE(database_->Put({}, families_[1], audit_key(AuditSequence(number)), value).ok());
  }
  // With a checksum that holds.
  void put(std::uint64_t number, const StoredAuditRecord& record) {
    put(number, encode_audit_value(record.at, record.head, record.payload));
  }
  void remove(std::uint64_t number) {
    REQUIRE(database_->Delete({}, families_[1], audit_key(AuditSequence(number))).ok());
  }
  void put_anchor(const AuditLink& link) {
    REQUIRE(database_->Put({}, families_[0], kAnchorKey, encode_anchor(link)).ok());
  }

  // What is left is numbered anew from `first` on, chained anew behind `before`, and the watermark
  // made to fit: a log that is consistent in itself.
  void rebuild(std::uint64_t first = 1, Hash before = Hash(kHashBytes, '\0')) {
    std::vector<StoredAuditRecord> left;
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator({}, families_[1]));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      const auto number = *decode_audit_key(at->key().ToStringView());
      left.push_back(decode_audit_value(number, at->value().ToStringView()).value());
      remove(number.value());
    }
    std::uint64_t number = first;
    for (StoredAuditRecord& record : left) {
      before = record.head =
          AuditLink{AuditSequence(number), record.at, before, sha256(record.payload)}.head();
      put(number++, record);
    }
    forge_watermark(number - 1, before);
  }
  void forge_watermark(std::uint64_t end, const Hash& head) const {
    std::filesystem::remove(directory_ / "watermark");
    const auto file = WatermarkFile::open(directory_ / "watermark").value();
    Watermark mark;
    mark.end = Offset(end);
    mark.chain_head_prefix = head.substr(0, kChainHeadPrefixBytes);
    REQUIRE(file->sync(mark).has_value());
    REQUIRE(file->note(mark).has_value());
  }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace commonwatch::storage::test
