#include "hub/storage/log_reader.h"

#include <map>
#include <memory>

#include "hub/storage/log_keys.h"

namespace commonwatch::storage {
namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Result<SharedChunk> decode_at(rocksdb::Iterator& at) {
  if (!at.Valid()) {
    if (!at.status().ok()) return database_error("the log cannot be read", at.status());
    return SharedChunk();
  }
  const auto first = decode_offset_key(view(at.key()));
  if (!first) {
    return make_error(ErrorCode::kInternal,
                      "the log holds a key that is no offset; restore it from a backup");
  }
  auto chunk = StoredChunk::decode(*first, at.value().ToString());
  if (!chunk) return chunk.error();
  return std::make_shared<const StoredChunk>(std::move(*chunk));
}

}  // namespace

Result<SharedChunk> read_stored(const LogDatabase& log, model::Offset offset) {
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.chunks()));
  at->SeekForPrev(offset_key(offset));
  auto chunk = decode_at(*at);
  if (chunk && *chunk && offset >= (*chunk)->end()) return SharedChunk();
  return chunk;
}

Result<SharedChunk> read_last(const LogDatabase& log) {
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator({}, log.chunks()));
  at->SeekToLast();
  return decode_at(*at);
}

Result<std::optional<Chunk>> LogReader::read(model::Offset offset) const {
  if (offset >= durable_.state().end) return std::optional<Chunk>();
  // What was written last is read at once, by each audience's fold.
  Result<SharedChunk> stored = backlog_.chunk_at(offset);
  if (!*stored) stored = read_stored(log_, offset);
  if (!stored) return stored.error();
  if (!*stored) {
    return make_error(ErrorCode::kInternal, "no chunk holds offset " +
                                                std::to_string(offset.value()) +
                                                "; run verify, then restore from a backup");
  }
  auto chunk = to_chunk(*stored, rewritten_.reduced() ? &keys_ : nullptr);
  if (!chunk) return chunk.error();
  return std::optional<Chunk>(std::move(*chunk));
}

Result<model::Offset> LogReader::find_recorded(Instant recorded) const {
  // Chunks below `low` were recorded earlier; the one at `high` was not.
  model::Offset low(0);
  model::Offset high = durable_.state().end;
  while (low < high) {
    const model::Offset middle(low.value() + (high.value() - low.value()) / 2);
    auto chunk = read_stored(log_, middle);
    if (!chunk) return chunk.error();
    if (!*chunk) {
      return make_error(ErrorCode::kInternal,
                        "no chunk holds offset " + std::to_string(middle.value()));
    }
    if ((*chunk)->recorded() < recorded) {
      low = (*chunk)->end();
    } else {
      high = (*chunk)->first();
    }
  }
  return low;
}

Result<std::vector<model::Offset>> LogReader::find_occurred(Instant from, Instant to,
                                                            const model::Area& area,
                                                            model::Offset begin, model::Offset end,
                                                            std::size_t count_max) const {
  if (from >= to) return std::vector<model::Offset>();
  std::map<model::Cell, bool> asked;
  const auto wanted = [&](model::Cell cell) {
    if (area.is_everywhere()) return true;
    if (cell == model::Cell()) return false;
    const auto [it, fresh] = asked.try_emplace(cell, false);
    if (fresh) it->second = area.may_intersect(cell);
    return it->second;
  };
  LowestOffsets found(begin, std::min(end, durable_.state().end), count_max);
  // The backlog first: what leaves it meanwhile is in the index by then.
  for (const NumberedChunk& numbered : backlog_.snapshot()) {
    for (const OccurredKey& key : occurred_keys(*numbered.chunk)) {
      if (key.hour < hour_of(from) || key.hour > hour_of(to - Duration(1))) continue;
      if (wanted(key.cell)) found.add(key.chunk);
    }
  }
  if (auto indexed = indexes_.find_occurred(from, to, wanted, found); !indexed) {
    return indexed.error();
  }
  return found.take();
}

Result<bool> LogReader::is_latest(const model::SourceName& name, SourceNumber source,
                                  const Entry& entry) const {
  if (!entry.is_stored()) return false;
  const auto waiting = backlog_.latest_revision(source, entry.record_id);
  if (waiting && *waiting > entry.revision) return false;
  const auto indexed = indexes_.latest_revision(source, keys_.of(name, entry.record_id));
  if (!indexed) return indexed.error();
  return !*indexed || **indexed <= entry.revision;
}

Result<std::optional<std::pair<model::Offset, std::string>>> LogReader::find_last_hub_event(
    const std::function<bool(const std::string& payload)>& matches,
    std::optional<model::Offset> below) const {
  using Found = std::optional<std::pair<model::Offset, std::string>>;
  const model::Offset durable = durable_.state().end;
  const model::Offset end = below ? std::min(*below, durable) : durable;
  const std::unique_ptr<rocksdb::Iterator> at(log_.db().NewIterator({}, log_.hub_events()));
  for (at->SeekToLast(); at->Valid(); at->Prev()) {
    const auto offset = decode_offset_key(view(at->key()));
    if (!offset) {
      return make_error(ErrorCode::kInternal, "the list of the hub's own events is not readable");
    }
    if (*offset >= end) continue;
    auto chunk = read_stored(log_, *offset);
    if (!chunk) return chunk.error();
    if (!*chunk) {
      return make_error(ErrorCode::kInternal, "no chunk holds the hub's own event at offset " +
                                                  std::to_string(offset->value()));
    }
    std::string payload((*chunk)->entry_at(*offset).payload);
    if (matches(payload)) return Found(std::pair(*offset, std::move(payload)));
  }
  if (!at->status().ok()) return database_error("the log cannot be read", at->status());
  return Found();
}

}  // namespace commonwatch::storage
