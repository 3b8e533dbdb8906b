// WebSocket framing (RFC 6455) as a client needs it: what the server sends is taken apart without
// being collected, what the client sends is masked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace commonwatch::bench {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// Takes the messages of one connection, in the parts in which they arrive.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  virtual void part(std::string_view bytes) = 0;
  // The message that `part` was called for is whole.
  virtual void end() = 0;
};

// Takes what is not a message.
class ControlSink {
 public:
  virtual ~ControlSink() = default;
  virtual void control(Opcode opcode, std::string_view payload) = 0;
};

// Not thread-safe. The state of a connection between two reads is a few bytes.
class FrameReader {
 public:
  // False: these bytes are not a frame of a server.
  bool read(std::string_view bytes, MessageSink& messages, ControlSink& controls);

 private:
  bool read_header(std::string_view& bytes);
  bool is_control() const { return (first_ & 0x08U) != 0; }

  std::array<unsigned char, 10> header_{};
  std::size_t header_bytes_ = 0;
  bool in_payload_ = false;
  unsigned char first_ = 0;
  std::uint64_t left_ = 0;
  std::string control_;
};

// What stands before a payload of this size in a frame from a server.
constexpr std::size_t frame_header_bytes(std::uint64_t payload) {
  return payload < 126 ? 2 : payload < 65'536 ? 4 : 10;
}
// One whole frame from a client, masked.
std::string client_frame(Opcode opcode, std::string_view payload);
// One whole frame from a server.
std::string server_frame(Opcode opcode, std::string_view payload);

}  // namespace commonwatch::bench
