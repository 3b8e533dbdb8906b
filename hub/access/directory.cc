#include "hub/access/directory.h"

#include <unordered_map>
#include <utility>

#include "hub/access/digest.h"

namespace commonwatch::access {
namespace {

Error refuse(std::string message) {
  return make_error(ErrorCode::kUnauthenticated, std::move(message), "hello.token");
}

// Nobody can choose how a SHA-256 begins, so that where it is looked for gives nothing away. The
// rest is compared in constant time.
std::string index_key(const std::string& sha256) { return sha256.substr(0, 8); }

Principal device_of(const Account& account, const model::SourceName& source) {
  return {source.text(),
          account.principal.audience,
          account.principal.partner,
          {{Operation::kPublish, {SourcePattern::exactly(source)}, {}, {}}},
          "",
          account.principal.part2};
}

}  // namespace

struct Directory::Content {
  struct Known {
    std::string sha256;
    const Account* account = nullptr;
    const StoredToken* token = nullptr;  // nothing: of the configuration
  };

  std::vector<Account> accounts;
  std::vector<StoredToken> tokens;
  std::unordered_map<std::string, const Account*> by_name;
  std::unordered_map<std::string, const Account*> by_certificate;
  std::unordered_multimap<std::string, Known> by_token;

  void index() {
    for (const Account& account : accounts) {
      by_name.emplace(account.principal.name, &account);
      for (const std::string& name : account.certificates) by_certificate.emplace(name, &account);
      for (const std::string& hex : account.token_sha256) add(from_hex(hex), &account, nullptr);
    }
    for (const StoredToken& token : tokens) {
      const auto account = by_name.find(token.account);
      add(token.sha256, account == by_name.end() ? nullptr : account->second, &token);
    }
  }
  void add(std::string sha256, const Account* account, const StoredToken* token) {
    std::string key = index_key(sha256);
    by_token.emplace(std::move(key), Known{std::move(sha256), account, token});
  }

  Result<Standing> find_token(const TokenCredential& shown, Instant now) const;
  Result<Standing> find_certificate(const CertificateCredential& shown, Instant now) const;
};

Result<Standing> Directory::Content::find_token(const TokenCredential& shown, Instant now) const {
  const Known* found = nullptr;
  const auto [begin, end] = by_token.equal_range(index_key(shown.sha256));
  for (auto it = begin; it != end; ++it) {
    if (is_equal(it->second.sha256, shown.sha256)) found = &it->second;
  }
  if (!found) {
    return refuse(shown.shape == TokenShape::kMistyped
                      ? "the token is mistyped: its last characters do not fit the others; copy it "
                        "again, whole"
                      : "the token is unknown; ask the hub's operator for a new one");
  }
  if (!found->token) return Standing{found->account->principal, std::nullopt};
  const StoredToken& token = *found->token;
  if (token.revoked) {
    return refuse("the token was revoked on " + to_rfc3339(*token.revoked) +
                  "; ask the hub's operator for a new one");
  }
  if (now >= token.expires) {
    return refuse("the token expired on " + to_rfc3339(token.expires) +
                  "; ask the hub's operator for a new one");
  }
  if (!found->account) {
    return refuse("the account " + token.account +
                  " of the token is no longer configured; ask the hub's operator");
  }
  token.last_used_day->store(day_of(now), std::memory_order_relaxed);
  return Standing{
      token.device ? device_of(*found->account, *token.device) : found->account->principal,
      token.expires};
}

Result<Standing> Directory::Content::find_certificate(const CertificateCredential& shown,
                                                      Instant now) const {
  if (now >= shown.not_after) {
    return refuse("the client certificate expired on " + to_rfc3339(shown.not_after) +
                  "; connect with a new one");
  }
  for (const std::string& name : shown.names) {
    const auto found = by_certificate.find(name);
    if (found != by_certificate.end()) return Standing{found->second->principal, shown.not_after};
  }
  return refuse("the client certificate of " +
                (shown.names.empty() ? std::string("nobody") : shown.names.front()) +
                " is no account's; ask the hub's operator to add the name to its certificate list");
}

Directory::Directory(std::vector<Account> accounts) { swap(std::move(accounts), {}); }

std::shared_ptr<const Directory::Content> Directory::content() const {
  const std::lock_guard lock(mutex_);
  return content_;
}

void Directory::swap(std::vector<Account> accounts, std::vector<StoredToken> tokens) {
  auto next = std::make_shared<Content>();
  next->accounts = std::move(accounts);
  next->tokens = std::move(tokens);
  next->index();
  content_ = std::move(next);
  ++version_;
}

void Directory::set_accounts(std::vector<Account> accounts) {
  const std::lock_guard lock(mutex_);
  swap(std::move(accounts), content_->tokens);
}

void Directory::set_tokens(std::vector<StoredToken> tokens) {
  const std::lock_guard lock(mutex_);
  swap(content_->accounts, std::move(tokens));
}

bool Directory::is_open() const { return content()->accounts.empty(); }

std::optional<Principal> Directory::find_account(const std::string& name) const {
  const auto held = content();
  const auto found = held->by_name.find(name);
  return found == held->by_name.end() ? std::nullopt : std::optional(found->second->principal);
}

Result<Standing> Directory::find(const Credential& credential, Instant now) const {
  const auto held = content();
  if (held->accounts.empty()) return Standing{anyone(), std::nullopt};
  if (const auto* refused = std::get_if<RefusedCertificate>(&credential)) {
    return refuse(refused->reason);
  }
  if (const auto* token = std::get_if<TokenCredential>(&credential)) {
    return held->find_token(*token, now);
  }
  if (const auto* certificate = std::get_if<CertificateCredential>(&credential)) {
    return held->find_certificate(*certificate, now);
  }
  return refuse(
      "no token was given; send it in hello.token or as Authorization: Bearer, or connect "
      "with a client certificate");
}

}  // namespace commonwatch::access
