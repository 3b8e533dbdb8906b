#include "bench/subscriber.h"

#include <utility>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "commonwatch/v1/stream.pb.h"
#include "hub/storage/crc32c.h"

namespace commonwatch::bench {
namespace {

// Of tile 0 (areas, alerts, sources): what was before.
std::uint32_t first_count(const std::string& message, std::uint32_t before) {
  v1::ServerMessage parsed;
  require(parsed.ParseFromString(message), "a delta cannot be decoded");
  const bool has_places = parsed.delta().tile() != 0 && parsed.delta().changed_size() > 0;
  return has_places ? parsed.delta().changed(0).count() : before;
}

}  // namespace

void DeltaCounter::part(std::string_view bytes) {
  if (!in_message_) {
    in_message_ = true;
    tag_ = tag_of(bytes);
    message_bytes_ = 0;
    kept_.clear();
  }
  message_bytes_ += bytes.size();
  if (tag_ == Tag::kDelta) {
    sum_ = storage::crc32c(bytes, sum_);
    if (reads_counts_) kept_ += bytes;
  } else if (tag_ == Tag::kError || tag_ == Tag::kGoingAway) {
    kept_ += bytes;
  }
}

void DeltaCounter::end() {
  in_message_ = false;
  const std::uint64_t framed = frame_header_bytes(message_bytes_) + message_bytes_;
  switch (tag_) {
    case Tag::kDelta:
      in_tick_ = true;
      tick_bytes_ += framed;
      if (reads_counts_) count_ = first_count(kept_, count_);
      return;
    case Tag::kProgress:
      progressed_ = true;
      tick_bytes_ += framed;
      if (in_tick_) end_tick();
      tick_bytes_ = 0;
      return;
    case Tag::kSnapshot:
      require(!progressed_, "a subscriber was given a snapshot instead of what it missed");
      return;
    case Tag::kTile:
    case Tag::kWelcome:
      return;
    default:
      reject_message(kept_);
  }
}

void DeltaCounter::begin() {
  sum_ = 0;
  bytes_ = 0;
  arrivals_.clear();
  counts_.clear();
}

void DeltaCounter::end_tick() {
  in_tick_ = false;
  arrivals_.push_back(now_ns());
  bytes_ += tick_bytes_;
  if (reads_counts_) counts_.push_back(count_);
}

Subscriber::Subscriber(Loop& loop, std::uint16_t port, bool reads_counts, SSL_CTX* tls,
                       std::vector<model::Cell> tiles)
    : counter_(reads_counts),
      socket_(loop, port, kStreamPath, kProtocol, counter_, tls),
      tiles_(std::move(tiles)) {}

bool Subscriber::open() {
  check();
  if (socket_.is_open() && !greeted_) {
    greeted_ = true;
    socket_.send(hello_frame() + subscribe_frame(tiles_));
  }
  return counter_.is_current();
}

void Subscriber::check() const { require(!socket_.is_gone(), "a subscriber: " + socket_.reason()); }

}  // namespace commonwatch::bench
