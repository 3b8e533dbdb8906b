#include "hub/storage/indexes.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "hub/storage/reduced_entry.h"
#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

// The hub's own events are on no record and happened nowhere.
bool is_of_hub(const StoredChunk& chunk) {
  return chunk.source() == model::SourceName::hub().text();
}

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Whole or a skeleton.
bool has_occurred(const EntryView& entry) {
  return entry.is_stored() || entry.form == EntryForm::kSkeleton;
}

// A skeleton's place is what the caller left of it.
model::Cell cell_of(const EntryView& entry) {
  if (entry.form != EntryForm::kSkeleton) return entry.cell;
  const auto skeleton = decode_skeleton(entry.skeleton);
  return skeleton ? skeleton->cell : model::Cell();
}

}  // namespace

std::set<OccurredKey> occurred_keys(const StoredChunk& chunk) {
  std::set<OccurredKey> keys;
  OccurredKey last;
  if (is_of_hub(chunk)) return keys;
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    const EntryView entry = chunk.entry(index);
    if (!has_occurred(entry)) continue;
    const OccurredKey key{hour_of(entry.occurred), coarse_cell(cell_of(entry)), chunk.first()};
    if (!keys.empty() && key == last) continue;
    keys.insert(key);
    last = key;
  }
  return keys;
}

void LowestOffsets::trim() {
  std::ranges::sort(offsets_);
  offsets_.erase(std::ranges::unique(offsets_).begin(), offsets_.end());
  if (offsets_.size() <= count_max_) return;
  end_ = offsets_[count_max_];
  offsets_.resize(count_max_);
}

std::filesystem::path Indexes::damage_mark(const std::filesystem::path& database) {
  return database.string() + ".damaged";
}

Result<void> Indexes::check() const {
  if (!damaged_) return {};
  return make_error(ErrorCode::kInternal, "an index is damaged; the next start builds it anew");
}

Error Indexes::read_error(const std::string& what, const rocksdb::Status& status) const {
  if (status.IsCorruption() && !damaged_.exchange(true)) {
    // If the mark cannot be written, the next start finds the damage as this one did.
    (void)write_whole_file(damage_mark(database_->db().GetName()), status.ToString());
  }
  return make_error(ErrorCode::kInternal,
                    what + ": " + status.ToString() +
                        "; restart the hub: it builds a damaged index anew from the log");
}

// Keys and values of one batch, a run for each index. A memtable takes in a sorted run several
// times as fast as the same keys in any order.
struct Indexes::Additions {
  using Run = std::vector<std::pair<std::string, std::string>>;
  Run records;
  Run sequences;
  Run occurred;

  static void put(Run& run, rocksdb::ColumnFamilyHandle* index, rocksdb::WriteBatch& batch) {
    // Of equal keys the one that came last counts.
    std::ranges::stable_sort(run, {}, &Run::value_type::first);
    for (const auto& [key, value] : run) batch.Put(index, key, value);
  }
};

Result<model::Offset> Indexes::applied() const {
  std::string value;
  const auto status = database_->db().Get({}, database_->applied(), kAppliedKey, &value);
  if (status.IsNotFound()) return model::Offset(0);
  if (!status.ok()) return database_error("the index's applied offset cannot be read", status);
  const auto number = decode_number(value);
  if (!number) {
    return make_error(ErrorCode::kInternal, "the index's applied offset is not readable");
  }
  return model::Offset(*number);
}

Result<bool> Indexes::are_usable() const {
  const std::pair<const char*, std::uint64_t> wanted[] = {
      {kIndexFormatKey, kIndexFormat}, {kIndexRecordKeysKey, keys_.fingerprint()}};
  rocksdb::WriteBatch batch;
  for (const auto& [key, number] : wanted) {
    std::string value;
    const auto status = database_->db().Get({}, database_->applied(), key, &value);
    if (!status.ok() && !status.IsNotFound()) {
      return database_error("the index's format cannot be read", status);
    }
    if (status.ok() && decode_number(value) != number) return false;
    if (status.ok()) continue;
    // Only what holds nothing may be without.
    const auto applied = this->applied();
    if (!applied) return applied.error();
    if (applied->value() > 0) return false;
    batch.Put(database_->applied(), key, encode_number(number));
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const auto status = database_->db().Write(options, &batch);
  if (!status.ok()) return database_error("the index's format cannot be written", status);
  return true;
}

void Indexes::add_chunk(const NumberedChunk& numbered, Additions& to) const {
  const StoredChunk& chunk = *numbered.chunk;
  to.sequences.emplace_back(sequence_key(numbered.source, chunk.first_sequence()),
                            encode_number(chunk.first().value()));
  for (const OccurredKey& key : occurred_keys(chunk)) {
    to.occurred.emplace_back(encode_occurred_key(key), encode_presence());
  }
  if (is_of_hub(chunk)) return;
  const auto source = source_of(chunk);
  for (std::size_t index = 0; index < chunk.size() && source; ++index) {
    const EntryView entry = chunk.entry(index);
    if (!entry.is_of_record()) continue;
    const auto record =
        entry.is_whole() ? keys_.of(*source, entry.record_id) : decode_key(entry.key);
    to.records.emplace_back(record_key(numbered.source, record, entry.revision),
                            encode_number(chunk.first().plus(index).value()));
  }
}

Result<void> Indexes::write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const auto status = database_->db().Write(options, &batch);
  if (!status.ok()) return database_error("the indexes cannot be written", status);
  return {};
}

Result<void> Indexes::apply(const std::vector<NumberedChunk>& chunks) {
  if (chunks.empty()) return {};
  Additions additions;
  for (const NumberedChunk& chunk : chunks) add_chunk(chunk, additions);
  rocksdb::WriteBatch batch;
  Additions::put(additions.records, database_->records(), batch);
  Additions::put(additions.sequences, database_->sequences(), batch);
  Additions::put(additions.occurred, database_->occurred(), batch);
  batch.Put(database_->applied(), kAppliedKey, encode_number(chunks.back().chunk->end().value()));
  return write(batch);
}

Result<std::vector<model::Offset>> Indexes::list_chunks(SourceNumber source, model::Sequence from,
                                                        std::size_t count) const {
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator({}, database_->sequences()));
  const std::string own = sequence_key(source, model::Sequence(0)).substr(0, sizeof(std::uint32_t));
  at->SeekForPrev(sequence_key(source, from));
  if (!at->Valid() || !at->key().starts_with(own)) at->Seek(sequence_key(source, from));
  std::vector<model::Offset> chunks;
  for (; at->Valid() && at->key().starts_with(own) && chunks.size() < count; at->Next()) {
    const auto number = decode_number(view(at->value()));
    if (!number) return make_error(ErrorCode::kInternal, "the index of sequences is not readable");
    chunks.emplace_back(*number);
  }
  if (!at->status().ok()) {
    return read_error("the index of sequences cannot be read", at->status());
  }
  return chunks;
}

Result<void> Indexes::drop_record(SourceNumber source, const model::RecordKey& record,
                                  model::Offset below) {
  rocksdb::WriteBatch batch;
  const std::string prefix = record_prefix(source, record);
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator({}, database_->records()));
  for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
    const auto number = decode_number(view(at->value()));
    if (number && *number < below.value()) batch.Delete(database_->records(), at->key());
  }
  if (!at->status().ok()) return read_error("the record index cannot be read", at->status());
  return write(batch);
}

Result<void> Indexes::drop_occurred(const StoredChunk& before, const StoredChunk& after) {
  rocksdb::WriteBatch batch;
  const auto left = occurred_keys(after);
  for (const OccurredKey& key : occurred_keys(before)) {
    if (!left.contains(key)) batch.Delete(database_->occurred(), encode_occurred_key(key));
  }
  return write(batch);
}

Result<void> Indexes::flush() {
  const auto status = database_->db().Flush({}, {database_->applied(), database_->records(),
                                                 database_->sequences(), database_->occurred()});
  if (!status.ok()) return database_error("the indexes cannot be flushed", status);
  return {};
}

Result<std::vector<std::optional<model::Offset>>> Indexes::find_records(
    const std::vector<std::string>& keys) const {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->db().MultiGet({}, database_->records(), keys.size(), slices.data(), values.data(),
                           statuses.data());
  std::vector<std::optional<model::Offset>> found(keys.size());
  for (std::size_t index = 0; index < keys.size(); ++index) {
    if (statuses[index].IsNotFound()) continue;
    if (!statuses[index].ok()) {
      return read_error("the record index cannot be read", statuses[index]);
    }
    const auto number = decode_number(view(values[index]));
    if (!number) return make_error(ErrorCode::kInternal, "the record index is not readable");
    found[index] = model::Offset(*number);
  }
  return found;
}

Result<std::optional<std::uint32_t>> Indexes::latest_revision(
    SourceNumber source, const model::RecordKey& record) const {
  using Found = std::optional<std::uint32_t>;
  const std::string prefix = record_prefix(source, record);
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator({}, database_->records()));
  at->SeekForPrev(record_key(source, record, ~std::uint32_t{0}));
  if (!at->status().ok()) return read_error("the record index cannot be read", at->status());
  if (!at->Valid() || !at->key().starts_with(prefix)) return Found();
  return Found(revision_of_record_key(view(at->key())));
}

Result<std::optional<model::Offset>> Indexes::find_sequence(SourceNumber source,
                                                            model::Sequence sequence) const {
  using Found = std::optional<model::Offset>;
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator({}, database_->sequences()));
  at->SeekForPrev(sequence_key(source, sequence));
  const std::string own = sequence_key(source, model::Sequence(0)).substr(0, sizeof(std::uint32_t));
  if (!at->status().ok()) return read_error("the index of sequences cannot be read", at->status());
  if (!at->Valid() || !at->key().starts_with(own)) return Found();
  const auto number = decode_number(view(at->value()));
  if (!number) return Found();
  return Found(model::Offset(*number));
}

Result<void> Indexes::find_occurred(Instant from, Instant to,
                                    const std::function<bool(model::Cell)>& wanted,
                                    LowestOffsets& found) const {
  const std::unique_ptr<rocksdb::Iterator> at(
      database_->db().NewIterator({}, database_->occurred()));
  const std::int64_t last_hour = hour_of(to - Duration(1));
  for (at->Seek(encode_occurred_key({hour_of(from), {}, {}})); at->Valid(); at->Next()) {
    const auto key = decode_occurred_key(view(at->key()));
    if (!key) return make_error(ErrorCode::kInternal, "the index of hours is not readable");
    if (key->hour > last_hour) break;
    if (wanted(key->cell)) found.add(key->chunk);
  }
  if (!at->status().ok()) {
    return read_error("the index of hours cannot be read", at->status());
  }
  return {};
}

}  // namespace commonwatch::storage
