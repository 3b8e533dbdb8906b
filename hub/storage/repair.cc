#include "hub/storage/repair.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/database.h"
#include "hub/storage/erasure_task.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/recovery.h"
#include "hub/storage/retention_task.h"
#include "hub/storage/sha256.h"
#include "hub/storage/sync_files.h"
#include "hub/storage/wal_tail.h"
#include "hub/storage/watermark.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kBatchBytes = 4U << 20U;

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Walks along the chunks as long as each follows from the one before.
class SoundBeginning {
 public:
  // Why the chunk does not follow; nothing: it was passed.
  std::optional<std::string> pass(const StoredChunk& chunk) {
    const std::string at = "offset " + std::to_string(chunk.first().value());
    if (chunk.first() != end_) return "offset " + std::to_string(end_.value()) + " is missing";
    const std::string source(chunk.source());
    if (chunk.first_sequence() != last_[source].next()) {
      return at + ": " + source + " does not go on where it was";
    }
    if (chunk.recompute_chain_head(head_) != chunk.chain_head()) {
      return at + ": the chain of hashes does not hold";
    }
    end_ = chunk.end();
    head_ = Hash(chunk.chain_head());
    last_[source] = chunk.last_sequence();
    return std::nullopt;
  }
  model::Offset end() const { return end_; }
  std::map<std::string, model::Sequence>& last() { return last_; }

 private:
  model::Offset end_;
  Hash head_ = Hash(kHashBytes, '\0');
  std::map<std::string, model::Sequence> last_;
};

// Passes every sound chunk to `take`, and says why it ended, if that was not the end.
std::string walk(const LogDatabase& log, SoundBeginning& sound, model::Offset below,
                 const std::function<Result<void>(const StoredChunk&)>& take) {
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.chunks()));
  // What lies behind the last one that is wanted may be damaged.
  for (at->SeekToFirst(); sound.end() < below && at->Valid(); at->Next()) {
    const auto first = decode_offset_key(view(at->key()));
    if (!first) return "a key is no offset";
    const auto chunk = StoredChunk::decode(*first, at->value().ToString());
    if (!chunk) return chunk.error().message;
    if (auto wrong = sound.pass(*chunk)) return *wrong;
    if (take) {
      if (auto taken = take(*chunk); !taken) return taken.error().message;
    }
  }
  if (sound.end() >= below || at->status().ok()) return {};
  return at->status().ToString();
}

// What sources had, by their own states, which may lie behind the damage, beyond what stays of
// them.
void find_losses(const LogDatabase& log, SoundBeginning& sound, RepairPlan& plan) {
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.sources()));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto name = model::SourceName::parse(at->key().ToString());
    const auto state = decode_source_state(view(at->value()));
    if (!name || !state) continue;  // the hub's own, or not readable
    const model::Sequence kept = sound.last()[name->text()];
    if (state->last > kept) plan.losses.push_back({*name, kept.next(), state->last});
  }
}

Result<std::unique_ptr<LogDatabase>> open_damaged(const std::filesystem::path& directory) {
  auto log = LogDatabase::open_damaged(directory / "events");
  if (log) return log;
  return make_error(ErrorCode::kInternal,
                    log.error().message + "; nothing of it can be read: restore it from a backup");
}

// What a setting says of a log that ends there; nothing: it says nothing of it.
std::optional<std::string> setting_below(const std::string& key, std::string value,
                                         model::Offset below) {
  if (key == kErasingKey) {
    // Every entry that is to be erased lies before the event: the next start completes it.
    const auto erasing = decode_erasing(value);
    if (erasing && erasing->event >= below) return std::nullopt;
  } else if (key == kLastErasureKey) {
    const auto event = decode_number(value);
    if (event && *event >= below.value()) return std::nullopt;
  } else if (key == kReducedKey) {
    auto reduced = decode_reduced(value);
    if (!reduced) return value;
    reduced->end = std::min(reduced->end, below);
    return encode_reduced(*reduced);
  } else if (key.starts_with(kReductionPrefix)) {
    return std::nullopt;  // the sequences behind the end come again: retention looks anew
  }
  return value;
}

Result<void> copy_meta(const LogDatabase& from, rocksdb::WriteBatch& batch, const LogDatabase& to,
                       model::Offset below) {
  const std::unique_ptr<rocksdb::Iterator> at(from.db().NewIterator({}, from.meta()));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const std::string key = at->key().ToString();
    const auto value = setting_below(key, at->value().ToString(), below);
    if (value) batch.Put(to.meta(), key, *value);
  }
  if (at->status().ok()) return {};
  return database_error("the log's settings cannot be read", at->status());
}

// The sources as the sound beginning leaves them, numbered as they were.
Result<void> copy_sources(const LogDatabase& from, SoundBeginning& sound,
                          rocksdb::WriteBatch& batch, const LogDatabase& to) {
  std::uint32_t next = 1;
  std::map<std::string, SourceNumber> numbers;
  const std::unique_ptr<rocksdb::Iterator> at(from.db().NewIterator({}, from.sources()));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto state = decode_source_state(view(at->value()));
    if (!state) continue;
    numbers[at->key().ToString()] = state->number;
    next = std::max(next, state->number.value() + 1);
  }
  for (const auto& [name, last] : sound.last()) {
    if (last.value() == 0) continue;
    const auto known = numbers.find(name);
    const SourceNumber number = known == numbers.end() ? SourceNumber(next++) : known->second;
    batch.Put(to.sources(), name, encode_source_state({number, last}));
  }
  return {};
}

Result<void> write(const LogDatabase& log, rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = log.db().Write(synced, &batch);
  batch.Clear();
  if (!status.ok()) return database_error("the repaired log cannot be written", status);
  return {};
}

Result<void> copy_sound(const std::filesystem::path& directory, const std::filesystem::path& anew,
                        const RepairPlan& plan) {
  auto from = open_damaged(directory);
  if (!from) return from.error();
  auto to = LogDatabase::open(anew, ScopedOpenHooks::current());
  if (!to) return to.error();
  rocksdb::WriteBatch batch;
  SoundBeginning sound;
  const auto take = [&](const StoredChunk& chunk) -> Result<void> {
    const std::string key = offset_key(chunk.first());
    batch.Put((*to)->chunks(), key, chunk.value());
    if (chunk.source() == model::SourceName::hub().text()) {
      batch.Put((*to)->hub_events(), key, encode_presence());
    }
    return batch.GetDataSize() < kBatchBytes ? Result<void>() : write(**to, batch);
  };
  if (const std::string failed = walk(**from, sound, plan.kept, take); !failed.empty()) {
    return make_error(ErrorCode::kInternal, "the log is not as it was planned: " + failed);
  }
  if (auto copied = copy_meta(**from, batch, **to, plan.kept); !copied) return copied;
  if (auto copied = copy_sources(**from, sound, batch, **to); !copied) return copied;
  return write(**to, batch);
}

}  // namespace

Result<RepairPlan> plan_repair(const std::filesystem::path& directory) {
  auto lock = DirectoryLock::take(directory);
  if (!lock) return lock.error();
  auto watermark = WatermarkFile::open(directory / "watermark");
  if (!watermark) return watermark.error();
  const auto& mark = (*watermark)->found().synced;
  auto log = open_damaged(directory);
  if (!log) return log.error();
  RepairPlan plan;
  SoundBeginning sound;
  plan.damage = walk(**log, sound, model::Offset(~std::uint64_t{0}), {});
  plan.kept = sound.end();
  plan.durable = mark ? mark->end : plan.kept;
  if (const auto& exact = (*watermark)->found().exact) {
    plan.durable = std::max(plan.durable, exact->end);
  }
  if (plan.damage.empty() && plan.kept < plan.durable) {
    plan.damage = "it ends at offset " + std::to_string(plan.kept.value()) +
                  ", and was durable up to " + std::to_string(plan.durable.value());
  }
  // What was not yet known to be durable ends there as well.
  const auto tail = inspect_newest_wal(directory / "events");
  if (plan.damage.empty() && tail && *tail && (**tail).damaged && (**tail).valid_behind) {
    plan.damage = (**tail).path.string() + " is damaged at byte " +
                  std::to_string((**tail).good_bytes) + ", and sound records lie behind it";
  }
  if (plan.damage.empty() && !mark) plan.damage = "its watermark is missing or damaged";
  find_losses(**log, sound, plan);
  return plan;
}

Result<std::filesystem::path> carry_out_repair(const std::filesystem::path& directory,
                                               const RepairPlan& plan) {
  auto lock = DirectoryLock::take(directory);
  if (!lock) return lock.error();
  const auto anew = directory / "events.repaired";
  std::error_code failed;
  std::filesystem::remove_all(anew, failed);
  if (auto copied = copy_sound(directory, anew, plan); !copied) return copied.error();
  std::filesystem::create_directories(directory / "cut", failed);
  const auto kept = directory / "cut" / ("events-from-" + std::to_string(plan.kept.value()));
  if (!failed) std::filesystem::rename(directory / "events", kept, failed);
  if (!failed) std::filesystem::rename(anew, directory / "events", failed);
  if (!failed) std::filesystem::remove_all(directory / "index", failed);
  if (!failed) std::filesystem::remove(directory / "watermark", failed);
  if (failed) {
    return make_error(ErrorCode::kInternal, directory.string() +
                                                ": the repaired log cannot take its place: " +
                                                failed.message() + "; what was there is in cut/");
  }
  if (auto synced = sync_directory(directory); !synced) return synced.error();
  if (auto begun = begin_restored(directory); !begun) return begun.error();
  return kept;
}

}  // namespace commonwatch::storage
