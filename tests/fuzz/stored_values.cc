// Invariants checked: any bytes are a key or value of the log, its indexes, the audit log or a
// backup, or they are none; those that are one are written again as the same bytes, or, where there
// was an older form, as bytes that mean the same.
#include <cstring>

#include "hub/storage/audit_codec.h"
#include "hub/storage/backup_content.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/erasure_task.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/retention_task.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

void check_numbers(std::string_view bytes) {
  if (const auto number = storage::decode_number(bytes)) {
    require(storage::encode_number(*number) == bytes);
  }
  if (const auto state = storage::decode_source_state(bytes)) {
    require(storage::encode_source_state(*state) == bytes);
  }
  if (storage::decode_reduced(bytes)) require(bytes.size() == 17);
}

void check_keys(std::string_view bytes) {
  if (const auto offset = storage::decode_offset_key(bytes)) {
    require(storage::offset_key(*offset) == bytes);
  }
  if (const auto sequence = storage::decode_audit_key(bytes)) {
    require(storage::audit_key(*sequence) == bytes);
  }
  if (const auto key = storage::decode_occurred_key(bytes)) {
    require(storage::encode_occurred_key(*key) == bytes);
    const model::Cell coarse = storage::coarse_cell(key->cell);
    require(!coarse.is_valid() || coarse.level() <= model::kTileLevel);
  }
}

void check_reduction(std::string_view bytes) {
  if (const auto erasing = storage::decode_erasing(bytes)) {
    require(erasing->rewritten <= erasing->entries.size());
    require(storage::encode_erasing(*erasing) == bytes);
  }
  if (const auto skeleton = storage::decode_skeleton(bytes)) {
    require(storage::decode_skeleton(storage::encode_skeleton(*skeleton)) == *skeleton);
  }
}

void check_audit(std::string bytes) {
  constexpr std::size_t kBodyAt = 5;
  if (bytes.size() > kBodyAt) {
    const auto sum = storage::crc32c(std::string_view(bytes).substr(kBodyAt));
    std::memcpy(bytes.data() + 1, &sum, sizeof(sum));
  }
  const auto record = storage::decode_audit_value(model::AuditSequence(7), bytes);
  if (!record) {
    fuzz::check_error(record.error());
  } else {
    require(storage::encode_audit_value(record->at, record->head, record->payload) == bytes);
  }
  const auto anchor = storage::decode_anchor(bytes);
  if (!anchor) return fuzz::check_error(anchor.error());
  require(storage::encode_anchor(*anchor) == bytes);
  require(anchor->head().size() == storage::Hash(anchor->before).size());
}

void check_backup(std::string_view bytes) {
  if (const auto record = storage::decode_backup_record(bytes)) {
    require(storage::encode_backup_record(*record) == bytes);
  }
  if (const auto completion = storage::decode_backup_completion(bytes)) {
    require(storage::encode_backup_completion(*completion) == bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  check_numbers(bytes);
  check_keys(bytes);
  check_reduction(bytes);
  check_audit(std::string(bytes));
  check_backup(bytes);
  return 0;
}
