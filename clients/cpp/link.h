// How it stands with the connection, for people and for logs.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace commonwatch::client {

enum class LinkState : std::uint8_t {
  kConnecting,
  kOpen,     // welcomed; `detail` names the hub
  kWaiting,  // `detail` says why; another attempt after `pause`
};

struct LinkStatus {
  LinkState state = LinkState::kConnecting;
  std::string detail;
  std::chrono::milliseconds pause{0};
  // Of one that is open to subscribe: the hub gives something out at least so often, and its clock
  // is so far ahead of the client's. 0: not known.
  std::chrono::milliseconds heartbeat{0};
  std::chrono::milliseconds hub_ahead{0};
};

using LinkListener = std::function<void(const LinkStatus&)>;

}  // namespace commonwatch::client
