#include "hub/storage/chunk_codec.h"

#include <algorithm>

#include "hub/storage/byte_codec.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// No flipped bit makes one of another: the checksum does not cover them.
constexpr std::uint8_t kOldFormat = 1;
constexpr std::uint8_t kOldFormatWithForms = 2;
constexpr std::uint8_t kFormat = 4;
constexpr std::uint8_t kFormatWithForms = 7;
constexpr std::size_t kChecksumAt = 1;
constexpr std::size_t kChecksummedAt = 5;
constexpr std::size_t kRecordedAt = 5;
constexpr std::size_t kChainHeadAt = 33;
constexpr std::size_t kSourceAt = kChainHeadAt + kHashBytes;
constexpr std::size_t kEntryBytesFixed = 46;
constexpr std::size_t kErasedBytes = 1 + 2 + kHashBytes;
constexpr std::size_t kStubBytes = kErasedBytes + kRecordKeyBytes + 4;
constexpr std::size_t kRefusalTextBytesMax = 255;
constexpr std::size_t kRecordBytesMax = 65'535;

template <class Integer>
void overwrite(std::string& bytes, std::size_t at, Integer value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

Error broken(model::Offset first, const std::string& what) {
  return make_error(ErrorCode::kInternal, "the chunk at offset " + std::to_string(first.value()) +
                                              ": " + what +
                                              "; run verify, then restore from a backup");
}

// What the chain covers of a chunk before its entries. `is_of_old_chain`: as StoredChunk has it.
std::string chained_header(bool is_of_old_chain, std::string_view source, model::Offset first,
                           model::Sequence first_sequence) {
  std::string bytes;
  // No chunk of one kind can be passed off as one of the other.
  if (!is_of_old_chain) put_little(bytes, kFormat);
  put_little(bytes, first.value());
  put_little(bytes, first_sequence.value());
  put_little(bytes, static_cast<std::uint8_t>(source.size()));
  bytes.append(source);
  return bytes;
}

void chain_entry(std::string& chained, Disposition disposition, ErrorCode refusal,
                 std::string_view hash) {
  put_little(chained, static_cast<std::uint8_t>(disposition));
  put_little(chained, static_cast<std::uint16_t>(refusal));
  chained.append(hash);
}

Hash next_head(const Hash& before, Instant recorded, std::uint32_t count,
               std::string_view chained) {
  std::string bytes;
  bytes.reserve(before.size() + 12 + chained.size());
  bytes.append(before);
  put_little(bytes, to_micros(recorded));
  put_little(bytes, count);
  bytes.append(chained);
  return sha256(bytes);
}

// What stands at fixed places at an entry's beginning. `at` has kEntryBytesFixed bytes.
template <class Integer, std::size_t kAt>
Integer field(const char* at) {
  static_assert(kAt + sizeof(Integer) <= kEntryBytesFixed);
  Integer value = 0;
  std::memcpy(&value, at + kAt, sizeof(value));
  return value;
}
Disposition disposition_at(const char* at) {
  return static_cast<Disposition>(field<std::uint8_t, 0>(at));
}
std::size_t record_bytes_at(const char* at) { return field<std::uint16_t, 40>(at); }
std::size_t body_bytes_at(const char* at) { return field<std::uint32_t, 42>(at); }

// Moves behind an entry; false if it makes no sense.
bool pass_whole(Reader& reader) {
  const std::string_view fixed = reader.take(kEntryBytesFixed);
  if (!reader.good()) return false;
  const Disposition disposition = disposition_at(fixed.data());
  const std::size_t body_bytes = body_bytes_at(fixed.data());
  reader.take(record_bytes_at(fixed.data()) + body_bytes);
  const bool rejected = disposition == Disposition::kRejected;
  const std::size_t body_bytes_min =
      disposition == Disposition::kStored ? 0 : kHashBytes + (rejected ? 1U : 0U);
  return disposition <= Disposition::kRejected && body_bytes >= body_bytes_min;
}

bool pass_reduced(EntryForm form, Reader& reader) {
  const auto disposition = static_cast<Disposition>(reader.little<std::uint8_t>());
  if (form > EntryForm::kErased || disposition > Disposition::kRejected) return false;
  reader.take((form == EntryForm::kErased ? kErasedBytes : kStubBytes) - 1);
  if (form != EntryForm::kSkeleton) return true;
  reader.take(5);  // kind, hour
  const auto bytes = reader.little<std::uint16_t>();
  return disposition == Disposition::kStored && decode_skeleton(reader.take(bytes)).has_value();
}

EntryView read_reduced(EntryForm form, Reader& reader) {
  EntryView entry;
  entry.form = form;
  entry.disposition = static_cast<Disposition>(reader.little<std::uint8_t>());
  entry.refusal = static_cast<ErrorCode>(reader.little<std::uint16_t>());
  entry.hash = reader.take(kHashBytes);
  if (form == EntryForm::kErased) return entry;
  entry.key = reader.take(kRecordKeyBytes);
  entry.revision = reader.little<std::uint32_t>();
  if (form == EntryForm::kStub) return entry;
  entry.kind = static_cast<model::EventKind>(reader.little<std::uint8_t>());
  entry.occurred = Instant(std::chrono::hours(reader.little<std::int32_t>()));
  entry.skeleton = reader.take(reader.little<std::uint16_t>());
  return entry;
}

}  // namespace

Content content_of(const Candidate& candidate) {
  return {candidate.kind, candidate.revision,  candidate.occurred,
          candidate.cell, candidate.record_id, candidate.payload};
}

Content raw_content_of(const Candidate& candidate) {
  Content content;
  content.payload = candidate.payload;
  return content;
}

void append_content_hash(std::string_view salt, const Content& content, std::string& to) {
  thread_local std::string bytes;
  bytes.clear();
  bytes.append(salt);
  put_little(bytes, static_cast<std::uint8_t>(content.kind));
  put_little(bytes, content.revision);
  put_little(bytes, to_micros(content.occurred));
  put_little(bytes, content.cell.id());
  put_little(bytes, static_cast<std::uint16_t>(content.record_id.size()));
  bytes.append(content.record_id);
  bytes.append(content.payload);
  append_sha256(bytes, to);
}

bool same_content(const EntryView& entry, const Candidate& candidate) {
  if (!entry.is_whole()) return true;
  if (entry.disposition == Disposition::kStored) {
    return !candidate.refusal && entry.kind == candidate.kind &&
           entry.revision == candidate.revision && entry.record_id == candidate.record_id &&
           entry.payload == candidate.payload;
  }
  // What was refused when it came may be valid now (a time in the future), so both readings count.
  Hash hash;
  append_content_hash(entry.salt, content_of(candidate), hash);
  if (hash == entry.hash) return true;
  hash.clear();
  append_content_hash(entry.salt, raw_content_of(candidate), hash);
  return hash == entry.hash;
}

ChunkEncoder::ChunkEncoder(std::string_view source, model::Offset first,
                           model::Sequence first_sequence, std::size_t bytes_expected)
    : chained_(chained_header(false, source, first, first_sequence)) {
  chunk_.first_ = first;
  chunk_.first_sequence_ = first_sequence;
  std::string& value = chunk_.value_;
  value.reserve(bytes_expected);
  put_little(value, kFormat);
  put_little(value, std::uint32_t{0});
  put_little(value, std::int64_t{0});
  put_little(value, first.value());
  put_little(value, first_sequence.value());
  put_little(value, std::uint32_t{0});
  value.append(kHashBytes, '\0');
  put_little(value, static_cast<std::uint8_t>(source.size()));
  value.append(source);
}

void ChunkEncoder::add(Disposition disposition, const Candidate& candidate, const Error* refusal,
                       std::string_view salt, std::string_view hash) {
  std::string& value = chunk_.value_;
  chunk_.positions_.push_back(static_cast<std::uint32_t>(value.size()));
  const ErrorCode code = refusal != nullptr ? refusal->code : ErrorCode{};
  const std::string_view record = std::string_view(candidate.record_id).substr(0, kRecordBytesMax);
  put_little(value, static_cast<std::uint8_t>(disposition));
  put_little(value, static_cast<std::uint8_t>(candidate.kind));
  put_little(value, static_cast<std::uint16_t>(code));
  put_little(value, candidate.revision);
  put_little(value, to_micros(candidate.occurred));
  put_little(value, candidate.cell.id());
  value.append(salt);
  put_little(value, static_cast<std::uint16_t>(record.size()));
  const std::size_t body_bytes_at = value.size();
  put_little(value, std::uint32_t{0});
  value.append(record);
  const std::size_t body_at = value.size();
  if (disposition == Disposition::kStored) {
    value.append(candidate.payload);
  } else {
    value.append(hash);
  }
  if (refusal != nullptr) {
    const std::string_view field = std::string_view(refusal->field).substr(0, kRefusalTextBytesMax);
    put_little(value, static_cast<std::uint8_t>(field.size()));
    value.append(field);
    value.append(std::string_view(refusal->message).substr(0, kRefusalTextBytesMax));
  }
  overwrite(value, body_bytes_at, static_cast<std::uint32_t>(value.size() - body_at));
  if (disposition == Disposition::kStored) return chain_entry(chained_, disposition, code, hash);
  Hash of_entry;
  append_content_hash(salt,
                      {candidate.kind, candidate.revision, candidate.occurred, candidate.cell,
                       record, std::string_view(value).substr(body_at)},
                      of_entry);
  chain_entry(chained_, disposition, code, of_entry);
}

SharedChunk ChunkEncoder::finish(Instant recorded, Hash& chain_head) {
  const auto count = static_cast<std::uint32_t>(size());
  chain_head = next_head(chain_head, recorded, count, chained_);
  chunk_.recorded_ = recorded;
  std::string& value = chunk_.value_;
  overwrite(value, kRecordedAt, to_micros(recorded));
  overwrite(value, kChainHeadAt - sizeof(count), count);
  std::copy(chain_head.begin(), chain_head.end(), value.begin() + kChainHeadAt);
  overwrite(value, kChecksumAt, crc32c(std::string_view(value).substr(kChecksummedAt)));
  return std::make_shared<const StoredChunk>(std::move(chunk_));
}

Result<StoredChunk> StoredChunk::decode(model::Offset first, std::string value) {
  StoredChunk chunk;
  chunk.value_ = std::move(value);
  Reader reader(chunk.value_);
  const auto format = reader.little<std::uint8_t>();
  const auto checksum = reader.little<std::uint32_t>();
  if (!reader.good()) return broken(first, "it is cut short");
  if (!chunk.is_of_old_chain() && format != kFormat && format != kFormatWithForms) {
    return broken(first,
                  "its format is " + std::to_string(format) + ", this hub reads 1, 2, 4 and 7");
  }
  if (crc32c(std::string_view(chunk.value_).substr(kChecksummedAt)) != checksum) {
    return broken(first, "its checksum does not hold");
  }
  chunk.recorded_ = instant_from_micros(reader.little<std::int64_t>());
  chunk.first_ = model::Offset(reader.little<std::uint64_t>());
  chunk.first_sequence_ = model::Sequence(reader.little<std::uint64_t>());
  const auto count = reader.little<std::uint32_t>();
  reader.take(kHashBytes);
  reader.take(reader.little<std::uint8_t>());
  if (chunk.first_ != first) return broken(first, "it belongs to another offset");
  if (count > chunk.value_.size() / kErasedBytes) return broken(first, "its count is wrong");
  chunk.positions_.reserve(count);
  for (std::uint32_t index = 0; index < count && reader.good(); ++index) {
    chunk.positions_.push_back(static_cast<std::uint32_t>(reader.position()));
    const auto form = chunk.has_forms() ? static_cast<EntryForm>(reader.little<std::uint8_t>())
                                        : EntryForm::kWhole;
    const bool sound = form == EntryForm::kWhole ? pass_whole(reader) : pass_reduced(form, reader);
    if (!sound) return broken(first, "entry " + std::to_string(index) + " is not readable");
  }
  if (!reader.good() || !reader.at_end() || count == 0) {
    return broken(first, "its length is wrong");
  }
  return chunk;
}

std::string_view StoredChunk::source() const {
  const auto bytes = static_cast<unsigned char>(value_[kSourceAt]);
  return std::string_view(value_).substr(kSourceAt + 1, bytes);
}

std::string_view StoredChunk::chain_head() const {
  return std::string_view(value_).substr(kChainHeadAt, kHashBytes);
}

bool StoredChunk::has_forms() const {
  return value_.front() == kOldFormatWithForms || value_.front() == kFormatWithForms;
}

bool StoredChunk::is_of_old_chain() const {
  return value_.front() == kOldFormat || value_.front() == kOldFormatWithForms;
}

std::string_view StoredChunk::entry_bytes(std::size_t index) const {
  const std::size_t end = index + 1 < size() ? positions_[index + 1] : value_.size();
  return std::string_view(value_).substr(positions_[index], end - positions_[index]);
}

std::string StoredChunk::with_entries(std::string_view entries) const {
  std::string value = value_.substr(0, kSourceAt + 1 + source().size());
  value.append(entries);
  value.front() = static_cast<char>(is_of_old_chain() ? kOldFormatWithForms : kFormatWithForms);
  overwrite(value, kChecksumAt, crc32c(std::string_view(value).substr(kChecksummedAt)));
  return value;
}

EntryView StoredChunk::entry(std::size_t index) const {
  const char* at = value_.data() + positions_[index];
  if (has_forms()) {
    const auto form = static_cast<EntryForm>(field<std::uint8_t, 0>(at));
    Reader reader(std::string_view(value_).substr(positions_[index] + 1));
    if (form != EntryForm::kWhole) return read_reduced(form, reader);
    ++at;
  }
  // Its lengths were looked at by decode().
  EntryView entry;
  entry.disposition = disposition_at(at);
  entry.kind = static_cast<model::EventKind>(field<std::uint8_t, 1>(at));
  entry.refusal = static_cast<ErrorCode>(field<std::uint16_t, 2>(at));
  entry.revision = field<std::uint32_t, 4>(at);
  entry.occurred = instant_from_micros(field<std::int64_t, 8>(at));
  entry.cell = model::Cell(field<std::uint64_t, 16>(at));
  entry.salt = {at + 24, kSaltBytes};
  entry.record_id = {at + kEntryBytesFixed, record_bytes_at(at)};
  const std::string_view body{at + kEntryBytesFixed + entry.record_id.size(), body_bytes_at(at)};
  if (entry.disposition == Disposition::kStored) {
    entry.payload = body;
    return entry;
  }
  entry.hash = body.substr(0, kHashBytes);
  if (entry.disposition == Disposition::kRejected) {
    Reader refusal(body.substr(kHashBytes));
    entry.refusal_field = refusal.take(refusal.little<std::uint8_t>());
    entry.refusal_message = body.substr(kHashBytes + refusal.position());
  }
  return entry;
}

Hash StoredChunk::chained_hash(std::size_t index) const {
  const EntryView view = entry(index);
  if (!view.is_whole() || (is_of_old_chain() && !view.is_stored())) return Hash(view.hash);
  const std::string_view bytes = entry_bytes(index);
  const std::size_t before_body = (has_forms() ? 1 : 0) + kEntryBytesFixed + view.record_id.size();
  Hash hash;
  append_content_hash(view.salt,
                      {view.kind, view.revision, view.occurred, view.cell, view.record_id,
                       bytes.substr(before_body)},
                      hash);
  return hash;
}

Hash StoredChunk::recompute_chain_head(const Hash& before) const {
  std::string chained = chained_header(is_of_old_chain(), source(), first_, first_sequence_);
  for (std::size_t index = 0; index < size(); ++index) {
    const EntryView view = entry(index);
    chain_entry(chained, view.disposition, view.refusal, chained_hash(index));
  }
  return next_head(before, recorded_, static_cast<std::uint32_t>(size()), chained);
}

std::optional<model::SourceName> source_of(const StoredChunk& chunk) {
  if (chunk.source() == model::SourceName::hub().text()) return model::SourceName::hub();
  return model::SourceName::parse(chunk.source());
}

Result<Chunk> to_chunk(const SharedChunk& stored, const RecordKeys* keys) {
  Chunk chunk;
  chunk.keys = keys;
  chunk.bytes = stored;
  const auto source = source_of(*stored);
  if (!source) return broken(stored->first(), "its source has no valid name");
  chunk.source = *source;
  chunk.first = stored->first();
  chunk.recorded = stored->recorded();
  chunk.entries.resize(stored->size());
  for (std::size_t index = 0; index < stored->size(); ++index) {
    const EntryView view = stored->entry(index);
    Entry& entry = chunk.entries[index];
    entry.sequence = stored->first_sequence().plus(index);
    entry.disposition = view.disposition;
    entry.kind = view.kind;
    entry.revision = view.revision;
    entry.record_id = view.record_id;
    entry.occurred = view.occurred;
    entry.cell = view.cell;
    entry.payload = view.payload;
    entry.refusal = view.refusal;
    entry.form = view.form;
    if (!view.key.empty()) entry.key = decode_key(view.key);
    if (view.form != EntryForm::kSkeleton) continue;
    // It was looked at by decode().
    entry.skeleton = std::make_shared<const Skeleton>(*decode_skeleton(view.skeleton));
    entry.cell = entry.skeleton->cell;
  }
  return chunk;
}

}  // namespace commonwatch::storage
