// Invariants checked: a text is a cursor of this log or none; one that is, sealed again, opens as
// the same place; a place made of the bytes is opened again, and by no other log; a cursor of which
// one character is another is none, or names the same place.
#include "hub/access/cursor.h"

#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

constexpr model::LogEpoch kLog(7);
constexpr model::LogEpoch kOther(9);

access::CursorPlace place_of(std::string_view bytes) {
  access::CursorPlace place;
  std::int64_t recorded = 0;
  bytes.copy(reinterpret_cast<char*>(&recorded), sizeof(recorded));
  place.recorded = instant_from_micros(recorded);
  place.entries = static_cast<std::uint16_t>(bytes.size());
  return place;
}

void check_sealed(std::string_view bytes) {
  const access::CursorPlace place = place_of(bytes);
  std::string cursor = access::seal_cursor(kLog, place);
  require(access::open_cursor(kLog, cursor) == place);
  require(!access::open_cursor(kOther, cursor));
  if (bytes.empty()) return;
  const auto at = static_cast<unsigned char>(bytes.front()) % cursor.size();
  cursor[at] = cursor[at] == 'A' ? 'B' : 'A';
  // The last character has bits that no block needs.
  const auto opened = access::open_cursor(kLog, cursor);
  require(!opened || (at + 1 == cursor.size() && *opened == place));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (const auto place = access::open_cursor(kLog, text)) {
    require(access::open_cursor(kLog, access::seal_cursor(kLog, *place)) == place);
  }
  check_sealed(text);
  return 0;
}
