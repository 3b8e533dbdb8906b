#include "hub/server/file_request.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace commonwatch::server {
namespace {

constexpr std::size_t kHashLength = 8;

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes what stands before the next `separator` off the front.
std::string_view take(std::string_view& rest, char separator) {
  const std::string_view taken = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return trim(taken);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// `q=0`, `q=0.0`, `q=0.000`.
bool is_zero_weight(std::string_view parameter) {
  if (parameter.size() < 3 || std::tolower(static_cast<unsigned char>(parameter[0])) != 'q' ||
      parameter[1] != '=') {
    return false;
  }
  return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

// Nothing: no number, or beyond 64 bits.
std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool accepts(std::string_view accept_encoding, std::string_view coding) {
  bool others = false;
  while (!accept_encoding.empty()) {
    std::string_view element = take(accept_encoding, ',');
    const std::string_view name = take(element, ';');
    const bool taken = !is_zero_weight(trim(element));
    if (equals_ignoring_case(name, coding)) return taken;
    if (name == "*") others = taken;
  }
  return others;
}

bool is_held(std::string_view if_none_match, std::string_view etag) {
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view one = take(if_none_match, ',');
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
  }
  return false;
}

RangeOutcome read_range(std::string_view range, std::uint64_t size) {
  const RangeOutcome whole{RangeVerdict::kWhole, {0, size}};
  constexpr std::string_view kUnit = "bytes=";
  if (!equals_ignoring_case(range.substr(0, kUnit.size()), kUnit)) return whole;
  const std::string_view spec = trim(range.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view left = spec.substr(0, dash);
  const std::string_view right = spec.substr(dash + 1);
  const auto last = read_number(right);
  if (!right.empty() && !last) return whole;
  if (left.empty()) {  // the last so many
    if (!last) return whole;
    if (*last == 0 || size == 0) return {RangeVerdict::kNotSatisfiable, {}};
    const std::uint64_t length = std::min(*last, size);
    return {RangeVerdict::kPart, {size - length, length}};
  }
  const auto first = read_number(left);
  if (!first || (last && *last < *first)) return whole;
  if (*first >= size) return {RangeVerdict::kNotSatisfiable, {}};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {RangeVerdict::kPart, {*first, end - *first + 1}};
}

bool is_hashed_name(std::string_view path) {
  if (!path.starts_with("assets/")) return false;
  const std::string_view stem = path.substr(0, path.rfind('.'));
  if (stem.size() == path.size() || stem.size() <= kHashLength) return false;
  const std::string_view hash = stem.substr(stem.size() - kHashLength);
  const bool readable = std::all_of(hash.begin(), hash.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
  return readable && stem[stem.size() - kHashLength - 1] == '-';
}

ContentType content_type_of(std::string_view path) {
  static constexpr std::pair<std::string_view, ContentType> kTypes[] = {
      {".html", {"text/html; charset=utf-8", true}},
      {".js", {"text/javascript; charset=utf-8", true}},
      {".mjs", {"text/javascript; charset=utf-8", true}},
      {".css", {"text/css; charset=utf-8", true}},
      {".json", {"application/json", true}},
      {".geojson", {"application/geo+json", true}},
      {".webmanifest", {"application/manifest+json", true}},
      {".svg", {"image/svg+xml", true}},
      {".txt", {"text/plain; charset=utf-8", true}},
      {".png", {"image/png"}},
      {".ico", {"image/vnd.microsoft.icon"}},
      {".woff2", {"font/woff2"}},
      {".pmtiles", {"application/vnd.pmtiles"}},
  };
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return {"application/octet-stream"};
}

}  // namespace commonwatch::server
