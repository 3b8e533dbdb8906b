// Who is connected, and what they may do. Values; any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/model/ids.h"

namespace commonwatch::access {

struct Principal {
  std::string name;
  std::string audience;
  // Sources that it may publish to: those of this partner; "*": all; empty: none.
  std::string partner;
  bool may_subscribe = false;
  bool may_replay = false;
  // May answer alerts and decide.
  bool may_operate = false;

  bool may_publish(const model::SourceName& source) const {
    return partner == "*" || (!partner.empty() && source.partner() == partner);
  }
};

// One configured account. Tokens are kept only as SHA-256, in lower-case hex.
struct Account {
  Principal principal;
  std::vector<std::string> token_sha256;
};

// SHA-256 of a token, in lower-case hex.
std::string hash_token(std::string_view token);

// Every account of the configuration, swapped whole. Any thread.
class Directory {
 public:
  // Without accounts everyone is the principal `anyone`, who may do everything.
  explicit Directory(std::vector<Account> accounts) { set_accounts(std::move(accounts)); }

  bool is_open() const { return content()->empty(); }
  // For those who come from now on.
  void set_accounts(std::vector<Account> accounts);
  // kUnauthenticated: no token, or one that no account has. Compares in constant time.
  Result<Principal> authenticate(std::string_view token) const;

 private:
  std::shared_ptr<const std::vector<Account>> content() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<Account>> accounts_;
};

}  // namespace commonwatch::access
