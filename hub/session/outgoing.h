// What is to be sent on a connection: a message, or WebSocket frames that are made already.
#pragma once

#include <cstdint>
#include <utility>

#include "hub/base/shared_bytes.h"

namespace commonwatch::session {

struct Outgoing {
  SharedBytes bytes;
  std::uint32_t frames = 0;  // whole ones, one after the other; 0: `bytes` is a message

  Outgoing() = default;
  Outgoing(SharedBytes message) : bytes(std::move(message)) {}  // NOLINT: a message is what it is
  Outgoing(SharedBytes framed, std::uint32_t count) : bytes(std::move(framed)), frames(count) {}
  explicit operator bool() const { return bytes != nullptr; }
};

}  // namespace commonwatch::session
