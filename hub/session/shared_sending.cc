#include "hub/session/shared_sending.h"

#include <string>
#include <utility>
#include <vector>

#include "hub/session/websocket_framing.h"

namespace commonwatch::session {
namespace {

// Of one delivery; a tick of thousands of hotspots is smaller.
constexpr std::size_t kBytesMax = 1U << 20U;

}  // namespace

Outgoing SharedSending::frame(const feed::SharedDelivery& delivery, wire::Encoding encoding) {
  const bool binary = encoding == wire::Encoding::kBinary;
  Framed& last = framed_[binary ? 0 : 1];
  if (last.delivery == delivery) return last.frames;
  std::vector<SharedBytes> messages;
  std::size_t total = 0;
  const auto add = [&](const feed::SharedFrame& frame) {
    messages.push_back(binary ? frame->binary() : frame->json());
    total += messages.back()->size();
  };
  for (const feed::SharedFrame& frame : delivery->frames) add(frame);
  add(delivery->progress);
  last.delivery = delivery;
  last.frames = {};
  if (total > kBytesMax) return last.frames;
  std::string bytes;
  bytes.reserve(total + 10 * messages.size());
  for (const SharedBytes& message : messages) {
    bytes += FrameHeader(binary ? Opcode::kBinary : Opcode::kText, message->size()).bytes();
    bytes += *message;
  }
  last.frames = {share(std::move(bytes)), static_cast<std::uint32_t>(messages.size())};
  return last.frames;
}

void SharedSending::flush() {
  metrics_.frames_sent.Increment(static_cast<double>(std::exchange(frames_, 0)));
  metrics_.bytes_sent.Increment(static_cast<double>(std::exchange(bytes_, 0)));
}

}  // namespace commonwatch::session
