#include "hub/storage/audit_log.h"

#include <sys/stat.h>

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "hub/storage/audit_verify.h"
#include "hub/storage/log_steps.h"
#include "hub/storage/sha256.h"
#include "hub/storage/sync_files.h"
#include "hub/storage/wal_tail.h"

namespace commonwatch::storage {
namespace {

Error refusal(std::string message) { return make_error(ErrorCode::kInternal, std::move(message)); }

Result<std::optional<AuditLink>> read_anchor(const AuditDatabase& database) {
  std::string value;
  const auto status = database.db().Get({}, database.meta(), kAnchorKey, &value);
  if (status.IsNotFound()) return std::optional<AuditLink>();
  if (!status.ok()) return database_error("the audit log's anchor cannot be read", status);
  auto link = decode_anchor(value);
  if (!link) return link.error();
  return std::optional<AuditLink>(std::move(*link));
}

// As the last record says, whatever stands before it. What cannot be read goes to `damage`.
Result<AuditEnds> read_ends(const AuditDatabase& database, std::string& damage) {
  auto anchor = read_anchor(database);
  if (!anchor) damage = anchor.error().message;
  AuditEnds ends;
  ends.head = {model::AuditSequence(0), Hash(kHashBytes, '\0')};
  if (anchor && *anchor) {
    ends.head = {(**anchor).sequence, (**anchor).head()};
    ends.anchor = std::move(*anchor);
  }
  const std::unique_ptr<rocksdb::Iterator> at(database.db().NewIterator({}, database.records()));
  at->SeekToLast();
  if (!at->status().ok()) return database_error("the audit log cannot be read", at->status());
  if (!at->Valid()) return ends;
  const auto sequence = decode_audit_key({at->key().data(), at->key().size()});
  if (!sequence) return refusal("the audit log holds a key that is no number; restore a backup");
  ends.head.sequence = *sequence;
  auto record = decode_audit_value(*sequence, {at->value().data(), at->value().size()});
  if (record) {
    ends.head.hash = std::move(record->head);
  } else {
    damage = record.error().message;
  }
  return ends;
}

// What a power cut or a crash left of a write that nobody was told of: RocksDB refuses some of
// that. Any other damage is left for RocksDB to name. No copy is kept, which retention would not
// find.
Result<void> cut_torn_tail(const std::filesystem::path& records, const WatermarkFound& found) {
  const auto tail = inspect_newest_wal(records);
  if (!tail) return tail.error();
  if (!*tail || !(**tail).damaged || (**tail).valid_behind) return {};
  if (!reaches(**tail, found.synced) || !reaches(**tail, found.exact)) return {};
  return cut_wal_tail(**tail, std::nullopt);
}

// What is missing of what the watermark says was durable; empty: nothing.
std::string find_loss(const AuditDatabase& database, const AuditEnds& ends,
                      const WatermarkFound& found) {
  const std::uint64_t end = ends.head.sequence.value();
  if (!found.synced && end > 0) {
    return "the audit log's watermark is missing or damaged, so that nobody can tell whether its "
           "end was cut off";
  }
  for (const auto& mark : {found.synced, found.exact}) {
    if (!mark) continue;
    const std::uint64_t durable = mark->end.value();
    const std::string stood = "audit record " + std::to_string(durable);
    if (end < durable) {
      return "the audit log ends with record " + std::to_string(end) + ", it was durable up to " +
             stood;
    }
    std::string head = end == durable ? ends.head.hash : Hash();
    if (ends.anchor && ends.anchor->sequence.value() >= durable) continue;
    if (head.empty() && durable > 0) {
      std::string value;
      const auto key = audit_key(model::AuditSequence(durable));
      if (database.db().Get({}, database.records(), key, &value).ok()) {
        const auto record = decode_audit_value(model::AuditSequence(durable), value);
        if (record) head = record->head;
      }
    }
    if (durable > 0 && head.substr(0, kChainHeadPrefixBytes) != mark->chain_head_prefix) {
      return stood + " is not the one that was made durable";
    }
  }
  return {};
}

}  // namespace

// The members are destroyed from the last to the first: the thread before what it works on.
class AuditLog::Impl {
 public:
  Impl(std::unique_ptr<AuditDatabase> database, std::unique_ptr<WatermarkFile> watermark,
       const AuditEnds& ends, std::string loss, const AuditLogOptions& options)
      : database_(std::move(database)),
        watermark_(std::move(watermark)),
        loss_(std::move(loss)),
        writer_(*database_, *watermark_, ends, options, ScopedOpenHooks::current().stepped) {}

  // The newest of the oldest records that are all before the instant.
  Result<std::optional<AuditLink>> find_last_before(Instant before) const {
    const AuditEnds ends = writer_.durable();
    Hash head = ends.anchor ? ends.anchor->head() : Hash(kHashBytes, '\0');
    std::optional<AuditLink> last;
    const std::unique_ptr<rocksdb::Iterator> at(
        database_->db().NewIterator({}, database_->records()));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      const auto sequence = decode_audit_key({at->key().data(), at->key().size()});
      if (!sequence || *sequence > ends.head.sequence) break;
      auto record = decode_audit_value(*sequence, {at->value().data(), at->value().size()});
      if (!record) return record.error();
      if (record->at >= before) break;
      last = AuditLink{*sequence, record->at, std::exchange(head, record->head),
                       sha256(record->payload)};
    }
    if (!at->status().ok()) return database_error("the audit log cannot be read", at->status());
    return last;
  }

  // Waits for the operation's answer.
  Result<AuditHead> wait_for(std::optional<AuditLink> forgets) {
    auto answer = std::make_shared<std::promise<Result<AuditHead>>>();
    auto pushed = writer_.forget(std::move(forgets), [answer](Result<AuditHead> head) {
      answer->set_value(std::move(head));
    });
    if (!pushed) return pushed.error();
    return answer->get_future().get();
  }

  std::unique_ptr<AuditDatabase> database_;
  std::unique_ptr<WatermarkFile> watermark_;
  std::string loss_;
  AuditWriter writer_;
};

Result<std::unique_ptr<AuditLog>> AuditLog::open(const AuditLogOptions& options) {
  // RocksDB creates its files with the process's mask, for as long as the log is open.
  ::umask(S_IRWXG | S_IRWXO);
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) {
    return refusal(options.directory.string() + " cannot be created: " + failed.message() +
                   "; check the path and the rights");
  }
  auto watermark = WatermarkFile::open(options.directory / "watermark");
  if (!watermark) return watermark.error();
  if (!options.open_damaged) {
    const auto cut = cut_torn_tail(options.directory / "records", (*watermark)->found());
    if (!cut) return cut.error();
  }
  auto database = AuditDatabase::open(options.directory / "records", ScopedOpenHooks::current());
  if (!database) return database.error();
  std::string loss;
  auto ends = read_ends(**database, loss);
  if (!ends) return ends.error();
  if (loss.empty() && !options.restored) loss = find_loss(**database, *ends, (*watermark)->found());
  if (!loss.empty() && !options.open_damaged) {
    return refusal(options.directory.string() + ": " + loss +
                   "; no power cut does that. Run audit verify; then restore the directory from a "
                   "backup, or move it away and keep it: a new one begins a new chain");
  }
  if (loss.empty()) {
    // From here on a log that lost its watermark has been tampered with.
    const auto synced = (*watermark)->sync(audit_watermark(**database, ends->head));
    if (!synced) return synced.error();
  }
  if (auto synced = sync_directory(options.directory); !synced) return synced.error();
  auto impl = std::make_unique<Impl>(std::move(*database), std::move(*watermark), *ends,
                                     std::move(loss), options);
  return std::unique_ptr<AuditLog>(new AuditLog(std::move(impl)));
}

AuditLog::AuditLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AuditLog::~AuditLog() = default;

Result<void> AuditLog::append(Instant at, std::string payload, AppendedCallback appended) {
  if (!impl_->loss_.empty()) {
    return refusal("the audit log is damaged and only looked at: " + impl_->loss_);
  }
  return impl_->writer_.append(at, std::move(payload), std::move(appended));
}

Result<AuditHead> AuditLog::flush() { return impl_->wait_for(std::nullopt); }

AuditHead AuditLog::head() const { return impl_->writer_.durable().head; }

std::optional<ForgottenAudit> AuditLog::forgotten() const {
  const auto anchor = impl_->writer_.durable().anchor;
  if (!anchor) return std::nullopt;
  return ForgottenAudit{anchor->sequence, anchor->at};
}

const AuditDatabase& AuditLog::database() const { return *impl_->database_; }

bool AuditLog::failed() const { return impl_->writer_.failed(); }

bool AuditLog::has_room() const { return impl_->writer_.has_room(); }

Result<std::vector<AuditEntry>> AuditLog::read(model::AuditSequence from,
                                               std::size_t records_max) const {
  const AuditEnds ends = impl_->writer_.durable();
  const model::AuditSequence begin =
      std::max(from, (ends.anchor ? ends.anchor->sequence : model::AuditSequence(0)).next());
  std::vector<AuditEntry> entries;
  const AuditDatabase& database = *impl_->database_;
  const std::unique_ptr<rocksdb::Iterator> at(database.db().NewIterator({}, database.records()));
  at->Seek(audit_key(begin));
  for (model::AuditSequence next = begin;
       next <= ends.head.sequence && entries.size() < records_max; next = next.next()) {
    const auto sequence = at->Valid() ? decode_audit_key({at->key().data(), at->key().size()})
                                      : std::optional<model::AuditSequence>();
    if (!at->status().ok()) return database_error("the audit log cannot be read", at->status());
    if (sequence != next) {
      // Forgotten meanwhile?
      if (const auto taken = forgotten(); taken && taken->last >= next) {
        return read(from, records_max);
      }
      return refusal("audit record " + std::to_string(next.value()) +
                     " is missing; run audit verify, then restore from a backup");
    }
    auto record = decode_audit_value(next, {at->value().data(), at->value().size()});
    if (!record) return record.error();
    entries.push_back({next, record->at, std::move(record->payload)});
    at->Next();
  }
  return entries;
}

Result<std::uint64_t> AuditLog::forget_before(Instant before) {
  if (!impl_->loss_.empty()) {
    return refusal("the audit log is damaged and only looked at: " + impl_->loss_);
  }
  auto last = impl_->find_last_before(before);
  if (!last) return last.error();
  if (!*last) return std::uint64_t{0};
  const auto forgotten = this->forgotten();
  const model::AuditSequence end = (**last).sequence;
  const std::uint64_t count = end.value() - (forgotten ? forgotten->last.value() : 0);
  if (auto done = impl_->wait_for(std::move(*last)); !done) return done.error();
  // So that they are gone from the disk as well: from the write-ahead log, then from the files.
  const AuditDatabase& database = *impl_->database_;
  const auto flushed = database.db().Flush({}, {database.meta(), database.records()});
  if (!flushed.ok()) return database_error("the audit log cannot be flushed", flushed);
  const std::string first_key = audit_key(model::AuditSequence(0));
  const std::string last_key = audit_key(end.next());
  const rocksdb::Slice from(first_key);
  const rocksdb::Slice to(last_key);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const auto compacted = database.db().CompactRange(options, database.records(), &from, &to);
  if (!compacted.ok()) return database_error("the audit log cannot be compacted", compacted);
  return count;
}

AuditVerifyReport AuditLog::verify(const std::vector<HeldHead>& held,
                                   std::optional<Instant> kept_since) const {
  const auto forgotten_up_to = [this] {
    const auto taken = forgotten();
    return taken ? taken->last : model::AuditSequence(0);
  };
  AuditVerifyReport report;
  model::AuditSequence before;
  do {  // again, if records were forgotten meanwhile
    before = forgotten_up_to();
    report = verify_audit(*impl_->database_, impl_->writer_.durable(), held, kept_since);
  } while (forgotten_up_to() != before);
  if (!impl_->loss_.empty()) report.faults.insert(report.faults.begin(), impl_->loss_);
  return report;
}

void AuditLog::close() { impl_->writer_.close(); }

bool AuditSteps::commit() {
  return log_.impl_->writer_.commit_waiting(std::chrono::milliseconds(0));
}
void AuditSteps::keep_house() { log_.impl_->writer_.keep_house(); }

}  // namespace commonwatch::storage
