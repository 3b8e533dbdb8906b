// Keys and small values of the log and its indexes. docs/LOG_FORMAT.md states each.
// Decoders give nothing for bytes that are not of this format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/model/record.h"
#include "hub/storage/event_log.h"

namespace commonwatch::storage {

// The hub's short number of a source: 1, 2, 3, in order of first appearance.
using SourceNumber = StrongId<struct SourceNumberTag, std::uint32_t>;

struct SourceState {
  SourceNumber number;
  model::Sequence last;
};

// --- the log ---------------------------------------------------------------------------------

inline constexpr std::uint8_t kLogFormat = 1;
inline constexpr const char* kFormatKey = "format";
inline constexpr const char* kEpochKey = "epoch";
inline constexpr const char* kClockKey = "clock";
inline constexpr const char* kCeilingKey = "ceiling";
// Which key the log's records are named under, once something was reduced or erased.
inline constexpr const char* kRecordKeysKey = "keys";
inline constexpr const char* kReducedKey = "reduced";
inline constexpr const char* kLastErasureKey = "erased";
inline constexpr const char* kErasingKey = "erasing";
// Followed by the source's name.
inline constexpr const char* kReductionPrefix = "reduction/";

std::string offset_key(model::Offset offset);  // of chunks and of the hub's own events
std::optional<model::Offset> decode_offset_key(std::string_view key);

std::string encode_source_state(const SourceState& state);
std::optional<SourceState> decode_source_state(std::string_view value);

// A number with the format byte before it: every value of meta, and the indexes' offsets.
std::string encode_number(std::uint64_t number);
std::optional<std::uint64_t> decode_number(std::string_view value);

// A value that says nothing but that its key is there.
std::string encode_presence();

// --- indexes ---------------------------------------------------------------------------------

inline constexpr const char* kAppliedKey = "applied";
// Of the indexes, and the key that their records are named under: others are built anew.
inline constexpr std::uint64_t kIndexFormat = 2;
inline constexpr const char* kIndexFormatKey = "format";
inline constexpr const char* kIndexRecordKeysKey = "keys";

// record: which stored entry has this record (by its keyed hash) and revision.
std::string record_prefix(SourceNumber source, const model::RecordKey& key);
std::string record_key(SourceNumber source, const model::RecordKey& key, std::uint32_t revision);
std::uint32_t revision_of_record_key(std::string_view key);

// sequence: which chunk begins with this sequence.
std::string sequence_key(SourceNumber source, model::Sequence first);

// occurred: chunks by hour and coarse cell of what they hold.
struct OccurredKey {
  std::int64_t hour = 0;  // since 1970, rounded down
  model::Cell cell;       // of model::kTileLevel; none: no location
  model::Offset chunk;
  friend auto operator<=>(const OccurredKey&, const OccurredKey&) = default;
};
std::int64_t hour_of(Instant instant);
model::Cell coarse_cell(model::Cell cell);
std::string encode_occurred_key(const OccurredKey& key);
std::optional<OccurredKey> decode_occurred_key(std::string_view key);

}  // namespace commonwatch::storage
