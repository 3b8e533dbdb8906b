#include "hub/storage/audit_writer.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

constexpr std::chrono::seconds kHousePeriod(1);
constexpr std::size_t kCommitBytesMax = 1U << 20U;
// What a record weighs beside its payload.
constexpr std::size_t kRecordBytesFixed = 128;
constexpr std::size_t kProtectionBytesPerKey = 8;

Error closing() { return make_error(ErrorCode::kShuttingDown, "the audit log is being closed"); }

}  // namespace

Watermark audit_watermark(const AuditDatabase& database, const AuditHead& head) {
  Watermark mark;
  mark.end = model::Offset(head.sequence.value());
  mark.chain_head_prefix = head.hash.substr(0, kChainHeadPrefixBytes);
  std::unique_ptr<rocksdb::LogFile> wal;
  if (database.db().GetCurrentWalFile(&wal).ok() && wal) {
    mark.wal_number = wal->LogNumber();
    mark.wal_bytes = wal->SizeFileBytes();
  }
  return mark;
}

AuditWriter::AuditWriter(const AuditDatabase& database, WatermarkFile& watermark,
                         const AuditEnds& ends, const AuditLogOptions& options, bool stepped)
    : database_(database),
      watermark_(watermark),
      queued_bytes_max_(options.queued_bytes_max),
      disk_free_bytes_min_(options.disk_free_bytes_min),
      has_room_(storage::has_room(database.db(), disk_free_bytes_min_)),
      ends_(ends),
      durable_(ends),
      stepped_(stepped) {
  if (!stepped_) thread_ = std::thread([this] { run(); });
}

AuditWriter::~AuditWriter() { close(); }

void AuditWriter::close() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
  }
  arrived_.notify_all();
  if (stepped_) {
    run();
  } else {
    thread_.join();
  }
}

Result<void> AuditWriter::append(Instant at, std::string payload,
                                 AuditLog::AppendedCallback appended) {
  return push({at, std::move(payload), true, std::nullopt, std::move(appended)});
}

Result<void> AuditWriter::forget(std::optional<AuditLink> last, AuditLog::AppendedCallback done) {
  return push({{}, {}, false, std::move(last), std::move(done)});
}

Result<void> AuditWriter::push(Operation operation) {
  const std::size_t bytes = operation.appends ? operation.payload.size() + kRecordBytesFixed : 0;
  {
    const std::lock_guard lock(mutex_);
    if (failure_) return *failure_;
    if (closed_) return closing();
    if (bytes > 0 && queued_bytes_ > 0 && queued_bytes_ + bytes > queued_bytes_max_) {
      return make_error(ErrorCode::kRateLimited,
                        "too many records wait for the audit log; try again in a moment");
    }
    queued_bytes_ += bytes;
    waiting_.push_back(std::move(operation));
  }
  arrived_.notify_one();
  return {};
}

AuditEnds AuditWriter::durable() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

bool AuditWriter::failed() const {
  const std::lock_guard lock(mutex_);
  return failure_.has_value();
}

AuditWriter::Group AuditWriter::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, wait, [&] { return !waiting_.empty() || closed_; });
  Group group;
  for (std::size_t bytes = 0; !waiting_.empty() && bytes < kCommitBytesMax;) {
    bytes += waiting_.front().payload.size() + kRecordBytesFixed;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

bool AuditWriter::commit_waiting(std::chrono::milliseconds wait) {
  Group group = take(wait);
  if (group.empty()) return false;
  commit(group);
  return true;
}

void AuditWriter::run() {
  auto due = std::chrono::steady_clock::now() + kHousePeriod;
  for (;;) {
    if (!commit_waiting(kHousePeriod)) {
      const std::lock_guard lock(mutex_);
      if (closed_ && waiting_.empty()) break;
    }
    if (std::chrono::steady_clock::now() >= due) {
      keep_house();
      due = std::chrono::steady_clock::now() + kHousePeriod;
    }
  }
  sync_watermark();
}

void AuditWriter::commit(Group& group) {
  std::optional<Error> failure;
  {
    const std::lock_guard lock(mutex_);
    failure = failure_;
  }
  std::vector<AuditHead> heads;
  heads.reserve(group.size());
  std::size_t bytes = 0;
  if (!failure) {
    rocksdb::WriteBatch batch(0, 0, kProtectionBytesPerKey, 0);
    for (const Operation& operation : group) {
      if (operation.appends) {
        const AuditLink link{ends_.head.sequence.next(), operation.at, ends_.head.hash,
                             sha256(operation.payload)};
        ends_.head = {link.sequence, link.head()};
        batch.Put(database_.records(), audit_key(link.sequence),
                  encode_audit_value(operation.at, ends_.head.hash, operation.payload));
        bytes += operation.payload.size() + kRecordBytesFixed;
      } else if (operation.forgets) {
        batch.DeleteRange(database_.records(), audit_key(model::AuditSequence(0)),
                          audit_key(operation.forgets->sequence.next()));
        batch.Put(database_.meta(), kAnchorKey, encode_anchor(*operation.forgets));
        ends_.anchor = operation.forgets;
      }
      heads.push_back(ends_.head);
    }
    if (auto written = write(batch); !written) {
      fail(written.error());
      failure = written.error();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= std::min(queued_bytes_, bytes);
    if (!failure) durable_ = ends_;
    failure = failure_;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!group[i].done) continue;
    if (failure) {
      group[i].done(*failure);
    } else {
      group[i].done(heads[i]);
    }
  }
}

Result<void> AuditWriter::write(rocksdb::WriteBatch& batch) {
  if (batch.Count() == 0) return {};
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = database_.db().Write(options, &batch);
  if (!status.ok()) return database_error("the audit log cannot be written", status);
  watermark_behind_ = true;
  return watermark_.note(audit_watermark(database_, ends_.head));
}

void AuditWriter::keep_house() {
  has_room_ = storage::has_room(database_.db(), disk_free_bytes_min_);
  sync_watermark();
}

void AuditWriter::sync_watermark() {
  if (failed() || !watermark_behind_) return;
  if (auto synced = watermark_.sync(audit_watermark(database_, ends_.head)); !synced) {
    fail(synced.error());
  } else {
    watermark_behind_ = false;
  }
}

void AuditWriter::fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (failure_) return;
  failure_ =
      make_error(ErrorCode::kInternal,
                 "the audit log takes nothing more until the hub is restarted: " + error.message);
}

}  // namespace commonwatch::storage
