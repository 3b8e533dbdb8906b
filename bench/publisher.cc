#include "bench/publisher.h"

#include <utility>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::bench {

Publisher::Publisher(Loop& loop, std::uint16_t port, std::string source, Flow flow,
                     std::string token)
    : source_(std::move(source)),
      flow_(flow),
      token_(std::move(token)),
      sink_([this](std::string_view message) { take(message); }),
      socket_(loop, port, kStreamPath, kProtocol, sink_) {}

bool Publisher::open() {
  require(!socket_.is_gone(), source_ + ": " + socket_.reason());
  if (socket_.is_open() && !greeted_) {
    greeted_ = true;
    socket_.send(hello_frame(token_) + open_source_frame(source_));
  }
  return opened_;
}

void Publisher::enqueue(Batch batch) { queue_.push_back(std::move(batch)); }

void Publisher::pump() {
  while (!queue_.empty() && queue_.front().last_sequence <= credit_) {
    if (flow_ == Flow::kOneInFlight && !sent_.empty()) return;
    const Batch& batch = queue_.front();
    sent_.push_back({batch.last_sequence, batch.due_ns != 0 ? batch.due_ns : now_ns()});
    socket_.send(std::move(queue_.front().frame));
    queue_.pop_front();
  }
}

void Publisher::acknowledge(std::uint64_t sequence) {
  acknowledged_ = sequence;
  const std::uint64_t now = now_ns();
  while (!sent_.empty() && sent_.front().last_sequence <= sequence) {
    latency_.record(now - sent_.front().at_ns);
    sent_.pop_front();
  }
}

void Publisher::take(std::string_view message) {
  const Tag tag = tag_of(message);
  if (tag == Tag::kWelcome || tag == Tag::kProgress) return;
  v1::ServerMessage parsed;
  require(parsed.ParseFromArray(message.data(), static_cast<int>(message.size())),
          "the hub's answer is not a message");
  if (parsed.has_source_opened()) {
    opened_ = true;
    credit_ = parsed.source_opened().credit();
    acknowledged_ = parsed.source_opened().last_sequence();
    return;
  }
  if (!parsed.has_published() || parsed.published().rejections_size() != 0) reject_message(message);
  credit_ = parsed.published().credit();
  stored_ += parsed.published().stored();
  acknowledge(parsed.published().sequence());
  pump();
}

}  // namespace commonwatch::bench
