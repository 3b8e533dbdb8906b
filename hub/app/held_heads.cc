#include "hub/app/held_heads.h"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>

namespace commonwatch::app {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kBase64Chars = 44;
constexpr std::string_view kLine = "chain heads:";

Error refusal(const std::string& text, const std::string& why) {
  return make_error(ErrorCode::kInvalidRequest,
                    "'" + text + "' is no head: " + why +
                        "; write HASH, PLACE:HASH or PARTNER/SOURCE:SEQUENCE:HASH, the hash in 64 "
                        "hexadecimal digits or in base64",
                    "head");
}

std::optional<int> digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    const auto high = digit_of(text[at]);
    const auto low = digit_of(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<char>(*high * 16 + *low));
  }
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU));
  }
  return bytes;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Of a line of the system log the word behind `events` or `audit`.
std::optional<std::string> head_of_line(const std::string& line, Chain chain) {
  const auto at = line.find(kLine);
  if (at == std::string::npos) return std::nullopt;
  std::istringstream words(line.substr(at + kLine.size()));
  for (std::string word, head; words >> word >> head;) {
    if (word == (chain == Chain::kEvents ? "events" : "audit")) return head;
  }
  return std::nullopt;
}

}  // namespace

Result<storage::HeldHead> parse_held_head(const std::string& text, Chain chain) {
  storage::HeldHead held;
  const auto last = text.rfind(':');
  const std::string hash = last == std::string::npos ? text : text.substr(last + 1);
  const auto bytes = hash.size() == kBase64Chars ? from_base64(hash) : from_hex(hash);
  if (!bytes || bytes->size() != kHashBytes) return refusal(text, "its hash is not of 32 bytes");
  held.hash = *bytes;
  if (last == std::string::npos) return held;
  const std::string before = text.substr(0, last);
  const auto middle = before.rfind(':');
  if (middle == std::string::npos) {
    held.place = number_of(before);
    if (!held.place) return refusal(text, "what stands before the hash is no number");
    return held;
  }
  if (chain == Chain::kAudit) return refusal(text, "the audit log has no sources");
  const auto source = model::SourceName::parse(before.substr(0, middle));
  const auto sequence = number_of(before.substr(middle + 1));
  if (!source || !sequence) return refusal(text, "it names no source and sequence");
  held.acknowledged = {{*source, model::Sequence(*sequence)}};
  return held;
}

Result<std::vector<storage::HeldHead>> read_held_heads(const std::filesystem::path& file,
                                                       Chain chain) {
  std::ifstream lines(file);
  if (!lines) {
    return make_error(ErrorCode::kNotFound, file.string() + " cannot be read; check the path");
  }
  std::vector<storage::HeldHead> heads;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    auto head = parse_held_head(head_of_line(line, chain).value_or(line), chain);
    if (!head) return head.error();
    heads.push_back(std::move(*head));
  }
  return heads;
}

Result<std::vector<storage::HeldHead>> read_given_heads(const std::vector<std::string>& texts,
                                                        const std::string& file, Chain chain) {
  std::vector<storage::HeldHead> held;
  if (!file.empty()) {
    auto read = read_held_heads(file, chain);
    if (!read) return read.error();
    held = *std::move(read);
  }
  for (const std::string& text : texts) {
    auto head = parse_held_head(text, chain);
    if (!head) return head.error();
    held.push_back(*std::move(head));
  }
  return held;
}

}  // namespace commonwatch::app
