// DATA/tokens: the file of tokens, written whole, mode 0600. docs/LOG_FORMAT.md states the format.
#pragma once

#include <filesystem>
#include <string>

#include "hub/access/token_store.h"

namespace commonwatch::app {

// Edits by several processes follow each other: `DATA/tokens.lock` is locked meanwhile. Any thread,
// but for `has_changed`, which is one thread's.
class DiskTokenFile final : public access::TokenFile {
 public:
  explicit DiskTokenFile(const std::filesystem::path& data) : path_(data / "tokens") {}

  Result<std::string> read() override;
  Result<void> change(const Edit& edit) override;

  // Whether the file is another one than at the last call: written by whomever.
  bool has_changed();

 private:
  std::filesystem::path path_;
  std::string seen_;
};

}  // namespace commonwatch::app
