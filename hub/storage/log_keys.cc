#include "hub/storage/log_keys.h"

#include "hub/storage/byte_codec.h"
#include "hub/storage/record_keys.h"

namespace commonwatch::storage {
namespace {

// Makes negative hours sort before positive ones.
constexpr std::uint64_t kSignBit = 1ULL << 63U;

}  // namespace

std::string offset_key(model::Offset offset) {
  std::string key;
  put_big(key, offset.value());
  return key;
}

std::optional<model::Offset> decode_offset_key(std::string_view key) {
  Reader reader(key);
  const model::Offset offset(reader.big<std::uint64_t>());
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return offset;
}

std::string encode_source_state(const SourceState& state) {
  std::string value;
  put_little(value, kLogFormat);
  put_little(value, state.number.value());
  put_little(value, state.last.value());
  return value;
}

std::optional<SourceState> decode_source_state(std::string_view value) {
  Reader reader(value);
  const auto format = reader.little<std::uint8_t>();
  SourceState state;
  state.number = SourceNumber(reader.little<std::uint32_t>());
  state.last = model::Sequence(reader.little<std::uint64_t>());
  if (!reader.good() || !reader.at_end() || format != kLogFormat) return std::nullopt;
  return state;
}

std::string encode_number(std::uint64_t number) {
  std::string value;
  put_little(value, kLogFormat);
  put_little(value, number);
  return value;
}

std::optional<std::uint64_t> decode_number(std::string_view value) {
  Reader reader(value);
  const auto format = reader.little<std::uint8_t>();
  const auto number = reader.little<std::uint64_t>();
  if (!reader.good() || !reader.at_end() || format != kLogFormat) return std::nullopt;
  return number;
}

std::string encode_presence() { return std::string(1, static_cast<char>(kLogFormat)); }

std::string record_prefix(SourceNumber source, const model::RecordKey& record) {
  std::string key;
  put_big(key, source.value());
  key.append(encode_key(record));
  return key;
}

std::string record_key(SourceNumber source, const model::RecordKey& record,
                       std::uint32_t revision) {
  std::string key = record_prefix(source, record);
  put_big(key, revision);
  return key;
}

std::uint32_t revision_of_record_key(std::string_view key) {
  return Reader(key.substr(key.size() - sizeof(std::uint32_t))).big<std::uint32_t>();
}

std::string sequence_key(SourceNumber source, model::Sequence first) {
  std::string key;
  put_big(key, source.value());
  put_big(key, first.value());
  return key;
}

std::int64_t hour_of(Instant instant) {
  return std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count();
}

model::Cell coarse_cell(model::Cell cell) {
  if (!cell.is_valid()) return {};
  return cell.level() > model::kTileLevel ? cell.parent(model::kTileLevel) : cell;
}

std::string encode_occurred_key(const OccurredKey& key) {
  std::string bytes;
  put_big(bytes, static_cast<std::uint64_t>(key.hour) ^ kSignBit);
  put_big(bytes, key.cell.id());
  put_big(bytes, key.chunk.value());
  return bytes;
}

std::optional<OccurredKey> decode_occurred_key(std::string_view bytes) {
  Reader reader(bytes);
  OccurredKey key;
  key.hour = static_cast<std::int64_t>(reader.big<std::uint64_t>() ^ kSignBit);
  key.cell = model::Cell(reader.big<std::uint64_t>());
  key.chunk = model::Offset(reader.big<std::uint64_t>());
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return key;
}

}  // namespace commonwatch::storage
