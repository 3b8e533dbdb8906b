// Invariants checked: an event in protobuf or JSON is canonical or refused with a sentence; an
// accepted one, written into a replay page as JSON, comes back from its JSON as the same payload.
#include <cstddef>
#include <cstdint>

#include "hub/wire/json_text.h"
#include "hub/wire/server_message.h"
#include "tests/fuzz/check.h"

namespace {

using namespace commonwatch;

std::string_view member_of(std::string_view object, std::string_view name) {
  for (const auto& member : wire::members_of(object)) {
    if (member.name == name) return member.value;
  }
  return {};
}

// The JSON of the only event of a replay page.
std::string json_of(const std::string& payload) {
  wire::ReplayPage page;
  page.events.push_back({"a/b", model::Sequence(1), {}, payload});
  const std::string frame = wire::encode(page, wire::Encoding::kJson, 1);
  const auto events = wire::elements_of(member_of(member_of(frame, "replayPage"), "events"));
  fuzz::require(events.size() == 1);
  return std::string(member_of(events.front(), "event"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Limits limits;
  fuzz::check_event(wire::decode_event(bytes, wire::Encoding::kJson, limits), limits);
  const auto event = wire::decode_event(bytes, wire::Encoding::kBinary, limits);
  fuzz::check_event(event, limits);
  if (event.refusal) return 0;
  const auto again = wire::decode_event(json_of(event.payload), wire::Encoding::kJson, limits);
  fuzz::require(!again.refusal);
  fuzz::require(again.payload == event.payload);
  return 0;
}
