// Invariants checked: bytes whose checksum holds are a chunk or an error with a sentence; a chunk's
// entries lie one behind the other up to its end, and each refers to its own bytes; what is stored
// says the same as itself; a chunk of which some entries are reduced is one again, with the same
// place, order, hashes and head.
#include <cstring>

#include "hub/storage/crc32c.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/sha256.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;
using storage::EntryForm;
using storage::EntryView;
using storage::StoredChunk;

constexpr std::size_t kChecksumAt = 1;
constexpr std::size_t kChecksummedAt = 5;
constexpr std::size_t kFirstAt = 13;

model::Offset first_of(const std::string& bytes) {
  std::uint64_t first = 0;
  if (bytes.size() >= kFirstAt + sizeof(first)) {
    std::memcpy(&first, bytes.data() + kFirstAt, sizeof(first));
  }
  return model::Offset(first);
}

Result<StoredChunk> decode(std::string bytes) {
  const model::Offset first = first_of(bytes);
  return StoredChunk::decode(first, std::move(bytes));
}

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

storage::Candidate candidate_of(const EntryView& entry) {
  return {std::string(entry.payload),
          std::string(entry.record_id),
          entry.revision,
          entry.kind,
          entry.occurred,
          entry.cell,
          std::nullopt};
}

void check_entry(const StoredChunk& chunk, std::size_t index) {
  const EntryView entry = chunk.entry(index);
  const std::string_view bytes = chunk.entry_bytes(index);
  for (const std::string_view part :
       {entry.salt, entry.record_id, entry.payload, entry.hash, entry.key, entry.skeleton,
        entry.refusal_field, entry.refusal_message}) {
    require(lies_within(part, bytes));
  }
  require(chunk.chained_hash(index).size() == storage::kHashBytes);
  if (entry.is_stored()) require(storage::same_content(entry, candidate_of(entry)));
}

void check_entries(const StoredChunk& chunk) {
  require(chunk.size() > 0);
  const char* at = chunk.entry_bytes(0).data();
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    const std::string_view bytes = chunk.entry_bytes(index);
    require(bytes.data() == at && !bytes.empty());
    at += bytes.size();
    check_entry(chunk, index);
  }
  require(at == chunk.value().data() + chunk.value().size());
}

storage::Skeleton skeleton_of(const EntryView& entry) {
  storage::Skeleton skeleton;
  skeleton.cell = entry.cell;
  skeleton.persons = entry.revision;
  skeleton.linked = {{"police", {{{1, 2}}, {{3, 4}}}}};
  return skeleton;
}

// Two of three entries, each to a form that it may take.
std::optional<storage::Reduction> reduction_of(std::size_t index, const EntryView& entry) {
  if (index % 3 == 2 || entry.form == EntryForm::kErased) return std::nullopt;
  storage::Reduction reduction;
  reduction.form = index % 2 == 1      ? EntryForm::kErased
                   : entry.is_stored() ? EntryForm::kSkeleton
                                       : EntryForm::kStub;
  if (!entry.key.empty()) reduction.key = storage::decode_key(entry.key);
  reduction.skeleton = skeleton_of(entry);
  return reduction;
}

void check_reduced(const StoredChunk& chunk) {
  const auto bytes = storage::reduce_chunk(chunk, reduction_of);
  if (!bytes) return;
  const auto reduced = StoredChunk::decode(chunk.first(), *bytes);
  require(reduced.has_value());
  check_entries(*reduced);
  require(reduced->size() == chunk.size() && reduced->recorded() == chunk.recorded());
  require(reduced->first_sequence() == chunk.first_sequence());
  require(reduced->source() == chunk.source() && reduced->chain_head() == chunk.chain_head());
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    const auto wanted = reduction_of(index, chunk.entry(index));
    require(reduced->entry(index).form == (wanted ? wanted->form : chunk.entry(index).form));
    require(reduced->chained_hash(index) == chunk.chained_hash(index));
  }
  const storage::Hash before(storage::kHashBytes, '\0');
  require(reduced->recompute_chain_head(before) == chunk.recompute_chain_head(before));
}

void check_shown(const storage::SharedChunk& stored) {
  const auto chunk = storage::to_chunk(stored);
  if (!chunk) return fuzz::check_error(chunk.error());
  require(chunk->entries.size() == stored->size() && chunk->end() == stored->end());
  for (const storage::Entry& entry : chunk->entries) {
    require((entry.form == EntryForm::kSkeleton) == (entry.skeleton != nullptr));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(fuzz::text_of(data, size));
  if (size > kChecksummedAt) {
    const auto sum = storage::crc32c(std::string_view(bytes).substr(kChecksummedAt));
    std::memcpy(bytes.data() + kChecksumAt, &sum, sizeof(sum));
  }
  auto chunk = decode(std::move(bytes));
  if (!chunk) {
    fuzz::check_error(chunk.error());
    return 0;
  }
  const auto stored = std::make_shared<const StoredChunk>(*std::move(chunk));
  check_entries(*stored);
  check_reduced(*stored);
  check_shown(stored);
  return 0;
}
