// The chunk on disk: encoding, checksum, salted hashes, chain. docs/LOG_FORMAT.md has the layout.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

inline constexpr std::size_t kSaltBytes = 16;

// One entry as it lies in a chunk's bytes, which must outlive it. Of a reduced one, what its form
// does not keep is empty; `disposition` is what became of the event when it came.
struct EntryView {
  EntryForm form = EntryForm::kWhole;
  Disposition disposition = Disposition::kStored;
  model::EventKind kind = model::EventKind::kUnspecified;
  ErrorCode refusal{};
  std::uint32_t revision = 0;
  Instant occurred{};
  model::Cell cell;
  std::string_view salt;
  std::string_view record_id;
  std::string_view payload;          // of a stored one
  std::string_view hash;             // of a repeat or a rejection: of what the partner sent; of a
                                     // reduced one: what the chain has of it
  std::string_view key;              // of a skeleton and a stub: encode_key()
  std::string_view skeleton;         // of a skeleton: encode_skeleton()
  std::string_view refusal_field;    // of a rejected one
  std::string_view refusal_message;  // of a rejected one

  bool is_whole() const { return form == EntryForm::kWhole; }
  // Stored, and there with all it said.
  bool is_stored() const { return is_whole() && disposition == Disposition::kStored; }
  // It stands for a record's revision, whole or not.
  bool is_of_record() const {
    return disposition == Disposition::kStored && form != EntryForm::kErased;
  }
};

// What two events must share to be the same: everything that the partner sent.
struct Content {
  model::EventKind kind = model::EventKind::kUnspecified;
  std::uint32_t revision = 0;
  Instant occurred{};
  model::Cell cell;
  std::string_view record_id;
  std::string_view payload;
};

// Of a valid candidate.
Content content_of(const Candidate& candidate);
// Of one that was refused: the bytes as they came, and nothing that somebody read into them.
Content raw_content_of(const Candidate& candidate);
void append_content_hash(std::string_view salt, const Content& content, std::string& to);

// Whether the candidate says the same as the entry, as far as that is still known: of a reduced
// one it is taken to.
bool same_content(const EntryView& entry, const Candidate& candidate);

// A chunk's bytes, checked and taken apart. Entries are found by number.
class StoredChunk {
 public:
  // kInternal says what is wrong. `first` is the offset under which the bytes were found.
  static Result<StoredChunk> decode(model::Offset first, std::string value);

  const std::string& value() const { return value_; }
  model::Offset first() const { return first_; }
  model::Offset end() const { return first_.plus(positions_.size()); }
  std::size_t size() const { return positions_.size(); }
  Instant recorded() const { return recorded_; }
  model::Sequence first_sequence() const { return first_sequence_; }
  model::Sequence last_sequence() const {
    return model::Sequence(first_sequence_.value() + size() - 1);
  }
  std::string_view source() const;
  std::string_view chain_head() const;
  EntryView entry(std::size_t index) const;
  // Whether each entry is preceded by its form: the chunk was rewritten.
  bool has_forms() const;
  std::string_view entry_bytes(std::size_t index) const;
  // These bytes under this chunk's header, sealed: each entry preceded by its form.
  std::string with_entries(std::string_view entries) const;
  // What the chain has of the entry.
  Hash chained_hash(std::size_t index) const;
  // Written before the chain had anything of a repeat or a rejection but what the partner sent.
  bool is_of_old_chain() const;
  EntryView entry_at(model::Offset offset) const { return entry(offset.value() - first_.value()); }
  // The head that follows `before`, from hashes computed anew.
  Hash recompute_chain_head(const Hash& before) const;

 private:
  friend class ChunkEncoder;
  StoredChunk() = default;

  std::string value_;
  model::Offset first_;
  Instant recorded_{};
  model::Sequence first_sequence_;
  std::vector<std::uint32_t> positions_;
};

using SharedChunk = std::shared_ptr<const StoredChunk>;

// Builds one chunk, entry by entry.
class ChunkEncoder {
 public:
  ChunkEncoder(std::string_view source, model::Offset first, model::Sequence first_sequence,
               std::size_t bytes_expected);

  // `hash`: the content's, 32 bytes; kept with all that are not stored.
  void add(Disposition disposition, const Candidate& candidate, const Error* refusal,
           std::string_view salt, std::string_view hash);
  std::size_t size() const { return chunk_.positions_.size(); }

  // Stamps and seals; moves `chain_head` on.
  SharedChunk finish(Instant recorded, Hash& chain_head);

 private:
  StoredChunk chunk_;
  std::string chained_;
};

// Nothing if the name is none.
std::optional<model::SourceName> source_of(const StoredChunk& chunk);
// As the public header shows it; `keys`: Chunk::keys.
Result<Chunk> to_chunk(const SharedChunk& stored, const RecordKeys* keys = nullptr);

}  // namespace commonwatch::storage
