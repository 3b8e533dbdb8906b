// The indexes on disk: records, sequences, hours and places. Any thread; one thread applies.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/database.h"
#include "hub/storage/log_keys.h"

namespace commonwatch::storage {

// A chunk and the number of its source.
struct NumberedChunk {
  SourceNumber source;
  SharedChunk chunk;
};

// The hours and coarse cells of what a chunk stores.
std::set<OccurredKey> occurred_keys(const StoredChunk& chunk);

class Indexes {
 public:
  explicit Indexes(std::unique_ptr<IndexDatabase> database) : database_(std::move(database)) {}

  // Everything below it is indexed.
  Result<model::Offset> applied() const;
  // In order; each batch brings its applied offset. A batch applied twice changes nothing.
  Result<void> apply(const std::vector<NumberedChunk>& chunks);
  Result<void> flush();

  // Where the record's revision is stored. One answer for each key, in order.
  Result<std::vector<std::optional<model::Offset>>> find_records(
      const std::vector<std::string>& keys) const;
  std::optional<std::uint32_t> latest_revision(SourceNumber source,
                                               std::string_view record_id) const;
  // The chunk with the highest first sequence that is not above `sequence`.
  std::optional<model::Offset> find_sequence(SourceNumber source, model::Sequence sequence) const;
  // Adds first offsets of chunks below `below`; cells are asked of `wanted`.
  Result<void> find_occurred(Instant from, Instant to,
                             const std::function<bool(model::Cell)>& wanted, model::Offset below,
                             std::set<model::Offset>& found) const;

 private:
  std::unique_ptr<IndexDatabase> database_;
};

}  // namespace commonwatch::storage
