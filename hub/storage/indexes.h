// The indexes on disk: records, sequences, hours and places. Any thread; one thread applies.
//
// An index that turns out to be damaged answers with an error, never as if it held less, and is marked
// on disk, so that the next start builds it anew from the log.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/database.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/record_keys.h"

namespace rocksdb {
class WriteBatch;
}

namespace commonwatch::storage {

// A chunk and the number of its source.
struct NumberedChunk {
  SourceNumber source;
  SharedChunk chunk;
};

// The hours and coarse cells of what a chunk stores.
std::set<OccurredKey> occurred_keys(const StoredChunk& chunk);

// Of offsets from `begin` on and below `end`, the lowest `count_max`, however many are added.
class LowestOffsets {
 public:
  LowestOffsets(model::Offset begin, model::Offset end, std::size_t count_max)
      : begin_(begin), end_(end), count_max_(count_max) {}
  void add(model::Offset offset) {
    if (offset < begin_ || offset >= end_) return;
    offsets_.push_back(offset);
    if (offsets_.size() >= 2 * count_max_) trim();
  }
  // In order, each once.
  std::vector<model::Offset> take() {
    trim();
    return std::move(offsets_);
  }

 private:
  void trim();

  model::Offset begin_;
  model::Offset end_;
  std::size_t count_max_;
  std::vector<model::Offset> offsets_;
};

class Indexes {
 public:
  // `keys` outlives the indexes.
  Indexes(std::unique_ptr<IndexDatabase> database, const RecordKeys& keys)
      : database_(std::move(database)), keys_(keys) {}

  // Whether they are of this format and name records under this key. Empty ones become so.
  Result<bool> are_usable() const;
  // Everything below it is indexed.
  Result<model::Offset> applied() const;
  // In order; each batch brings its applied offset. A batch applied twice changes nothing.
  Result<void> apply(const std::vector<NumberedChunk>& chunks);
  Result<void> flush();

  // Where the record's revision is stored. One answer for each key, in order.
  Result<std::vector<std::optional<model::Offset>>> find_records(
      const std::vector<std::string>& keys) const;
  Result<std::optional<std::uint32_t>> latest_revision(SourceNumber source,
                                                       const model::RecordKey& record) const;
  // The chunk with the highest first sequence that is not above `sequence`.
  Result<std::optional<model::Offset>> find_sequence(SourceNumber source,
                                                     model::Sequence sequence) const;
  // First offsets of the source's chunks from the one that holds `from` on, at most `count`.
  Result<std::vector<model::Offset>> list_chunks(SourceNumber source, model::Sequence from,
                                                 std::size_t count) const;
  // Drops the revisions of the record that lie below `below`. Chunks in question are indexed.
  Result<void> drop_record(SourceNumber source, const model::RecordKey& record,
                           model::Offset below);
  // Drops hours and places that the chunk does not name any more since it was rewritten.
  Result<void> drop_occurred(const StoredChunk& before, const StoredChunk& after);
  // Adds first offsets of chunks; cells are asked of `wanted`.
  Result<void> find_occurred(Instant from, Instant to,
                             const std::function<bool(model::Cell)>& wanted,
                             LowestOffsets& found) const;

  // kInternal: a read has met damage, so that nothing that rests on the indexes can be told.
  Result<void> check() const;
  // Where the mark of that lies; of the database's own path.
  static std::filesystem::path damage_mark(const std::filesystem::path& database);

 private:
  // The error to tell; marks the damage if it is one.
  Error read_error(const std::string& what, const rocksdb::Status& status) const;
  // What the chunk adds to each index.
  struct Additions;
  void add_chunk(const NumberedChunk& numbered, Additions& to) const;
  Result<void> write(rocksdb::WriteBatch& batch);

  std::unique_ptr<IndexDatabase> database_;
  const RecordKeys& keys_;
  mutable std::atomic<bool> damaged_{false};
};

}  // namespace commonwatch::storage
