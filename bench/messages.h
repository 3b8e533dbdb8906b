// What the measuring side says to the hub, as whole masked frames, and how it tells at a glance
// what the hub says to it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/frame.h"
#include "hub/model/cell.h"

namespace commonwatch::bench {

inline constexpr const char* kStreamPath = "/v1/stream";
inline constexpr const char* kProtocol = "commonwatch.v1";

// `token`: empty where the hub has no accounts.
std::string hello_frame(const std::string& token = "");
std::string open_source_frame(const std::string& source);
// To these tiles; none: to everything that the hub shows.
std::string subscribe_frame(const std::vector<model::Cell>& tiles);
// Every event from the beginning, as fast as the client reads.
std::string replay_events_frame();
// The hotspots as they were shown, likewise.
std::string replay_hotspots_frame();

// The first byte of a live `ServerMessage`: the tag of its only field.
enum class Tag : unsigned char {
  kWelcome = 0x12,
  kSourceOpened = 0x1a,
  kPublished = 0x22,
  kSnapshot = 0x2a,
  kTile = 0x32,
  kDelta = 0x3a,
  kProgress = 0x42,
  kGoingAway = 0x5a,
  kError = 0x62,
};
inline Tag tag_of(std::string_view message) { return static_cast<Tag>(message.front()); }

// Incomplete with what the hub said; for a message that is not what the workload waits for.
[[noreturn]] void reject_message(std::string_view message);

// Collects each message.
class WholeMessages final : public MessageSink {
 public:
  explicit WholeMessages(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

  void part(std::string_view bytes) override;
  void end() override;

 private:
  std::function<void(std::string_view)> take_;
  std::string collected_;
};

}  // namespace commonwatch::bench
