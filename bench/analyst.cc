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

// The field that a message of a replay consists of, beside the replay's number.
struct Content {
  int field = 0;
  std::string_view bytes;
};

Content content_of(std::string_view message) {
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const std::uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      require(WireFormatLite::SkipField(&input, tag), "a message of the hub is damaged");
      continue;
    }
    std::uint32_t size = 0;
    require(input.ReadVarint32(&size), "a message of the hub is damaged");
    const auto at = static_cast<std::size_t>(input.CurrentPosition());
    return {WireFormatLite::GetTagFieldNumber(tag), message.substr(at, size)};
  }
  return {};
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

void Analyst::take_delta(std::string_view delta) {
  checksum_ = storage::crc32c(delta, checksum_);
  ++count_;
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
  const Content content = content_of(message);
  switch (content.field) {
    case v1::ServerMessage::kWelcomeFieldNumber:
      welcome_ = true;
      return;
    case v1::ServerMessage::kReplayPageFieldNumber:
      page_bytes_.push_back(message.size());
      return take_page(content.bytes);
    case v1::ServerMessage::kDeltaFieldNumber:
      return take_delta(content.bytes);
    case v1::ServerMessage::kReplayEndFieldNumber:
      return take_end(message);
    case v1::ServerMessage::kSnapshotFieldNumber:
    case v1::ServerMessage::kTileFieldNumber:
    case v1::ServerMessage::kProgressFieldNumber:
      return;
    default:
      reject_message(message);
  }
}

void Analyst::ask(std::string frame) {
  ended_ = false;
  count_ = checksum_ = 0;
  page_bytes_.clear();
  socket_.send(std::move(frame));
}

bool Analyst::has_ended() {
  open();  // says so if the connection is gone
  if (!ended_) return false;
  require(end_count_ == count_ && checksum_ == end_checksum_,
          std::to_string(count_) + " arrived, and the hub says that it sent " +
              std::to_string(end_count_));
  return true;
}

double Analyst::finish(std::uint64_t began_ns) {
  loop_.run_until("replaying", kReplayMax, [this] { return has_ended(); });
  return seconds_since(began_ns);
}

double Analyst::replay(std::uint64_t events) {
  const std::uint64_t began = now_ns();
  ask(replay_events_frame());
  const double took = finish(began);
  require(count_ == events,
          "of " + std::to_string(events) + " events " + std::to_string(count_) + " arrived");
  return took;
}

double Analyst::replay_hotspots() {
  const std::uint64_t began = now_ns();
  ask(replay_hotspots_frame());
  return finish(began);
}

void Analyst::begin() { ask(replay_events_frame()); }

}  // namespace commonwatch::bench
