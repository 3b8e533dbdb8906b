#include "hub/storage/rewriting.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

// In one event: 40 bytes each.
constexpr std::size_t kNamedMax = 4096;

// Of a log that a repair set aside: when its newest file was written.
Instant written_at(const std::filesystem::directory_entry& copy) {
  std::error_code failed;
  auto written = copy.last_write_time(failed);
  if (copy.is_directory(failed)) {
    for (const auto& file : std::filesystem::directory_iterator(copy, failed)) {
      written = std::max(written, file.last_write_time(failed));
    }
  }
  return std::chrono::time_point_cast<Duration>(std::chrono::file_clock::to_sys(written));
}

}  // namespace

struct RewriteBatch::Batch {
  rocksdb::WriteBatch batch{0, 0, /*protection_bytes_per_key=*/8, 0};
};

std::vector<Operation> name_rewritten(const RewriteEvent& event,
                                      const std::vector<RewrittenChunk>& chunks) {
  std::vector<Operation> events;
  for (std::size_t from = 0; from < chunks.size(); from += kNamedMax) {
    const auto first = chunks.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kNamedMax, chunks.size() - from);
    const std::vector<RewrittenChunk> some(first, first + static_cast<std::ptrdiff_t>(count));
    events.emplace_back(HubAppend{event.encode(some), [](const auto&) {}});
  }
  return events;
}

RewriteBatch::RewriteBatch(const RewriteParts& parts)
    : parts_(parts), batch_(std::make_unique<Batch>()) {}

RewriteBatch::~RewriteBatch() = default;

void RewriteBatch::put_chunk(Replacement replacement) {
  auto& [before, after] = replacement;
  batch_->batch.Put(parts_.log.chunks(), offset_key(before->first()), after);
  auto decoded = StoredChunk::decode(before->first(), std::move(after));
  // What cannot be read back must never take the place of what can.
  if (!decoded || decoded->size() != before->size()) {
    failed_ = make_error(ErrorCode::kInternal, "the chunk at offset " +
                                                   std::to_string(before->first().value()) +
                                                   " cannot be rewritten; report this");
    return;
  }
  chunks_.emplace_back(std::move(before), std::move(*decoded));
}

void RewriteBatch::put_setting(const std::string& key, const std::string& value) {
  batch_->batch.Put(parts_.log.meta(), key, value);
}

void RewriteBatch::delete_setting(const std::string& key) {
  batch_->batch.Delete(parts_.log.meta(), key);
}

Result<void> RewriteBatch::write() {
  if (failed_) return *failed_;
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = parts_.log.db().Write(options, &batch_->batch);
  if (!status.ok()) return database_error("the log cannot be rewritten", status);
  for (const auto& [before, after] : chunks_) {
    if (auto dropped = parts_.indexes.drop_occurred(*before, after); !dropped) return dropped;
  }
  return {};
}

Result<std::optional<std::string>> read_setting(const LogDatabase& log, const std::string& key) {
  std::string value;
  const auto status = log.db().Get({}, log.meta(), key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return database_error("the log's settings cannot be read", status);
  return std::optional<std::string>(std::move(value));
}

Result<void> sweep(const RewriteParts& parts, const std::vector<OffsetRange>& ranges) {
  const LogDatabase& log = parts.log;
  rocksdb::DB& db = log.db();
  for (auto* family : {log.chunks(), log.meta(), log.sources(), log.hub_events()}) {
    const auto status = db.Flush({}, family);
    if (!status.ok()) return database_error("the log cannot be flushed", status);
  }
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.canceled = &parts.ended;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (const auto& [from, to] : ranges) {
    const std::string first = offset_key(from);
    const std::string last = offset_key(to);
    const rocksdb::Slice begin(first);
    const rocksdb::Slice end(last);
    const auto status = db.CompactRange(options, log.chunks(), &begin, &end);
    if (parts.ended) return make_error(ErrorCode::kShuttingDown, "the hub stops");
    if (!status.ok()) return database_error("the log cannot be compacted", status);
  }
  // Files that nobody refers to any more go at once.
  db.DisableFileDeletions();
  db.EnableFileDeletions(/*force=*/false);
  return parts.indexes.flush();
}

Result<void> remove_cut_copies(const std::filesystem::path& directory, Instant before) {
  const auto cut = directory / "cut";
  std::error_code failed;
  if (!std::filesystem::exists(cut, failed)) return {};
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(cut, failed)) {
    if (written_at(entry) < before) old.push_back(entry.path());
  }
  for (const auto& path : old) {
    std::filesystem::remove_all(path, failed);
    if (failed) {
      return make_error(ErrorCode::kInternal, path.string() +
                                                  " cannot be removed: " + failed.message() +
                                                  "; check the rights, then restart the hub");
    }
  }
  return sync_directory(cut);
}

}  // namespace commonwatch::storage
