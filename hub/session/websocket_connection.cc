#include "hub/session/websocket_connection.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "hub/session/websocket_framing.h"

namespace commonwatch::session {
namespace {

namespace asio = boost::asio;

// For reading into, by whoever is at it: nothing waits while it is in use.
constexpr std::size_t kReadBytes = 64U << 10U;
// Messages whose frames one system call takes.
constexpr std::size_t kGatheredMax = 24;
// Pongs that wait for a peer which does not read: of more pings the last ones go unanswered.
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
                      wire::Encoding encoding)
      : transport_(std::move(transport)),
        peer_(std::move(peer)),
        encoding_(encoding),
        read_ended_(executor()),
        last_heard_(SteadyClock::now()) {}

  Executor executor() override { return transport_->socket().get_executor(); }
  wire::Encoding encoding() const override { return encoding_; }
  const std::string& peer() const override { return peer_; }
  SteadyClock::time_point last_heard() const override { return last_heard_; }
  void abort() override { transport_->close(); }

  Task<Result<std::string>> read(std::size_t bytes_max) override;
  bool write_now(std::span<const Outgoing> messages) override;
  Task<bool> write(std::span<const Outgoing> messages) override;
  void ping() override { answer(control_frame(Opcode::kPing, {})); }
  Task<void> close(wire::CloseCode code) override;

 private:
  // What one call of `find` came upon; nothing: more bytes are needed.
  using Message = std::optional<Result<std::string>>;
  Message find(std::string_view bytes, std::size_t bytes_max);
  Message conclude(Found found, std::size_t bytes_max);
  Message end(std::string_view why);
  Result<std::string> message();
  Task<Result<std::string>> read_next(std::size_t bytes_max);

  Transport::Step write_from(std::span<const Outgoing> messages, std::size_t done);
  bool write_all(std::span<const Outgoing> messages);
  Task<bool> write_control();
  void answer(std::string frame);
  // False: something is left of it.
  bool flush_control();
  Opcode opcode() const {
    return encoding_ == wire::Encoding::kBinary ? Opcode::kBinary : Opcode::kText;
  }

  std::shared_ptr<Transport> transport_;
  std::string peer_;
  wire::Encoding encoding_;
  FrameDecoder decoder_;
  std::string unread_;   // came with the message before
  std::string control_;  // frames that go before the next message
  bool reading_ = false;
  std::size_t written_ = 0;                  // of the frames that are being written
  Outcome blocked_ = Outcome::kWaitToWrite;  // why the last write stopped
  bool close_sent_ = false;
  bool close_received_ = false;
  Signal read_ended_;  // `close` waits for it
  SteadyClock::time_point last_heard_;
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

WebSocketConnection::Message WebSocketConnection::conclude(Found found, std::size_t bytes_max) {
  switch (found) {
    case Found::kMessage:
      return message();
    case Found::kTooLarge:
      return Result<std::string>(make_error(
          ErrorCode::kMessageTooLarge,
          "a message may have at most " + std::to_string(bytes_max) + " bytes; send smaller ones"));
    case Found::kPing:
      answer(control_frame(Opcode::kPong, decoder_.control()));
      return std::nullopt;
    case Found::kClose:
      close_received_ = true;
      answer(control_frame(Opcode::kClose, decoder_.control().substr(0, 2)));
      close_sent_ = true;
      transport_->finish();
      return end("the peer said goodbye");
    case Found::kViolation:
      answer(close_frame(decoder_.close_code(), "protocol error"));
      close_sent_ = true;
      transport_->finish();
      return end("the peer broke the WebSocket protocol");
    default:
      return std::nullopt;
  }
}

WebSocketConnection::Message WebSocketConnection::find(std::string_view bytes,
                                                       std::size_t bytes_max) {
  for (;;) {
    const Found found = decoder_.take(bytes, bytes_max);
    if (found == Found::kNothing) return std::nullopt;
    if (Message message = conclude(found, bytes_max)) {
      unread_.assign(bytes);
      return message;
    }
  }
}

Task<Result<std::string>> WebSocketConnection::read_next(std::size_t bytes_max) {
  thread_local std::array<char, kReadBytes> buffer;
  if (!unread_.empty()) {
    const std::string bytes = std::exchange(unread_, {});
    if (Message message = find(bytes, bytes_max)) co_return *std::move(message);
  }
  for (;;) {
    const Transport::Step step = transport_->read(asio::buffer(buffer));
    if (step.outcome == Outcome::kEnded) co_return *end("the peer is gone");
    if (step.outcome == Outcome::kMoved) {
      last_heard_ = SteadyClock::now();
      if (Message message = find({buffer.data(), step.bytes}, bytes_max)) {
        co_return *std::move(message);
      }
      continue;
    }
    const bool ready = co_await transport_->wait(step.outcome);
    if (!ready) co_return *end("the connection was closed");
  }
}

Task<Result<std::string>> WebSocketConnection::read(std::size_t bytes_max) {
  reading_ = true;
  auto message = co_await read_next(bytes_max);
  reading_ = false;
  read_ended_.raise();
  co_return message;
}

// --- writing -----------------------------------------------------------------------------------

// Frames beside the messages. They never stand between the parts of one: during a write they wait.
void WebSocketConnection::answer(std::string frame) {
  if (close_sent_ || control_.size() > kControlBytesMax) return;
  control_ += frame;
  if (written_ == 0) flush_control();
}

// What the network does not take now goes before the next message; a heartbeat, at the latest.
bool WebSocketConnection::flush_control() {
  while (!control_.empty()) {
    const asio::const_buffer bytes = asio::buffer(control_);
    const Transport::Step step = transport_->write({&bytes, 1});
    blocked_ = step.outcome;
    if (step.outcome != Outcome::kMoved) return false;
    control_.erase(0, step.bytes);
  }
  return true;
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
  while (written_ < total) {
    const Transport::Step step = write_from(messages, written_);
    blocked_ = step.outcome;
    if (step.outcome != Outcome::kMoved) return false;
    written_ += step.bytes;
  }
  written_ = 0;
  return true;
}

bool WebSocketConnection::write_now(std::span<const Outgoing> messages) {
  if (written_ == 0 && !flush_control()) return false;
  if (close_sent_) {
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

Task<void> WebSocketConnection::close(wire::CloseCode code) {
  if (!close_sent_) {
    control_ += close_frame(static_cast<std::uint16_t>(code), wire::close_name(code));
    close_sent_ = true;
  }
  const bool told = co_await write_control();
  // A read that is under way sees the answer; or whatever comes before it, and ends.
  while (told && reading_) co_await read_ended_.wait();
  decoder_.drop_messages();
  if (told && !close_received_) co_await read_next(0);
  transport_->finish();
  transport_->close();
}

}  // namespace

std::unique_ptr<Connection> make_websocket(std::shared_ptr<Transport> transport, std::string peer,
                                           wire::Encoding encoding) {
  return std::make_unique<WebSocketConnection>(std::move(transport), std::move(peer), encoding);
}

}  // namespace commonwatch::session
