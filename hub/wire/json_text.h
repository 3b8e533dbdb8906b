// JSON as text: checked once, then cut into parts that keep every character they came with. Numbers
// above all: reading and writing them again could change their last digit.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonwatch::wire {

// Levels of nesting that a message may have; the deepest one of the contract has ten.
inline constexpr int kNestingMax = 32;

// Strict RFC 8259 in UTF-8, at most kNestingMax deep; nothing if it is anything else.
std::optional<boost::json::value> parse_json(std::string_view text);

struct JsonMember {
  std::string name;
  std::string_view value;
};

// The parts of an object or array. `text` was accepted by parse_json, begins with its bracket, and
// is what the views point into. Repeated names are kept.
std::vector<JsonMember> members_of(std::string_view text);
std::vector<std::string_view> elements_of(std::string_view text);

// Without the white space around it.
std::string_view trim_json(std::string_view text);

// At most `bytes_max` bytes of UTF-8 text, cut between characters: for what is quoted in a message.
std::string shorten(std::string_view text, std::size_t bytes_max);

}  // namespace commonwatch::wire
