// The file of tokens in memory: it may fail to write, and be written by somebody else.
#pragma once

#include <string>

#include "hub/access/token_store.h"

namespace commonwatch::access {

class MemoryTokenFile final : public TokenFile {
 public:
  Result<std::string> read() override { return bytes; }
  Result<void> change(const Edit& edit) override {
    auto after = edit(bytes);
    if (!after) return after.error();
    if (is_full) return make_error(ErrorCode::kInternal, "no space left on the device");
    bytes = *std::move(after);
    ++writes;
    return {};
  }

  std::string bytes;
  bool is_full = false;
  int writes = 0;
};

}  // namespace commonwatch::access
