#include "hub/wire/json_text.h"

#include <boost/json/parse.hpp>

namespace commonwatch::wire {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Steps through text that is known to be JSON, so that every loop ends at a bracket or quote.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void skip_character() { ++at_; }

  // The value that begins here, whatever it is.
  std::string_view take_value() {
    const char first = peek();
    const std::size_t start = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_nested();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    return text_.substr(start, at_ - start);
  }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_nested() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string name_of(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    return std::string(quoted.substr(1, quoted.size() - 2));
  }
  const auto value = parse_json(quoted);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kNestingMax;
  boost::system::error_code error;
  auto value = boost::json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

std::vector<JsonMember> members_of(std::string_view text) {
  std::vector<JsonMember> members;
  Scanner scanner(text);
  if (scanner.peek() != '{') return members;
  scanner.skip_character();
  while (scanner.peek() == '"') {
    std::string name = name_of(scanner.take_value());
    if (scanner.peek() == ':') scanner.skip_character();
    members.push_back({std::move(name), scanner.take_value()});
    if (scanner.peek() == ',') scanner.skip_character();
  }
  return members;
}

std::vector<std::string_view> elements_of(std::string_view text) {
  std::vector<std::string_view> elements;
  Scanner scanner(text);
  if (scanner.peek() != '[') return elements;
  scanner.skip_character();
  for (char next = scanner.peek(); next != ']' && next != '\0'; next = scanner.peek()) {
    elements.push_back(scanner.take_value());
    if (scanner.peek() == ',') scanner.skip_character();
  }
  return elements;
}

std::string_view trim_json(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace commonwatch::wire
