#include "hub/access/token_store.h"

#include <algorithm>
#include <utility>

#include "hub/access/digest.h"
#include "hub/access/token.h"

namespace commonwatch::access {
namespace {

constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kNoteBytesMax = 200;
// How long a token that ended is still listed, and told from one that never was.
constexpr auto kForgetAfter = std::chrono::days(365);

bool is_line(const std::string& text) {
  return text.size() <= kNoteBytesMax &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Error invalid(std::string message, const char* field) {
  return make_error(ErrorCode::kInvalidRequest, std::move(message), field);
}

Instant ended_at(const StoredToken& token) { return token.revoked.value_or(token.expires); }

Result<void> check(const TokenRequest& request, const Directory& directory, Instant now) {
  if (!directory.find_account(request.account)) {
    return invalid("there is no account " + request.account +
                       "; configure it as [[partner]] or [[viewer]] first",
                   "account");
  }
  if (request.expires <= now) {
    return invalid("a token that expires on " + to_rfc3339(request.expires) +
                       " would be of no use; choose a later time",
                   "expires");
  }
  if (!is_line(request.note) || !is_line(request.created_by)) {
    return invalid("a note is one line of at most " + std::to_string(kNoteBytesMax) + " bytes",
                   "note");
  }
  return {};
}

std::string make_id(const std::vector<StoredToken>& tokens) {
  for (;;) {
    std::string id = to_hex(random_bytes(kIdBytes));
    if (std::ranges::find(tokens, id, &StoredToken::id) == tokens.end()) return id;
  }
}

std::vector<std::int64_t> days_of(const std::vector<StoredToken>& tokens) {
  std::vector<std::int64_t> days;
  for (const StoredToken& token : tokens) days.push_back(*token.last_used_day);
  return days;
}

}  // namespace

TokenStore::TokenStore(TokenFile& file, Directory& directory, const Limits& limits)
    : file_(file), directory_(directory), limits_(limits) {}

// What was used since the file was written is known here only.
void TokenStore::take(std::vector<StoredToken> tokens) {
  saved_days_ = days_of(tokens);
  for (StoredToken& token : tokens) {
    const auto known = std::ranges::find(tokens_, token.id, &StoredToken::id);
    if (known == tokens_.end()) continue;
    const std::int64_t day = std::max<std::int64_t>(*token.last_used_day, *known->last_used_day);
    *known->last_used_day = day;
    token.last_used_day = known->last_used_day;
  }
  tokens_ = std::move(tokens);
  directory_.set_tokens(tokens_);
}

Result<void> TokenStore::load() {
  const std::lock_guard lock(mutex_);
  auto text = file_.read();
  if (!text) return text.error();
  auto tokens = decode_tokens(*text);
  if (!tokens) return tokens.error();
  take(*std::move(tokens));
  return {};
}

Result<void> TokenStore::change(
    const std::function<Result<void>(std::vector<StoredToken>&)>& edit) {
  std::vector<StoredToken> tokens;
  auto changed = file_.change([&](std::string_view before) -> Result<std::string> {
    auto read = decode_tokens(before);
    if (!read) return read.error();
    tokens = *std::move(read);
    for (StoredToken& token : tokens) {
      const auto known = std::ranges::find(tokens_, token.id, &StoredToken::id);
      if (known == tokens_.end()) continue;
      *token.last_used_day = std::max<std::int64_t>(*token.last_used_day, *known->last_used_day);
    }
    if (auto edited = edit(tokens); !edited) return edited.error();
    return encode_tokens(tokens);
  });
  if (!changed) return changed;
  take(std::move(tokens));
  return {};
}

Result<NewToken> TokenStore::create(const TokenRequest& request, Instant now) {
  if (auto checked = check(request, directory_, now); !checked) return checked.error();
  const std::lock_guard lock(mutex_);
  NewToken made;
  made.token = make_token();
  auto changed = change([&](std::vector<StoredToken>& tokens) -> Result<void> {
    std::erase_if(tokens,
                  [&](const StoredToken& token) { return ended_at(token) + kForgetAfter < now; });
    const auto is_valid = [&](const StoredToken& token) { return token.is_valid(now); };
    if (std::ranges::count_if(tokens, is_valid) >= limits_.tokens_max) {
      return make_error(ErrorCode::kRateLimited,
                        "there are " + std::to_string(limits_.tokens_max) +
                            " valid tokens; revoke what is no longer used, or raise "
                            "limits.tokens_max");
    }
    made.stored = {make_id(tokens), hash_token(made.token), request.account,    request.device, now,
                   request.expires, std::nullopt,           request.created_by, request.note};
    tokens.push_back(made.stored);
    return {};
  });
  if (!changed) return changed.error();
  return made;
}

Result<StoredToken> TokenStore::revoke(const std::string& id, Instant now) {
  const std::lock_guard lock(mutex_);
  StoredToken revoked;
  auto changed = change([&](std::vector<StoredToken>& tokens) -> Result<void> {
    const auto found = std::ranges::find(tokens, id, &StoredToken::id);
    if (found == tokens.end()) {
      return make_error(ErrorCode::kNotFound,
                        "there is no token " + id + "; `token list` names those that there are");
    }
    if (!found->revoked) found->revoked = now;
    revoked = *found;
    return {};
  });
  if (!changed) return changed.error();
  return revoked;
}

std::vector<StoredToken> TokenStore::list() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

Result<void> TokenStore::save_uses() {
  const std::lock_guard lock(mutex_);
  if (days_of(tokens_) == saved_days_) return {};
  return change([](std::vector<StoredToken>&) -> Result<void> { return {}; });
}

}  // namespace commonwatch::access
