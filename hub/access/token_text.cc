// The file of tokens as text: a line that names the format, a line a token, a line with the sum.
#include <charconv>
#include <utility>

#include "hub/access/digest.h"
#include "hub/access/token_store.h"

namespace commonwatch::access {
namespace {

constexpr std::string_view kHead = "commonwatch tokens 1";
constexpr std::string_view kSum = "sha256 ";
constexpr std::string_view kNone = "-";
constexpr std::size_t kFields = 10;

std::string field(const std::optional<Instant>& time) {
  return time ? to_rfc3339(*time) : std::string(kNone);
}

std::string encode_line(const StoredToken& token) {
  const std::int64_t day = *token.last_used_day;
  const std::string fields[kFields] = {
      token.id,
      to_hex(token.sha256),
      token.account,
      token.device ? token.device->text() : std::string(kNone),
      to_rfc3339(token.created),
      to_rfc3339(token.expires),
      field(token.revoked),
      day == 0 ? std::string(kNone) : to_rfc3339(Instant(std::chrono::days(day))).substr(0, 10),
      token.created_by,
      token.note};
  std::string line;
  for (const std::string& text : fields) line += (line.empty() ? "" : "\t") + text;
  return line + "\n";
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    const auto tab = line.find('\t');
    fields.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

bool read_time(const std::string& text, Instant& time) {
  const auto parsed = parse_rfc3339(text);
  if (parsed) time = *parsed;
  return parsed.has_value();
}

std::optional<StoredToken> decode_line(std::string_view line) {
  const auto fields = split(line);
  if (fields.size() != kFields) return std::nullopt;
  StoredToken token;
  token.id = fields[0];
  token.sha256 = from_hex(fields[1]);
  token.account = fields[2];
  token.created_by = fields[8];
  token.note = fields[9];
  if (token.id.empty() || token.sha256.size() != kDigestBytes || token.account.empty() ||
      !read_time(fields[4], token.created) || !read_time(fields[5], token.expires)) {
    return std::nullopt;
  }
  if (fields[3] != kNone) {
    token.device = model::SourceName::parse(fields[3]);
    if (!token.device) return std::nullopt;
  }
  if (fields[6] != kNone && !read_time(fields[6], token.revoked.emplace())) return std::nullopt;
  if (fields[7] != kNone) {
    const auto day = parse_rfc3339(fields[7] + "T00:00:00Z");
    if (!day) return std::nullopt;
    *token.last_used_day = day_of(*day);
  }
  return token;
}

Error damaged(std::size_t line, const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "line " + std::to_string(line) + " of the tokens: " + what +
                        "; restore the file from a backup, or move it away and make new tokens");
}

}  // namespace

std::string encode_tokens(const std::vector<StoredToken>& tokens) {
  std::string text = std::string(kHead) + "\n";
  for (const StoredToken& token : tokens) text += encode_line(token);
  return text + std::string(kSum) + to_hex(sha256(text)) + "\n";
}

Result<std::vector<StoredToken>> decode_tokens(std::string_view text) {
  std::vector<StoredToken> tokens;
  if (text.empty()) return tokens;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return damaged(number + 1, "it is cut off");
    const std::string_view line = rest.substr(0, end);
    const auto begin = static_cast<std::size_t>(line.data() - text.data());
    rest.remove_prefix(end + 1);
    ++number;
    if (number == 1) {
      if (line != kHead) return damaged(1, "it is not \"" + std::string(kHead) + "\"");
      continue;
    }
    if (line.starts_with(kSum)) {
      if (line.substr(kSum.size()) != to_hex(sha256(text.substr(0, begin)))) {
        return damaged(number, "the sum does not fit what stands above it");
      }
      if (!rest.empty()) return damaged(number + 1, "something stands behind the sum");
      return tokens;
    }
    auto token = decode_line(line);
    if (!token) return damaged(number, "it is not a token's");
    tokens.push_back(*std::move(token));
  }
  return damaged(number, "the sum is missing behind it");
}

}  // namespace commonwatch::access
