// Invariants checked: the C++ client, with whatever messages a hub sends one after the other: each
// is one or none; what is shown of them is in order and of what is held; a delta that is refused
// changes nothing; count and checksum of a replay do not depend on what surrounds it. The input is
// frames, each behind its length in two bytes, little-endian.
#include <algorithm>

#include "clients/cpp/hotspot_state.h"
#include "clients/cpp/replay_checksum.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using client::HotspotState;
using fuzz::require;

std::string_view take_frame(std::string_view& bytes) {
  const auto low = static_cast<unsigned char>(bytes[0]);
  const auto high = static_cast<unsigned char>(bytes[1]);
  bytes.remove_prefix(2);
  const std::string_view frame = bytes.substr(0, std::size_t{low} + std::size_t{high} * 256);
  bytes.remove_prefix(frame.size());
  return frame;
}

void check_shown(const HotspotState& state) {
  std::size_t hotspots = 0;
  std::size_t alerts = 0;
  std::size_t counts = 0;
  for (const auto& [tile, content] : state.tiles()) {
    hotspots += content.hotspots.size();
    alerts += content.alerts.size();
    counts += content.published_counts.size();
  }
  require(state.ranked().size() == hotspots && state.open_alerts().size() <= alerts);
  const auto published = state.published_counts();
  require(published.size() == counts && (counts == 0 || state.is_of_figures()));
  for (const v1::PublishedCount* count : published) state.published_alert(count->id());
  state.troubled_sources();
  state.troubled_health();
}

void check_message(HotspotState& state, const v1::ServerMessage& message) {
  if (const auto missed = state.apply(message)) {
    require(message.has_delta() && missed->tile == message.delta().tile());
    require(missed->previous == message.delta().previous() && missed->held < missed->previous);
    const auto again = state.apply(message);
    require(again && again->held == missed->held);
  }
  check_shown(state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes = fuzz::text_of(data, size);
  HotspotState state;
  client::ReplayChecksum replay;
  while (bytes.size() >= 2) {
    const std::string frame(take_frame(bytes));
    const std::uint64_t before = replay.count();
    replay.add_frame(frame);
    require(replay.count() >= before && replay.count() - before <= frame.size());
    v1::ServerMessage message;
    if (message.ParseFromString(frame)) check_message(state, message);
  }
  return 0;
}
