#include "clients/cli/input/event_reader.h"

#include <array>
#include <string_view>
#include <utility>

#include "clients/cli/input/readers.h"

namespace commonwatch::cli {
namespace {

Format format_of_name(std::string_view path) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  for (const char* end : {".ndjson", ".jsonl", ".json"}) {
    if (path.ends_with(end)) return Format::kNdjson;
  }
  for (const char* end : {".pb", ".binpb", ".protobuf"}) {
    if (path.ends_with(end)) return Format::kProtobuf;
  }
  return path.ends_with(".csv") || path.ends_with(".tsv") ? Format::kCsv : Format::kAuto;
}

// A line of JSON begins with a brace. So does a protobuf event of 123 bytes, but the first byte of
// its record_id is a newline, with which no line of JSON goes on.
Format format_of_content(InputWindow& window) {
  constexpr std::size_t kTellingBytes = 8;
  while (window.bytes().size() < kTellingBytes && window.fill()) {
  }
  const std::string_view bytes = window.bytes();
  if (bytes.size() >= 2 && bytes[1] == '\n' && bytes[0] != '\n' && bytes[0] != '}') {
    return Format::kProtobuf;
  }
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first != std::string_view::npos && bytes[first] == '{') return Format::kNdjson;
  const bool long_event =
      bytes.size() >= 3 && (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 && bytes[2] == '\n';
  return long_event ? Format::kProtobuf : Format::kCsv;
}

}  // namespace

InputError position_error(const std::string& name, std::uint64_t position) {
  return InputError("no record of " + name + " ends at byte " + std::to_string(position) +
                    ", where reading was to go on: it is not the input that was begun; start anew");
}

std::unique_ptr<EventReader> open_reader(const InputOptions& options) {
  const std::string name = options.path == "-" ? "standard input" : options.path;
  std::optional<Mapping> mapping;
  if (options.mapping) mapping = load_mapping(*options.mapping);
  InputWindow window(open_bytes(options.path, options.follow));
  Format format = options.format;
  if (format == Format::kAuto && mapping) format = Format::kCsv;
  if (format == Format::kAuto) format = format_of_name(options.path);
  if (format == Format::kAuto) format = format_of_content(window);
  if (format == Format::kNdjson) return make_ndjson_reader(std::move(window), name, options.follow);
  if (format == Format::kProtobuf) {
    return make_protobuf_reader(std::move(window), name, options.follow);
  }
  if (!mapping) {
    throw InputError(name + " looks like CSV and no mapping says what its columns mean; give one " +
                     "with --map FILE, clients/mappings has an example");
  }
  return make_csv_reader(std::move(window), std::move(*mapping), name, options.follow);
}

}  // namespace commonwatch::cli
