#include "hub/access/principal.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

namespace commonwatch::access {
namespace {

// Looks at every byte, wherever the first difference is.
bool equal(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Principal anyone() { return Principal{"anyone", "all", "*", true, true, true}; }

}  // namespace

std::string hash_token(std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 15U];
  }
  return hex;
}

void Directory::set_accounts(std::vector<Account> accounts) {
  auto next = std::make_shared<const std::vector<Account>>(std::move(accounts));
  const std::lock_guard lock(mutex_);
  accounts_ = std::move(next);
}

std::shared_ptr<const std::vector<Account>> Directory::content() const {
  const std::lock_guard lock(mutex_);
  return accounts_;
}

Result<Principal> Directory::authenticate(std::string_view token) const {
  const auto accounts = content();
  if (accounts->empty()) return anyone();
  const std::string hash = hash_token(token);
  const Account* found = nullptr;
  for (const Account& account : *accounts) {
    for (const std::string& known : account.token_sha256) {
      if (equal(known, hash)) found = &account;
    }
  }
  if (token.empty() || found == nullptr) {
    return make_error(ErrorCode::kUnauthenticated,
                      token.empty() ? "no token was given; send it in hello.token or as "
                                      "Authorization: Bearer"
                                    : "the token is unknown; ask the hub's operator for a new one",
                      "hello.token");
  }
  return found->principal;
}

}  // namespace commonwatch::access
