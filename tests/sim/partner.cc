#include "tests/sim/partner.h"

#include <algorithm>
#include <utility>

#include "tests/sim/broken.h"

namespace commonwatch::sim {
namespace {

constexpr std::size_t kHoldsMax = 3;
constexpr const char* kKept = "what was acknowledged is stored";
constexpr const char* kAnswers = "an acknowledgement says what became of each event";

std::string text_of(const std::string& source, std::uint64_t sequence) {
  return source + " sequence " + std::to_string(sequence);
}

}  // namespace

void Partner::send(const v1::ClientMessage& message) { line_->send(message.SerializeAsString()); }

void Partner::connect(std::shared_ptr<Line> line, bool drop_older) {
  if (drop_older && line_) line_->drop();
  line_ = std::move(line);
  holds_.push_back({line_, 0, {}});
  if (holds_.size() > kHoldsMax) {
    holds_.front().line->drop();
    holds_.erase(holds_.begin());
  }
  v1::ClientMessage hello;
  hello.mutable_hello()->set_client("sim");
  send(hello);
  open();
}

void Partner::drop() {
  if (line_) line_->drop();
  opened_ = false;
}

void Partner::open() {
  opened_ = false;
  opening_ = true;
  v1::ClientMessage message;
  message.mutable_open_source()->set_source(spool_.source());
  message.mutable_open_source()->set_acknowledged_sequence(acknowledged_);
  send(message);
}

void Partner::send_events(std::uint64_t first, std::uint64_t count, bool forge) {
  v1::ClientMessage message;
  v1::Publish& publish = *message.mutable_publish();
  publish.set_source(spool_.source());
  publish.set_first_sequence(first);
  for (std::uint64_t sequence = first; sequence < first + count; ++sequence) {
    if (forge) {
      v1::Event other = spool_.at(sequence).event;
      other.mutable_location()->set_area_code("forged");
      *publish.add_events() = other.SerializeAsString();
      holds_.back().forged.insert(sequence);
    } else {
      *publish.add_events() = spool_.at(sequence).bytes;
    }
  }
  send(message);
}

bool Partner::publish(std::int64_t seconds) {
  if (!is_connected() || !opened_) return false;
  const auto count = static_cast<std::uint64_t>(random_.between(1, random_.chance(10) ? 60 : 6));
  if (sent_ > 0 && random_.chance(12)) {
    // Again what was sent, acknowledged or not; sometimes it says something else.
    const auto first =
        static_cast<std::uint64_t>(random_.between(1, static_cast<std::int64_t>(sent_)));
    const bool forge = first <= acknowledged_ && random_.chance(30);
    const std::uint64_t last = forge ? acknowledged_ : sent_;
    send_events(first, std::min(count, last - first + 1), forge);
    return true;
  }
  while (spool_.size() < sent_ + count) spool_.say(random_, seconds);
  if (random_.chance(3)) {
    // A gap: nothing of it may be consumed.
    spool_.say(random_, seconds);
    send_events(sent_ + 2, 1, false);
    return true;
  }
  const std::uint64_t last = std::min(sent_ + count, credit_);
  if (last <= sent_) return false;
  send_events(sent_ + 1, last - sent_, false);
  sent_ = last;
  sent_most_ = std::max(sent_most_, sent_);
  return true;
}

bool Partner::publish_rest() {
  if (!is_connected() || !opened_) return false;
  const std::uint64_t last = std::min({spool_.size(), credit_, sent_ + 1000});
  if (last <= sent_) return false;
  send_events(sent_ + 1, last - sent_, false);
  sent_ = last;
  sent_most_ = std::max(sent_most_, sent_);
  return true;
}

bool Partner::arrive() {
  std::vector<Line*> lines;
  for (const Hold& hold : holds_) {
    if (hold.line->has_to_hub()) lines.push_back(hold.line.get());
  }
  return !lines.empty() && random_.any(lines)->arrive();
}

bool Partner::receive() {
  std::vector<Hold*> holds;
  for (Hold& hold : holds_) {
    if (hold.line->has_to_client()) holds.push_back(&hold);
  }
  if (holds.empty()) return false;
  Hold& hold = *random_.any(holds);
  v1::ServerMessage message;
  require(message.ParseFromString(*hold.line->receive()), "messages are of the contract",
          spool_.source() + " got bytes that are none");
  take(hold, message);
  return true;
}

void Partner::take(Hold& hold, const v1::ServerMessage& message) {
  if (message.has_source_opened()) take_opened(hold, message.source_opened());
  if (message.has_published()) take_published(hold, message.published());
  if (message.has_error()) take_error(hold, message.error());
}

void Partner::take_opened(Hold& hold, const v1::SourceOpened& opened) {
  const std::uint64_t last = opened.last_sequence();
  require(last <= sent_most_, kKept,
          text_of(spool_.source(), last) + " is the hub's last, but it was never sent");
  hold.told = last;
  if (hold.line != line_) return;
  require(last >= acknowledged_ || !opening_, kKept,
          text_of(spool_.source(), acknowledged_) + " was acknowledged, the hub goes on at " +
              std::to_string(last));
  opened_ = true;
  opening_ = false;
  sent_ = last;
  credit_ = opened.credit();
  acknowledged_ = std::max(acknowledged_, last);
}

void Partner::take_published(Hold& hold, const v1::Published& published) {
  const std::uint64_t last = published.sequence();
  require(last <= sent_most_, kAnswers, text_of(spool_.source(), last) + " was never sent");
  std::map<std::uint64_t, v1::ErrorCode> rejected;
  for (const v1::Rejection& rejection : published.rejections()) {
    rejected[rejection.sequence()] = rejection.code();
    if (rejection.code() == v1::ERROR_CODE_CONFLICT) {
      require(hold.forged.contains(rejection.sequence()), kAnswers,
              text_of(spool_.source(), rejection.sequence()) +
                  " is a conflict, but it was sent with one content");
      continue;
    }
    const Fate fate = spool_.at(rejection.sequence()).fate;
    require(fate == Fate::kInvalid || fate == Fate::kRevisionConflict, kAnswers,
            text_of(spool_.source(), rejection.sequence()) + " was rejected, and is sound");
  }
  for (std::uint64_t sequence = hold.told + 1; sequence <= last; ++sequence) {
    const Fate fate = spool_.at(sequence).fate;
    const auto found = rejected.find(sequence);
    const bool bad = fate == Fate::kInvalid || (fate == Fate::kRevisionConflict && !reduced_);
    require(
        !bad || found != rejected.end(), kAnswers,
        text_of(spool_.source(), sequence) + " must be rejected, and was acknowledged as sound");
    require(fate != Fate::kRevisionConflict || found == rejected.end() ||
                found->second == v1::ERROR_CODE_REVISION_CONFLICT,
            kAnswers, text_of(spool_.source(), sequence) + " has another code of rejection");
  }
  if (!published.chain_head().empty()) {
    chain_head_ = published.chain_head();
    chain_sequence_ = last;
  }
  hold.told = std::max(hold.told, last);
  acknowledged_ = std::max(acknowledged_, last);
  if (hold.line == line_) credit_ = std::max(credit_, published.credit());
}

void Partner::take_error(Hold& hold, const v1::Error& error) {
  require(error.code() != v1::ERROR_CODE_LOG_REGRESSED, kKept,
          spool_.source() + ": " + error.message());
  if (hold.line != line_) return;
  opened_ = false;
  // Whatever was refused: begin anew behind what is durable.
  if (is_connected() && !error.closes()) open();
}

}  // namespace commonwatch::sim
