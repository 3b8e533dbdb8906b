#include "hub/session/websocket_connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "hub/session/websocket_framing.h"

namespace commonwatch::session {
namespace {

namespace asio = boost::asio;

// For reading into, by whoever is at it: nothing waits while it is in use.
constexpr std::size_t kReadBytes = 64U << 10U;
// Reads in a row before others have their turn.
constexpr std::uint32_t kReadsMax = 16;
// Messages whose frames one system call takes.
constexpr std::size_t kGatheredMax = 24;
// Pongs that wait for a peer which does not read: of more pings the last one is answered.
constexpr std::size_t kControlBytesMax = 1024;

std::size_t framed_size(const Outgoing& outgoing) {
  const std::size_t size = outgoing.bytes->size();
  return outgoing.frames > 0 ? size : FrameHeader::size_of(size) + size;
}

using Found = FrameDecoder::Found;
using Outcome = Transport::Outcome;

class WebSocketConnection final : public Connection {
 public:
  WebSocketConnection(std::shared_ptr<Transport> transport, std::string peer,
                      wire::Encoding encoding, const LiveLimits& limits, Inbound& inbound,
                      std::string unread)
      : transport_(std::move(transport)),
        peer_(std::move(peer)),
        encoding_(encoding),
        limits_(limits),
        share_(inbound),
        unread_(std::move(unread)),
        read_ended_(executor()) {}

  Executor executor() override { return transport_->socket().get_executor(); }
  wire::Encoding encoding() const override { return encoding_; }
  const std::string& peer() const override { return peer_; }
  const Heard& heard() const override { return heard_; }
  void abort() override { transport_->close(); }

  Task<Result<std::string>> read(std::size_t bytes_max) override;
  void let_go() override { share_.resize(0, 0, 0); }
  bool write_now(std::span<const Outgoing> messages) override;
  Task<bool> write(std::span<const Outgoing> messages) override;
  void ping() override;
  Task<void> close(std::optional<wire::CloseCode> code) override;

 private:
  // What one call of `find` came upon; nothing: more bytes are needed.
  using Message = std::optional<Result<std::string>>;
  // Takes from the front of `bytes`.
  Message find(std::string_view& bytes, const MessageBounds& bounds);
  Message take(std::string_view& bytes, const MessageBounds& bounds);
  Message conclude(Found found, const MessageBounds& bounds);
  void hear(Found found);
  Message end(std::string_view why);
  Result<std::string> message();
  // A part of a message came, which is not whole: may it be held? Nothing: it may.
  Message hold();
  Task<Result<std::string>> read_next(MessageBounds bounds);

  Transport::Step write_from(std::span<const Outgoing> messages, std::size_t done);
  bool write_all(std::span<const Outgoing> messages);
  Task<bool> write_control();
  void answer_ping();
  // The last frame that is sent.
  void say_goodbye(std::string frame);
  // False: something is left of it.
  bool flush_control();
  Opcode opcode() const {
    return encoding_ == wire::Encoding::kBinary ? Opcode::kBinary : Opcode::kText;
  }

  std::shared_ptr<Transport> transport_;
  std::string peer_;
  wire::Encoding encoding_;
  const LiveLimits& limits_;
  FrameDecoder decoder_;
  Inbound::Share share_;  // of the message that has not come whole, or is still held
  Heard heard_;
  std::string unread_;  // came with a message before
  std::size_t unread_at_ = 0;
  std::uint32_t reads_ = 0;  // in a row
  std::string control_;      // frames that go before the next message
  std::string last_pong_;    // goes behind them, where they are too many
  bool writing_ = false;                     // has begun with frames, and not ended
  std::size_t written_ = 0;                  // of them
  Outcome blocked_ = Outcome::kWaitToWrite;  // why the last write stopped
  bool close_sent_ = false;                  // or waits in `control_`
  bool close_received_ = false;
  bool gone_ = false;  // the peer is, without a word
  Signal read_ended_;  // `close` waits for it
};

// --- reading -----------------------------------------------------------------------------------

WebSocketConnection::Message WebSocketConnection::end(std::string_view why) {
  return Result<std::string>(make_error(ErrorCode::kShuttingDown, std::string(why)));
}

Result<std::string> WebSocketConnection::message() {
  std::string message = decoder_.take_message();
  if (decoder_.is_text() == (encoding_ == wire::Encoding::kJson)) return message;
  return make_error(ErrorCode::kMalformedMessage,
                    encoding_ == wire::Encoding::kBinary
                        ? "commonwatch.v1 takes binary frames; for JSON ask for the "
                          "subprotocol commonwatch.v1.json"
                        : "commonwatch.v1.json takes text frames; for protobuf ask for the "
                          "subprotocol commonwatch.v1");
}

WebSocketConnection::Message WebSocketConnection::hold() {
  const Limits& limits = *limits_;
  const std::size_t size = decoder_.unfinished_bytes();
  if (share_.resize(size, limits.hello_frame_bytes_max, limits.inbound_bytes_max)) {
    return std::nullopt;
  }
  return Result<std::string>(make_error(
      ErrorCode::kRateLimited,
      "the hub holds as many unfinished messages as it may; send it again later, or in messages of "
      "at most " +
          std::to_string(limits.hello_frame_bytes_max) + " bytes"));
}

WebSocketConnection::Message WebSocketConnection::conclude(Found found,
                                                           const MessageBounds& bounds) {
  switch (found) {
    case Found::kMessage:
      return message();
    case Found::kTooLarge:
      return Result<std::string>(
          make_error(ErrorCode::kMessageTooLarge,
                     "a message may have at most " + std::to_string(bounds.bytes_max) +
                         " bytes, in at most " + std::to_string(bounds.parts_max) +
                         " parts; send smaller ones"));
    case Found::kPing:
      answer_ping();
      return std::nullopt;
    case Found::kClose: {
      close_received_ = true;
      const std::string_view code = std::string_view(decoder_.control()).substr(0, 2);
      say_goodbye(code.empty() ? close_frame(kNormalClosure, {})
                               : control_frame(Opcode::kClose, code));
      return end("the peer said goodbye");
    }
    case Found::kViolation:
      heard_.bad_frame = true;
      say_goodbye(close_frame(decoder_.close_code(), "protocol error"));
      return end("the peer broke the WebSocket protocol");
    default:
      return std::nullopt;
  }
}

void WebSocketConnection::hear(Found found) {
  ++heard_.signs;
  if (found == Found::kPing || found == Found::kPong) ++heard_.control_frames;
}

WebSocketConnection::Message WebSocketConnection::take(std::string_view& bytes,
                                                       const MessageBounds& bounds) {
  for (;;) {
    const std::size_t before = decoder_.unfinished_bytes();
    const Found found = decoder_.take(bytes, bounds);
    // An empty part of a message is no sign of life.
    if (found != Found::kNothing || decoder_.unfinished_bytes() != before) hear(found);
    if (found == Found::kNothing) return hold();
    if (Message message = conclude(found, bounds)) return message;
  }
}

WebSocketConnection::Message WebSocketConnection::find(std::string_view& bytes,
                                                       const MessageBounds& bounds) {
  // Of what comes behind a bad frame, where it ends is all that counts.
  if (heard_.bad_frame) return std::nullopt;
  Message message = take(bytes, bounds);
  if (!writing_) flush_control();
  return message;
}

Task<Result<std::string>> WebSocketConnection::read_next(MessageBounds bounds) {
  thread_local std::array<char, kReadBytes> buffer;
  if (!unread_.empty()) {
    std::string_view bytes = std::string_view(unread_).substr(unread_at_);
    Message message = find(bytes, bounds);
    unread_at_ = unread_.size() - bytes.size();
    if (!message || bytes.empty()) unread_ = {};
    if (message) co_return *std::move(message);
  }
  for (;;) {
    if (reads_ == kReadsMax) {
      reads_ = 0;
      const Executor others = executor();
      co_await asio::post(others, kAwait);
    }
    const Transport::Step step = transport_->read(asio::buffer(buffer));
    if (step.outcome == Outcome::kEnded) break;
    if (step.outcome == Outcome::kMoved) {
      ++reads_;
      std::string_view bytes(buffer.data(), step.bytes);
      Message message = find(bytes, bounds);
      if (!message) continue;
      unread_.assign(bytes);
      unread_at_ = 0;
      co_return *std::move(message);
    }
    reads_ = 0;
    const bool ready = co_await transport_->wait(step.outcome);
    if (!ready) break;
  }
  gone_ = true;
  co_return *end("the peer is gone");
}

Task<Result<std::string>> WebSocketConnection::read(std::size_t bytes_max) {
  heard_.listening = true;
  let_go();
  auto message = co_await read_next({bytes_max, limits_->message_parts_max});
  heard_.listening = false;
  read_ended_.raise();
  co_return message;
}

// --- writing -----------------------------------------------------------------------------------

// Frames beside the messages. They never stand between the parts of one: during a write they wait.
void WebSocketConnection::answer_ping() {
  if (close_sent_) return;
  std::string pong = control_frame(Opcode::kPong, decoder_.control());
  if (control_.size() > kControlBytesMax || !last_pong_.empty()) {
    last_pong_ = std::move(pong);
  } else {
    control_ += pong;
  }
}

void WebSocketConnection::ping() {
  if (close_sent_ || !control_.empty()) return;
  control_ = control_frame(Opcode::kPing, {});
  if (!writing_) flush_control();
}

void WebSocketConnection::say_goodbye(std::string frame) {
  if (!close_sent_) control_ += std::exchange(last_pong_, {}) + frame;
  close_sent_ = true;
}

// What the network does not take now goes before the next message; a heartbeat, at the latest.
bool WebSocketConnection::flush_control() {
  for (;;) {
    if (control_.empty()) control_ = std::exchange(last_pong_, {});
    if (control_.empty()) return true;
    const asio::const_buffer bytes = asio::buffer(control_);
    const Transport::Step step = transport_->write({&bytes, 1});
    blocked_ = step.outcome;
    if (step.outcome != Outcome::kMoved) return false;
    control_.erase(0, step.bytes);
  }
}

// One system call for all of it, from byte `done` of the frames on.
Transport::Step WebSocketConnection::write_from(std::span<const Outgoing> messages,
                                                std::size_t done) {
  std::array<std::optional<FrameHeader>, kGatheredMax> headers;
  std::array<asio::const_buffer, 2 * kGatheredMax> buffers;
  std::size_t count = 0;
  std::size_t framed = 0;
  const auto gather = [&](std::string_view bytes) {
    const std::size_t skipped = std::min(done, bytes.size());
    done -= skipped;
    if (skipped < bytes.size()) {
      buffers[count++] = asio::const_buffer(bytes.data() + skipped, bytes.size() - skipped);
    }
  };
  for (std::size_t i = 0; i < messages.size() && count + 2 <= buffers.size(); ++i) {
    const std::string& message = *messages[i].bytes;
    if (done >= framed_size(messages[i])) {
      done -= framed_size(messages[i]);
      continue;
    }
    if (messages[i].frames > 0) {
      gather(message);
      continue;
    }
    auto& held = headers[framed++].emplace(opcode(), message.size());
    gather(held.bytes());
    gather(message);
  }
  return transport_->write({buffers.data(), count});
}

bool WebSocketConnection::write_all(std::span<const Outgoing> messages) {
  std::size_t total = 0;
  for (const Outgoing& message : messages) total += framed_size(message);
  writing_ = true;
  while (written_ < total) {
    const Transport::Step step = write_from(messages, written_);
    blocked_ = step.outcome;
    if (step.outcome != Outcome::kMoved) return false;
    written_ += step.bytes;
  }
  writing_ = false;
  written_ = 0;
  return true;
}

bool WebSocketConnection::write_now(std::span<const Outgoing> messages) {
  // What was begun is ended, also after a goodbye of the peer's.
  if (!writing_ && !flush_control()) return false;
  if (!writing_ && close_sent_) {
    blocked_ = Outcome::kEnded;
    return false;
  }
  if (!write_all(messages)) return false;
  flush_control();
  return true;
}

Task<bool> WebSocketConnection::write(std::span<const Outgoing> messages) {
  while (!write_now(messages)) {
    if (blocked_ == Outcome::kEnded) co_return false;
    const bool ready = co_await transport_->wait(blocked_);
    if (!ready) co_return false;
  }
  co_return true;
}

Task<bool> WebSocketConnection::write_control() {
  while (!flush_control()) {
    if (blocked_ == Outcome::kEnded) co_return false;
    const bool ready = co_await transport_->wait(blocked_);
    if (!ready) co_return false;
  }
  co_return true;
}

Task<void> WebSocketConnection::close(std::optional<wire::CloseCode> code) {
  if (code) {
    say_goodbye(close_frame(static_cast<std::uint16_t>(*code), wire::close_name(*code)));
  }
  if (!close_sent_ || gone_) co_return transport_->close();
  const bool told = co_await write_control();
  if (!told) co_return transport_->close();
  // A read that is under way sees the answer; or whatever comes before it, and ends.
  while (heard_.listening) co_await read_ended_.wait();
  decoder_.drop_messages();
  share_.resize(0, 0, 0);
  // What is not read would make the system take back what was told.
  if (heard_.bad_frame) transport_->finish();
  if (!close_received_ && !gone_) co_await read_next({});
  transport_->finish();
  transport_->close();
}

}  // namespace

std::unique_ptr<Connection> make_websocket(std::shared_ptr<Transport> transport, std::string peer,
                                           wire::Encoding encoding, const LiveLimits& limits,
                                           Inbound& inbound, std::string unread) {
  return std::make_unique<WebSocketConnection>(std::move(transport), std::move(peer), encoding,
                                               limits, inbound, std::move(unread));
}

}  // namespace commonwatch::session
