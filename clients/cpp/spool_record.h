// The records of a spool, and how they stand in a segment file.
//
// Segment: 8 bytes `CWSPOOL1`, then records. Record: body length (u32), CRC-32C of the body (u32),
// body. Body: type (u8), then its values; integers little-endian u64, strings after their length
// (u32). The first record of a segment is a State: what all segments before it amount to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "clients/cpp/numbering.h"

namespace commonwatch::client {

inline constexpr std::string_view kSegmentMagic = "CWSPOOL1";
inline constexpr std::size_t kRecordHeaderBytes = 8;
inline constexpr std::size_t kRecordBodyBytesMax = 4U << 20U;

// A name and number that the caller wants kept with the events: how far an input is spooled.
struct Mark {
  std::string key;  // empty: no mark
  std::uint64_t value = 0;
};

// The marks that were set last; of an input whose mark is forgotten everything is spooled again.
class Marks {
 public:
  static constexpr std::size_t kMarksMax = 4096;

  void set(const Mark& mark);
  std::map<std::string, std::uint64_t> by_key() const;
  // From the one that was set longest ago.
  std::vector<Mark> in_order() const;

 private:
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> marks_;  // value, when set
  std::map<std::uint64_t, std::string> order_;                            // when set, key
  std::uint64_t sets_ = 0;
};

struct SpoolState {
  std::uint64_t next_index = 1;
  std::uint64_t acknowledged_index = 0;
  Numbering numbering;
  Marks marks;
};

struct EventRecord {
  std::uint64_t index = 0;
  std::string payload;  // an encoded Event
  std::string origin;   // where it came from, for messages: `calls.csv:4182`
  Mark mark;
};
struct NumberingRecord {
  NumberingSpan span;
};
struct AcknowledgedRecord {
  std::uint64_t index = 0;
};
struct MarkRecord {
  Mark mark;
};

using SpoolRecord =
    std::variant<SpoolState, EventRecord, NumberingRecord, AcknowledgedRecord, MarkRecord>;

// Appends the record, framed, to `out`.
void encode_record(const SpoolRecord& record, std::string& out);

enum class DecodeStatus : std::uint8_t {
  kRecord,      // `record` and `size` are set
  kIncomplete,  // the bytes end before the record does
  kDamaged,     // the length is impossible, the checksum wrong, or the body no record
};
struct DecodedRecord {
  DecodeStatus status = DecodeStatus::kIncomplete;
  SpoolRecord record;
  std::size_t size = 0;  // of the frame, header included; with kDamaged 0 if it cannot be known
};
DecodedRecord decode_record(std::string_view bytes);

// What a record changes.
void apply_record(const SpoolRecord& record, SpoolState& state);

}  // namespace commonwatch::client
