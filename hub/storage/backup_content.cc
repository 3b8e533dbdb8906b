#include "hub/storage/backup_content.h"

#include "hub/storage/byte_codec.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

constexpr std::uint8_t kFormat = 1;

void put_text(std::string& to, std::string_view text) {
  put_little(to, static_cast<std::uint32_t>(text.size()));
  to.append(text);
}

std::string take_text(Reader& reader) {
  const auto size = reader.little<std::uint32_t>();
  return std::string(reader.take(size));
}

}  // namespace

std::string encode_backup_record(const BackupRecord& record) {
  std::string bytes;
  put_little(bytes, kFormat);
  put_little(bytes, to_micros(record.taken));
  put_little(bytes, record.end.value());
  bytes.append(record.chain_head);
  put_text(bytes, record.record_key);
  put_text(bytes, record.tokens);
  return bytes;
}

std::optional<BackupRecord> decode_backup_record(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.little<std::uint8_t>() != kFormat) return std::nullopt;
  BackupRecord record;
  record.taken = instant_from_micros(reader.little<std::int64_t>());
  record.end = model::Offset(reader.little<std::uint64_t>());
  record.chain_head = Hash(reader.take(kHashBytes));
  record.record_key = take_text(reader);
  record.tokens = take_text(reader);
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return record;
}

std::string encode_backup_completion(const BackupCompletion& completion) {
  std::string bytes;
  put_little(bytes, kFormat);
  put_little(bytes, completion.number);
  put_little(bytes, completion.end_max.value());
  return bytes;
}

std::optional<BackupCompletion> decode_backup_completion(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.little<std::uint8_t>() != kFormat) return std::nullopt;
  BackupCompletion completion;
  completion.number = reader.little<std::uint32_t>();
  completion.end_max = model::Offset(reader.little<std::uint64_t>());
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return completion;
}

}  // namespace commonwatch::storage
