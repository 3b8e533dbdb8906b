// Invariants checked: whatever bytes come, in whatever pieces, the same things are found; a message
// is never above the limit, a text is UTF-8, a control has at most 125 bytes; all bytes are taken
// unless something was found.
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/base/utf8.h"
#include "hub/session/websocket_framing.h"
#include "tests/fuzz/require.h"

namespace {

using commonwatch::fuzz::require;
using commonwatch::session::FrameDecoder;
using commonwatch::session::MessageBounds;
using Found = FrameDecoder::Found;

constexpr std::size_t kBytesMax = 4096;
constexpr std::uint32_t kPartsMax = 100;

std::string decode(std::string_view bytes, std::size_t piece_bytes) {
  FrameDecoder decoder;
  std::string found;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, piece_bytes);
    bytes.remove_prefix(piece.size());
    for (;;) {
      const Found what = decoder.take(piece, MessageBounds{kBytesMax, kPartsMax});
      require(decoder.unfinished_bytes() <= kBytesMax);
      if (what == Found::kNothing) break;
      found += std::to_string(static_cast<int>(what)) + ":";
      if (what == Found::kTooLarge || what == Found::kViolation) return found;
      if (what == Found::kMessage) {
        const std::string message = decoder.take_message();
        require(message.size() <= kBytesMax);
        require(!decoder.is_text() || commonwatch::is_utf8(message));
        found += message;
      } else {
        require(decoder.control().size() <= 125);
        found += decoder.control();
      }
    }
    require(piece.empty());
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = commonwatch::fuzz::text_of(data, size);
  const std::string whole = decode(bytes, size + 1);
  require(decode(bytes, 1) == whole);
  require(decode(bytes, 7) == whole);
  return 0;
}
