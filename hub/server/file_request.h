// What a request for a file asks for: which part, in which coding, and whether it is there already.
// RFC 9110, sections 12.5.3, 13.1.2 and 14. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace commonwatch::server {

// A coding in which a file may stand beside the plain one, as NAME.br or NAME.gz.
struct Coding {
  std::string_view name;    // of Accept-Encoding
  std::string_view suffix;  // of the file
};

inline constexpr Coding kCodings[] = {{"br", ".br"}, {"gzip", ".gz"}};  // best first

// Whether `accept_encoding` takes the coding: named, or under `*`, and not with a weight of 0.
bool accepts(std::string_view accept_encoding, std::string_view coding);

// Whether the client holds `etag` already: `if_none_match` is `*`, or a list that names it.
bool is_held(std::string_view if_none_match, std::string_view etag);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

enum class RangeVerdict {
  kWhole,  // no range, several, another unit, or none that can be read: all of it
  kPart,
  kNotSatisfiable,  // it begins behind the end
};

struct RangeOutcome {
  RangeVerdict verdict = RangeVerdict::kWhole;
  ByteRange range;  // with kWhole: all of it
};

// `range`: the header, empty if absent.
RangeOutcome read_range(std::string_view range, std::uint64_t size);

// Of a name of the build that changes with its content, as `main-Bx3_9aQz.js`: kept for ever.
bool is_hashed_name(std::string_view path);

struct ContentType {
  std::string_view name;
  bool compressible = false;  // may stand in a coding beside the plain file
};
// By the ending of the name.
ContentType content_type_of(std::string_view path);

}  // namespace commonwatch::server
