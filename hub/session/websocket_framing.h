// WebSocket framing as a server needs it (RFC 6455, section 5), without extensions. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace commonwatch::session {

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xa,
};

// What stands before the payload of an unmasked, unfragmented frame. It depends on the payload's
// size alone, so that the same bytes go to every receiver.
class FrameHeader {
 public:
  FrameHeader(Opcode opcode, std::size_t payload_bytes);
  std::string_view bytes() const { return {bytes_.data(), size_}; }
  static constexpr std::size_t size_of(std::size_t payload_bytes) {
    return payload_bytes < 126 ? 2 : payload_bytes < 65'536 ? 4 : 10;
  }

 private:
  std::array<char, 10> bytes_{};
  std::size_t size_ = 0;
};

// A whole control frame; of a longer payload the first 125 bytes.
std::string control_frame(Opcode opcode, std::string_view payload);
std::string close_frame(std::uint16_t code, std::string_view reason);

// The protocol's own close codes that the hub uses.
inline constexpr std::uint16_t kNormalClosure = 1000;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kInvalidText = 1007;

// Of one message.
struct MessageBounds {
  std::size_t bytes_max = 0;
  std::uint32_t parts_max = 0;  // fragments, empty ones too
};

// Takes apart what a client sends, in whatever pieces it comes. Holds what came, not what a header
// announced.
class FrameDecoder {
 public:
  enum class Found {
    kNothing,  // all bytes were taken, and more are needed
    kMessage,  // `take_message`
    kPing,     // `control`
    kPong,
    kClose,      // `control`: a valid code and reason, or empty
    kTooLarge,   // the message is above its bounds
    kViolation,  // the peer breaks the protocol: `close_code`
  };
  // Takes from the front of `bytes` up to the next thing found. After kTooLarge it goes on only if
  // messages are dropped, after kViolation not at all.
  Found take(std::string_view& bytes, const MessageBounds& bounds);
  // From here on messages, however long, are passed over, the one under way as well.
  void drop_messages();

  bool is_text() const { return message_opcode_ == Opcode::kText; }
  // The message that was found.
  std::string take_message();
  // Of a message that has not come whole: what came of it.
  std::size_t unfinished_bytes() const { return in_message_ ? message_.size() : 0; }
  const std::string& control() const { return control_; }
  std::uint16_t close_code() const { return close_code_; }

 private:
  Found take_header(std::string_view& bytes, const MessageBounds& bounds);
  Found begin_frame(const MessageBounds& bounds);
  Found begin_data(Opcode opcode, const MessageBounds& bounds);
  void take_payload(std::string_view& bytes);
  Found end_frame();
  Found end_control();
  Found fail(std::uint16_t code);
  bool is_control() const { return (header_[0] & 0x08U) != 0; }
  Opcode opcode() const { return static_cast<Opcode>(header_[0] & 0x0fU); }

  std::array<unsigned char, 14> header_{};
  std::uint8_t header_bytes_ = 0;
  bool in_payload_ = false;
  bool in_message_ = false;  // a fragment came, and the last one has not
  bool dropping_ = false;
  std::uint8_t mask_at_ = 0;
  std::array<unsigned char, 4> mask_{};
  Opcode message_opcode_ = Opcode::kBinary;
  std::uint16_t close_code_ = kProtocolError;
  std::uint32_t parts_ = 0;  // of the message
  std::uint64_t left_ = 0;  // of the frame's payload
  std::string message_;
  std::string control_;
};

}  // namespace commonwatch::session
