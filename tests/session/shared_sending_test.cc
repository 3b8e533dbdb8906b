#include "hub/session/shared_sending.h"

#include <catch2/catch.hpp>

#include "hub/session/websocket_framing.h"

namespace commonwatch::session {
namespace {

feed::SharedFrame frame_of(std::string content) {
  return std::make_shared<const feed::Frame>(
      [content] { return content; },
      [](std::string_view binary) { return "{" + std::string(binary) + "}"; });
}

feed::SharedDelivery delivery_of(std::string content) {
  feed::Delivery delivery;
  delivery.frames = {frame_of(std::move(content))};
  delivery.progress = frame_of("progress");
  return std::make_shared<const feed::Delivery>(std::move(delivery));
}

std::string framed(Opcode opcode, const std::string& payload) {
  return std::string(FrameHeader(opcode, payload.size()).bytes()) + payload;
}

TEST_CASE("a delivery is framed once for each encoding, and anew when it is another one") {
  telemetry::Metrics metrics;
  SharedSending shared(metrics);
  const auto delivery = delivery_of("delta");
  const Outgoing binary = shared.frame(delivery, wire::Encoding::kBinary);
  CHECK(*binary.bytes == framed(Opcode::kBinary, "delta") + framed(Opcode::kBinary, "progress"));
  CHECK(binary.frames == 2);
  CHECK(*shared.frame(delivery, wire::Encoding::kJson).bytes ==
        framed(Opcode::kText, "{delta}") + framed(Opcode::kText, "{progress}"));
  CHECK(shared.frame(delivery, wire::Encoding::kBinary).bytes == binary.bytes);
  const Outgoing other = shared.frame(delivery_of("other"), wire::Encoding::kBinary);
  CHECK(*other.bytes == framed(Opcode::kBinary, "other") + framed(Opcode::kBinary, "progress"));
}

TEST_CASE("a delivery that is too large is not put together") {
  telemetry::Metrics metrics;
  SharedSending shared(metrics);
  const auto delivery = delivery_of(std::string(2U << 20U, 'x'));
  CHECK_FALSE(shared.frame(delivery, wire::Encoding::kBinary));
  CHECK_FALSE(shared.frame(delivery, wire::Encoding::kBinary));
}

TEST_CASE("what was sent is in the metrics once it is flushed, and only once") {
  telemetry::Metrics metrics;
  SharedSending shared(metrics);
  shared.count(2, 300);
  shared.count(1, 50);
  CHECK(metrics.frames_sent.Value() == 0);
  shared.flush();
  shared.flush();
  CHECK(metrics.frames_sent.Value() == 3);
  CHECK(metrics.bytes_sent.Value() == 350);
}

}  // namespace
}  // namespace commonwatch::session
