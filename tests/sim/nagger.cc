#include "tests/sim/nagger.h"

#include <algorithm>
#include <string>

#include "commonwatch/v1/stream.pb.h"
#include "tests/sim/broken.h"

namespace commonwatch::sim {

void Nagger::connect(std::shared_ptr<Line> line, int requests) {
  drop();
  line_ = std::move(line);
  v1::ClientMessage message;
  message.mutable_hello()->set_client("sim");
  line_->send(message.SerializeAsString());
  message.mutable_unsubscribe()->set_subscription(7);
  for (int n = 0; n < requests; ++n) line_->send(message.SerializeAsString());
}

void Nagger::drop() {
  if (line_) line_->drop();
}

bool Nagger::arrive() {
  if (!line_ || !line_->arrive()) return false;
  while (line_->arrive()) {
  }
  return true;
}

void Nagger::check() const {
  if (!line_) return;
  const std::size_t waiting = line_->read() - std::min(line_->read(), line_->written());
  require(waiting <= kAnswersMax, "memory is bounded",
          std::to_string(waiting) + " answers wait for somebody who reads none");
}

}  // namespace commonwatch::sim
