#include "hub/storage/recovery.h"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "hub/storage/log_reader.h"
#include "hub/storage/retention_task.h"
#include "hub/storage/sha256.h"
#include "hub/storage/sync_files.h"
#include "hub/storage/tail_recovery.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kIndexBatchEvents = 20'000;

Error refusal(std::string message) { return make_error(ErrorCode::kInternal, std::move(message)); }

Result<void> create_private_directory(const std::filesystem::path& path) {
  std::error_code failed;
  const bool created = std::filesystem::create_directories(path, failed);
  if (!failed && created) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
  }
  if (failed) {
    return refusal(path.string() + " cannot be created: " + failed.message() +
                   "; check the path and the rights");
  }
  return {};
}

Result<std::optional<std::uint64_t>> read_meta(const LogDatabase& log, const char* key) {
  std::string value;
  const auto status = log.db().Get({}, log.meta(), key, &value);
  if (status.IsNotFound()) return std::optional<std::uint64_t>();
  if (!status.ok()) return database_error("the log's settings cannot be read", status);
  const auto number = decode_number(value);
  if (!number) {
    return refusal(std::string("the log's setting '") + key +
                   "' is of another format; use the hub version that wrote it");
  }
  return number;
}

model::LogEpoch draw_epoch() {
  std::uint64_t number = 0;
  const std::string bytes = random_bytes(sizeof(number));
  std::memcpy(&number, bytes.data(), sizeof(number));
  return model::LogEpoch(number | 1U);
}

Result<void> write_epoch(const LogDatabase& log, model::LogEpoch epoch,
                         std::optional<ClockMode> clock) {
  rocksdb::WriteBatch batch;
  batch.Put(log.meta(), kEpochKey, encode_number(epoch.value()));
  if (clock) {
    batch.Put(log.meta(), kFormatKey, encode_number(kLogFormat));
    batch.Put(log.meta(), kClockKey, encode_number(static_cast<std::uint64_t>(*clock)));
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = log.db().Write(synced, &batch);
  if (!status.ok()) return database_error("the log's epoch cannot be written", status);
  return {};
}

// A new epoch for a log that a torn end was cut off, by this start or by one that did not get here.
Result<void> write_epoch_due(const LogOptions& options, Recovered& state) {
  const auto due = epoch_due(options.directory);
  std::error_code failed;
  const bool is_due = std::filesystem::exists(due, failed);
  if (failed) return refusal(due.string() + ": " + failed.message() + "; check the rights");
  if (!is_due) return {};
  state.epoch = draw_epoch();
  if (auto written = write_epoch(*state.log, state.epoch, std::nullopt); !written) return written;
  if (!state.report.tail_cut) {
    state.report.tail_cut = true;
    state.report.description += "An earlier start cut off a torn last record, which is kept in " +
                                (options.directory / "cut").string() +
                                ", and came no further; the log has a new epoch. ";
  }
  std::filesystem::remove(due, failed);
  if (failed) return refusal(due.string() + ": " + failed.message() + "; check the rights");
  return {};
}

Result<void> read_settings(const LogOptions& options, Recovered& state) {
  auto epoch = read_meta(*state.log, kEpochKey);
  if (!epoch) return epoch.error();
  if (!*epoch) {
    state.report.created = true;
    state.epoch = draw_epoch();
    return write_epoch(*state.log, state.epoch, options.clock_mode);
  }
  state.epoch = model::LogEpoch(**epoch);
  auto format = read_meta(*state.log, kFormatKey);
  auto clock = read_meta(*state.log, kClockKey);
  auto ceiling = read_meta(*state.log, kCeilingKey);
  if (!format) return format.error();
  if (!clock) return clock.error();
  if (!ceiling) return ceiling.error();
  if (format->value_or(0) != kLogFormat) {
    return refusal(options.directory.string() + " has format " +
                   std::to_string(format->value_or(0)) +
                   "; this hub reads 1; use the version that wrote it");
  }
  if (clock->value_or(0) != static_cast<std::uint64_t>(options.clock_mode)) {
    return refusal(options.directory.string() + " was created with --clock " +
                   (clock->value_or(0) == 0 ? "wall" : "events") +
                   " and keeps it; start the hub with that, or with another data directory");
  }
  state.ceiling = instant_from_micros(static_cast<std::int64_t>(ceiling->value_or(0)));
  return {};
}

Result<void> read_sources(Recovered& state) {
  const LogDatabase& log = *state.log;
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.sources()));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto source = decode_source_state({at->value().data(), at->value().size()});
    const std::string text = at->key().ToString();
    const auto name = text == model::SourceName::hub().text() ? model::SourceName::hub()
                                                              : model::SourceName::parse(text);
    if (!source || !name) {
      return refusal("the state of source '" + text +
                     "' is not readable; restore the data directory from a backup");
    }
    state.sources->load(*name, *source);
  }
  if (!at->status().ok()) return database_error("the sources cannot be read", at->status());
  return {};
}

Result<void> read_end(const LogOptions& options, Recovered& state) {
  auto last = read_last(*state.log);
  if (!last) return last.error();
  state.chain_head = Hash(kHashBytes, '\0');
  if (!*last) return {};
  const StoredChunk& chunk = **last;
  state.durable = {chunk.end(), chunk.recorded()};
  state.chain_head = Hash(chunk.chain_head());
  state.ended = chunk.source() == model::SourceName::hub().text() &&
                chunk.entry(chunk.size() - 1).payload == options.end_payload;
  return {};
}

Result<void> compare_mark(const LogOptions& options, const Recovered& state,
                          const Watermark& mark) {
  if (state.durable.end < mark.end) {
    return refusal((options.directory / "events").string() + " ends at offset " +
                   std::to_string(state.durable.end.value()) + ", it was durable up to " +
                   std::to_string(mark.end.value()) +
                   "; no power cut does that; restore the data directory from a backup");
  }
  if (mark.end.value() == 0) return {};
  auto chunk = read_stored(*state.log, model::Offset(mark.end.value() - 1));
  if (!chunk) return chunk.error();
  if (!*chunk || (*chunk)->end() != mark.end ||
      (*chunk)->chain_head().substr(0, kChainHeadPrefixBytes) != mark.chain_head_prefix) {
    return refusal((options.directory / "events").string() +
                   " is not the log that the watermark "
                   "belongs to; restore the data directory from a backup");
  }
  return {};
}

// The log as it was recovered against what the watermark says was durable.
Result<void> compare_watermark(const LogOptions& options, const Recovered& state) {
  const WatermarkFound& found = state.watermark->found();
  if (!found.synced && state.durable.end.value() > 0) {
    return refusal((options.directory / "watermark").string() +
                   " is missing or damaged, so that nobody can tell whether the log is whole; "
                   "restore the data directory from a backup");
  }
  for (const auto& mark : {found.synced, found.exact}) {
    if (!mark) continue;
    if (auto compared = compare_mark(options, state, *mark); !compared) return compared;
  }
  return {};
}

Result<std::unique_ptr<Indexes>> open_indexes(const std::filesystem::path& path, model::Offset end,
                                              const RecordKeys& keys, OpenReport& report) {
  const auto mark = Indexes::damage_mark(path);
  std::error_code failed;
  const bool damaged = std::filesystem::exists(mark, failed);
  if (damaged) {
    report.description += path.string() + " was damaged, and is built anew from the log. ";
  } else if (auto database = IndexDatabase::open(path)) {
    auto indexes = std::make_unique<Indexes>(std::move(*database), keys);
    const auto applied = indexes->applied();
    const auto usable = indexes->are_usable();
    if (applied && *applied <= end && usable && *usable) return indexes;
  }
  // Damaged, of another format, or ahead of a log that lost its tail: the log has everything.
  auto anew = IndexDatabase::create_anew(path);
  if (!anew) return anew.error();
  auto indexes = std::make_unique<Indexes>(std::move(*anew), keys);
  const auto usable = indexes->are_usable();
  if (!usable) return usable.error();
  std::filesystem::remove(mark, failed);
  return indexes;
}

// The key that records are named under, which belongs to this log.
Result<void> open_record_keys(const LogOptions& options, Recovered& state) {
  const auto known = read_meta(*state.log, kRecordKeysKey);
  if (!known) return known.error();
  const auto file = options.directory / "record.key";
  auto keys = RecordKeys::open(file, /*may_make=*/!*known);
  if (!keys) return keys.error();
  state.keys = std::move(*keys);
  if (*known && **known != state.keys->fingerprint()) {
    return refusal(file.string() + " belongs to another log; restore it from a backup");
  }
  if (*known) return {};
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = state.log->db().Put(synced, state.log->meta(), kRecordKeysKey,
                                          encode_number(state.keys->fingerprint()));
  if (!status.ok()) return database_error("the log's settings cannot be written", status);
  return {};
}

Result<void> read_rewritten(Recovered& state) {
  state.rewritten = std::make_unique<Rewritten>();
  const auto erasure = read_meta(*state.log, kLastErasureKey);
  if (!erasure) return erasure.error();
  if (*erasure) state.rewritten->set_last_erasure(model::Offset(**erasure));
  const auto reduced = read_setting(*state.log, kReducedKey);
  if (!reduced) return reduced.error();
  if (!*reduced) return {};
  const auto up_to = decode_reduced(**reduced);
  if (!up_to) return refusal("the log's setting 'reduced' is of another format");
  state.rewritten->set_reduced(*up_to);
  return {};
}

Result<void> index_rest(Recovered& state) {
  const auto applied = state.indexes->applied();
  if (!applied) return applied.error();
  const LogDatabase& log = *state.log;
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.chunks()));
  std::vector<NumberedChunk> chunks;
  std::size_t events = 0;
  for (at->Seek(offset_key(*applied)); at->Valid(); at->Next()) {
    const auto first = decode_offset_key({at->key().data(), at->key().size()});
    if (!first) return refusal("the log holds a key that is no offset; restore it from a backup");
    auto chunk = StoredChunk::decode(*first, at->value().ToString());
    if (!chunk) return chunk.error();
    const auto named = source_of(*chunk);
    const auto number = named ? state.sources->number(*named) : std::nullopt;
    if (!number) {
      return refusal("the chunk at offset " + std::to_string(first->value()) +
                     " is of an unknown source; restore the data directory from a backup");
    }
    chunks.push_back({*number, std::make_shared<const StoredChunk>(std::move(*chunk))});
    events += chunks.back().chunk->size();
    if (events < kIndexBatchEvents) continue;
    if (auto indexed = state.indexes->apply(chunks); !indexed) return indexed;
    chunks.clear();
    events = 0;
  }
  if (!at->status().ok()) return database_error("the log cannot be read", at->status());
  return state.indexes->apply(chunks);
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::filesystem::path& directory) {
  const auto path = directory / "lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return refusal(path.string() + " cannot be opened; check the rights");
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return refusal(directory.string() +
                   " is in use by another hub; stop that one first, or use another directory");
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(file));
}

DirectoryLock::~DirectoryLock() { ::close(file_); }

Result<Recovered> recover(const LogOptions& options) {
  Recovered state;
  state.sources = std::make_unique<SourceTable>();
  if (auto made = create_private_directory(options.directory); !made) return made.error();
  auto lock = DirectoryLock::take(options.directory);
  if (!lock) return lock.error();
  state.lock = std::move(*lock);
  auto watermark = WatermarkFile::open(options.directory / "watermark");
  if (!watermark) return watermark.error();
  state.watermark = std::move(*watermark);

  const auto events = options.directory / "events";
  rocksdb::FileSystem& files = ScopedOpenHooks::current().files();
  const auto& mark = state.watermark->found().synced;
  if (files.FileExists((events / "CURRENT").string(), {}, nullptr).ok()) {
    auto sound = recover_tail(options.directory, state.watermark->found(), state.report);
    if (!sound) return sound.error();
  } else if (mark && mark->end.value() > 0) {
    return refusal(events.string() + " is gone, it was durable up to offset " +
                   std::to_string(mark->end.value()) +
                   "; restore the data directory from a backup");
  }
  auto log = LogDatabase::open(events, ScopedOpenHooks::current());
  if (!log) return log.error();
  state.log = std::move(*log);
  if (auto read = read_settings(options, state); !read) return read.error();
  if (auto opened = open_record_keys(options, state); !opened) return opened.error();
  if (auto read = read_rewritten(state); !read) return read.error();
  if (auto read = read_sources(state); !read) return read.error();
  if (auto read = read_end(options, state); !read) return read.error();
  if (auto sound = compare_watermark(options, state); !sound) return sound.error();
  if (auto written = write_epoch_due(options, state); !written) return written.error();
  auto indexes =
      open_indexes(options.directory / "index", state.durable.end, *state.keys, state.report);
  if (!indexes) return indexes.error();
  state.indexes = std::move(*indexes);
  if (auto indexed = index_rest(state); !indexed) return indexed.error();
  if (auto synced = sync_directory(options.directory); !synced) return synced.error();
  return state;
}

Result<void> begin_restored(const std::filesystem::path& directory) {
  auto log = LogDatabase::open(directory / "events", ScopedOpenHooks::current());
  if (!log) return log.error();
  auto last = read_last(**log);
  if (!last) return last.error();
  Watermark mark;
  mark.epoch = draw_epoch();
  mark.chain_head_prefix = std::string(kChainHeadPrefixBytes, '\0');
  if (*last) {
    mark.end = (**last).end();
    mark.chain_head_prefix = (**last).chain_head().substr(0, kChainHeadPrefixBytes);
  }
  if (auto written = write_epoch(**log, mark.epoch, std::nullopt); !written) return written;
  auto watermark = WatermarkFile::open(directory / "watermark");
  if (!watermark) return watermark.error();
  return (*watermark)->sync(mark);
}

}  // namespace commonwatch::storage
