// Every account and token, by what a client shows. Any thread.
//
// What stands in it is swapped whole, so that a reload or a revocation holds at once: who is
// connected asks `version` before each operation and looks itself up again when it has changed.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hub/access/account.h"
#include "hub/access/credential.h"
#include "hub/access/stored_token.h"

namespace commonwatch::access {

// Who somebody is, until when at the latest.
struct Standing {
  Principal principal;
  std::optional<Instant> until;
};

class Directory {
 public:
  // Without accounts everyone is the principal `anyone`, who may do everything.
  explicit Directory(std::vector<Account> accounts);

  bool is_open() const;
  // Rises whenever accounts or tokens change.
  std::uint64_t version() const { return version_; }

  // kUnauthenticated: nothing was shown, or what was shown is unknown, mistyped, revoked, expired,
  // or of an account that is no more; the message says which.
  Result<Standing> find(const Credential& credential, Instant now) const;
  // The principal of an account of the configuration, for tokens to be made for it.
  std::optional<Principal> find_account(const std::string& name) const;

  void set_accounts(std::vector<Account> accounts);
  void set_tokens(std::vector<StoredToken> tokens);

 private:
  struct Content;
  std::shared_ptr<const Content> content() const;
  void swap(std::vector<Account> accounts, std::vector<StoredToken> tokens);

  mutable std::mutex mutex_;
  std::shared_ptr<const Content> content_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace commonwatch::access
