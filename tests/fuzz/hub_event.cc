// Invariants checked: a payload is an event of the hub's own or refused with a sentence, and so are
// the bytes of an audit record; what was read, written and read again is the same; an audit record
// is one line of JSON.
#include "hub/wire/hub_event.h"

#include "hub/wire/audit_record.h"
#include "hub/wire/json_text.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

void check_event(std::string_view bytes) {
  const auto event = wire::decode_hub_event(bytes);
  if (!event) return fuzz::check_error(event.error());
  const std::string written = wire::encode_hub_event(*event);
  const auto again = wire::decode_hub_event(written);
  require(again.has_value());
  // By bytes: a number may be none (NaN), which equals nothing.
  require(again->index() == event->index() && wire::encode_hub_event(*again) == written);
  if (const auto* rewritten = std::get_if<wire::Rewritten>(&*event)) {
    require(rewritten->hashes.size() == 32 * rewritten->chunks.size());
  }
  if (const auto* calibration = std::get_if<wire::Calibration>(&*event)) {
    require(calibration->scores.size() == calibration->interval_days.size());
  }
}

void check_audit(std::string_view bytes) {
  const auto record = wire::decode_audit_record(bytes);
  if (!record) return fuzz::check_error(record.error());
  const auto again = wire::decode_audit_record(wire::encode_audit_record(*record));
  require(again.has_value() && *again == *record);
  const std::string line = wire::encode_audit_json(model::AuditSequence(7), *record);
  require(line.find('\n') == std::string::npos);
  require(wire::parse_json(line).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_event(fuzz::text_of(data, size));
  check_audit(fuzz::text_of(data, size));
  return 0;
}
