// Events from files and pipes: CSV through a mapping, NDJSON, length-delimited protobuf; each plain
// or gzipped, which is recognised by content. Input is read as a stream and never held whole.
//
//   auto reader = open_reader({.path = "calls.csv.gz", .mapping = "calls.toml"});
//   while (auto item = reader->next()) {
//     if (auto* read = std::get_if<ReadEvent>(&*item)) send(read->event);
//     else report(std::get<ReadFault>(*item));
//   }
//   save(reader->position());
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include "commonwatch/v1/event.pb.h"

namespace commonwatch::cli {

// A line of CSV or NDJSON, a CSV row with its embedded newlines, or a protobuf event may not be
// longer. What is longer is one fault; reading goes on behind it.
inline constexpr std::size_t kRecordBytesMax = 1U << 20U;
// Columns of a CSV row.
inline constexpr std::size_t kColumnsMax = 4096;

// The input cannot be read at all, or not any further: what, where, what next. Faults of a mapping
// file come all together, one a line, as `FILE:LINE: sentence`.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Format : std::uint8_t {
  kAuto,      // by mapping (CSV), then by name, then by content
  kCsv,       // RFC 4180 with a header row; needs a mapping
  kNdjson,    // one Event in proto3 JSON a line; empty lines are skipped
  kProtobuf,  // Events, each after its length as a varint
};

struct ReadEvent {
  v1::Event event;
  // The line on which the record begins, from 1; for protobuf the ordinal of the event, from 1.
  std::uint64_t line = 0;
};

// One record that is no event. The reader goes on behind it.
struct ReadFault {
  std::uint64_t line = 0;  // as in ReadEvent
  std::string field;       // path in Event, or the CSV column; may be empty
  std::string message;     // what, where, what next
};

using ReadItem = std::variant<ReadEvent, ReadFault>;

// Not thread-safe; blocks while it reads.
class EventReader {
 public:
  virtual ~EventReader() = default;
  // The next record; nothing at the end. With `follow`, ask again later: the input may have grown.
  // Throws InputError when the input cannot be read further (I/O error, damaged gzip).
  virtual std::optional<ReadItem> next() = 0;
  // Where reading stands, behind all that next() gave: bytes of the (decompressed) input. Grows.
  virtual std::uint64_t position() const = 0;
  // Goes on where another reader of the same input stood, as if this one had read all before it.
  // Only on a fresh reader. Throws InputError if no record ends there: the input is another one.
  virtual void skip_to(std::uint64_t position) = 0;
  // Rows that the mapping's filters left out so far.
  virtual std::uint64_t filtered() const { return 0; }
};

struct InputOptions {
  std::string path;  // "-" is standard input
  Format format = Format::kAuto;
  std::optional<std::filesystem::path> mapping{};  // for CSV
  // The input may grow: a last line without its newline is left until it is whole. Not for gzip.
  bool follow = false;
};

// Throws InputError: no such file, no or a wrong mapping, a header without a column it needs.
// Nothing is read from a pipe before the first next(), unless the format has to be found out.
std::unique_ptr<EventReader> open_reader(const InputOptions& options);

}  // namespace commonwatch::cli
