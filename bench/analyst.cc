#include "bench/analyst.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "commonwatch/v1/stream.pb.h"
#include "hub/storage/crc32c.h"

namespace commonwatch::bench {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr std::chrono::seconds kReplayMax(300);

// Walks the fields of a message and gives those of one number that have a length. Decoding whole
// pages into objects would cost the measuring side more than the hub spends on sending them.
template <class Take>
void for_each_field(std::string_view message, int number, Take take) {
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const std::uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) != number) {
      require(WireFormatLite::SkipField(&input, tag), "a message of the hub is damaged");
      continue;
    }
    std::uint32_t size = 0;
    require(input.ReadVarint32(&size), "a message of the hub is damaged");
    take(message.substr(static_cast<std::size_t>(input.CurrentPosition()), size));
    require(input.Skip(static_cast<int>(size)), "a message of the hub is damaged");
  }
}

}  // namespace

Analyst::Analyst(Loop& loop, std::uint16_t port)
    : loop_(loop),
      sink_([this](std::string_view message) { take(message); }),
      socket_(loop, port, kStreamPath, kProtocol, sink_) {}

bool Analyst::open() {
  require(!socket_.is_gone(), "the analyst: " + socket_.reason());
  if (socket_.is_open() && !greeted_) {
    greeted_ = true;
    socket_.send(hello_frame());
  }
  return welcome_;
}

void Analyst::take_page(std::string_view page) {
  for_each_field(page, v1::ReplayPage::kEventsFieldNumber, [this](std::string_view replayed) {
    for_each_field(replayed, v1::ReplayedEvent::kEventFieldNumber, [this](std::string_view event) {
      checksum_ = storage::crc32c(event, checksum_);
      ++count_;
    });
  });
}

void Analyst::take_end(std::string_view message) {
  v1::ServerMessage parsed;
  require(parsed.ParseFromArray(message.data(), static_cast<int>(message.size())) &&
              parsed.replay_end().reason() == v1::REPLAY_END_REASON_END_OF_RANGE,
          "the replay did not reach its end");
  end_count_ = parsed.replay_end().count();
  end_checksum_ = parsed.replay_end().checksum();
  ended_ = true;
}

void Analyst::take(std::string_view message) {
  bool known = tag_of(message) == Tag::kWelcome || tag_of(message) == Tag::kProgress;
  welcome_ = welcome_ || tag_of(message) == Tag::kWelcome;
  if (known) return;
  for_each_field(message, v1::ServerMessage::kReplayPageFieldNumber, [&](std::string_view page) {
    page_bytes_.push_back(message.size());
    take_page(page);
    known = true;
  });
  for_each_field(message, v1::ServerMessage::kReplayEndFieldNumber, [&](std::string_view) {
    take_end(message);
    known = true;
  });
  if (!known) reject_message(message);
}

double Analyst::replay(std::uint64_t events) {
  ended_ = false;
  count_ = checksum_ = 0;
  page_bytes_.clear();
  const std::uint64_t began = now_ns();
  socket_.send(replay_events_frame());
  loop_.run_until("replaying", kReplayMax, [this] {
    open();  // says so if the connection is gone
    return ended_;
  });
  const double took = seconds_since(began);
  require(end_count_ == events && count_ == events && checksum_ == end_checksum_,
          "of " + std::to_string(events) + " events " + std::to_string(count_) +
              " arrived, and the hub says that it sent " + std::to_string(end_count_));
  return took;
}

}  // namespace commonwatch::bench
