// What the sessions of one shard share when they send. On its io_context.
#pragma once

#include <array>
#include <cstddef>

#include "hub/feed/feed.h"
#include "hub/session/outgoing.h"
#include "hub/telemetry/metrics.h"
#include "hub/wire/client_message.h"

namespace commonwatch::session {

class SharedSending {
 public:
  explicit SharedSending(telemetry::Metrics& metrics) : metrics_(metrics) {}

  // A delivery that many sessions get, as frames put together once: one buffer for the kernel, and
  // no counter that the shards' processors have to take from each other at each session. Nothing:
  // it is too large for that.
  Outgoing frame(const feed::SharedDelivery& delivery, wire::Encoding encoding);

  // What was sent; it is in the metrics after `flush`.
  void count(std::size_t frames, std::size_t bytes) {
    frames_ += frames;
    bytes_ += bytes;
  }
  void flush();

 private:
  // Of the last delivery, in binary and in JSON.
  struct Framed {
    feed::SharedDelivery delivery;
    Outgoing frames;
  };

  telemetry::Metrics& metrics_;
  std::array<Framed, 2> framed_;
  std::size_t frames_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace commonwatch::session
