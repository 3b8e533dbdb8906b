// The tokens that the hub made: create, list, revoke. Any thread; calls block on the file.
//
// The file is the truth. Every change locks it, reads it anew and writes it whole, so that a
// command beside a running hub loses nothing, and what is not on disk is not given out.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access/directory.h"
#include "hub/access/stored_token.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"

namespace commonwatch::access {

// Where the store's bytes are: a file, or a test's memory.
class TokenFile {
 public:
  using Edit = std::function<Result<std::string>(std::string_view before)>;

  virtual ~TokenFile() = default;
  // Empty: there is none yet.
  virtual Result<std::string> read() = 0;
  // Nobody else edits while `edit` runs. What it returns is durable when this returns, whole or not
  // at all; an error of `edit` changes nothing and is returned.
  virtual Result<void> change(const Edit& edit) = 0;
};

struct TokenRequest {
  std::string account;
  std::optional<model::SourceName> device;
  Instant expires{};
  std::string created_by;
  std::string note;
};

struct NewToken {
  StoredToken stored;
  std::string token;  // shown once, and nowhere kept
};

class TokenStore {
 public:
  // Both outlive it. Each change is handed to the directory.
  TokenStore(TokenFile& file, Directory& directory, const Limits& limits);

  // Reads the file again: at start, and when somebody else changed it. kInternal: it is damaged.
  Result<void> load();
  // kInvalidRequest: no such account, expired already, a note or name that cannot be kept.
  // kRateLimited: `tokens_max` of them are valid. Those that ended a year ago are forgotten.
  Result<NewToken> create(const TokenRequest& request, Instant now);
  // kNotFound. Revoked once, it stays as it is.
  Result<StoredToken> revoke(const std::string& id, Instant now);
  // In the order of creation, those that ended with them.
  std::vector<StoredToken> list() const;
  // Writes days of last use down, if one has changed: at most once a token and day.
  Result<void> save_uses();

 private:
  Result<void> change(const std::function<Result<void>(std::vector<StoredToken>&)>& edit);
  void take(std::vector<StoredToken> tokens);

  TokenFile& file_;
  Directory& directory_;
  const Limits& limits_;
  mutable std::mutex mutex_;
  std::vector<StoredToken> tokens_;
  // As the file has them.
  std::vector<std::int64_t> saved_days_;
};

// docs/LOG_FORMAT.md states the format.
std::string encode_tokens(const std::vector<StoredToken>& tokens);
// kInternal, with the line at fault.
Result<std::vector<StoredToken>> decode_tokens(std::string_view text);

}  // namespace commonwatch::access
