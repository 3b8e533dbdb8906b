// A state's bytes with the hash at their end made to hold, so that what stands before it is read.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/byte_stream.h"
#include "tests/fuzz/require.h"

namespace commonwatch::fuzz {

inline constexpr std::size_t kStateHashBytes = 8;

inline std::string sealed_state(std::string_view bytes) {
  ByteWriter writer;
  for (const char byte :
       bytes.substr(0, std::max(bytes.size(), kStateHashBytes) - kStateHashBytes)) {
    writer.put(byte);
  }
  return writer.finish();
}

// What was restored is a state: written, restored and written again it is the same. `restore` gives
// what can be restored from the bytes, which has a checkpoint; `go_on` uses it further.
template <class Restore, class GoOn>
void check_state(std::string_view bytes, const Restore& restore, const GoOn& go_on) {
  for (const std::string& state : {std::string(bytes), sealed_state(bytes)}) {
    auto restored = restore(state);
    if (!restored) {
      check_error(restored.error());
      continue;
    }
    const std::string written = restored->checkpoint();
    const auto again = restore(written);
    require(again.has_value());
    require(again->checkpoint() == written);
    go_on(*restored);
  }
}

}  // namespace commonwatch::fuzz
