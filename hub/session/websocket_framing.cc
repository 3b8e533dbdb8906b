#include "hub/session/websocket_framing.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "hub/base/utf8.h"

namespace commonwatch::session {
namespace {

constexpr unsigned char kFinal = 0x80;
constexpr unsigned char kReserved = 0x70;
constexpr unsigned char kMasked = 0x80;
constexpr unsigned char kLengthBits = 0x7f;
constexpr unsigned char kSixteenBits = 126;
constexpr unsigned char kSixtyFourBits = 127;
constexpr std::size_t kControlBytesMax = 125;
constexpr std::size_t kMaskBytes = 4;

std::size_t length_bytes(unsigned char length) {
  return length == kSixteenBits ? 2 : length == kSixtyFourBits ? 8 : 0;
}

bool is_known(Opcode opcode) {
  return opcode <= Opcode::kBinary || (opcode >= Opcode::kClose && opcode <= Opcode::kPong);
}

// Eight bytes at a time: a publisher's events pass through here.
void unmask(char* payload, std::size_t size,
            const std::array<unsigned char, 2 * kMaskBytes>& mask) {
  std::uint64_t key = 0;
  std::memcpy(&key, mask.data(), sizeof key);
  std::size_t i = 0;
  for (; i + sizeof key <= size; i += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload + i, sizeof word);
    word ^= key;
    std::memcpy(payload + i, &word, sizeof word);
  }
  for (; i < size; ++i) {
    payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % mask.size()]);
  }
}

// Codes that may be sent (RFC 6455, section 7.4, and the registry as of 2020).
bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace

FrameHeader::FrameHeader(Opcode opcode, std::size_t payload_bytes) {
  bytes_[size_++] = static_cast<char>(kFinal | static_cast<unsigned char>(opcode));
  const std::size_t size = size_of(payload_bytes);
  const std::size_t count = size - 2;
  bytes_[size_++] = static_cast<char>(count == 0   ? payload_bytes
                                      : count == 2 ? std::size_t{kSixteenBits}
                                                   : std::size_t{kSixtyFourBits});
  for (std::size_t i = count; i-- > 0;) {
    bytes_[size_++] = static_cast<char>((payload_bytes >> (8U * i)) & 0xffU);
  }
}

std::string control_frame(Opcode opcode, std::string_view payload) {
  payload = payload.substr(0, kControlBytesMax);
  return std::string(FrameHeader(opcode, payload.size()).bytes()).append(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  return control_frame(Opcode::kClose, payload.append(reason));
}

FrameDecoder::Found FrameDecoder::fail(std::uint16_t code) {
  close_code_ = code;
  return Found::kViolation;
}

void FrameDecoder::drop_messages() {
  dropping_ = true;
  message_ = {};
}

std::string FrameDecoder::take_message() { return std::exchange(message_, {}); }

FrameDecoder::Found FrameDecoder::take(std::string_view& bytes, const MessageBounds& bounds) {
  for (;;) {
    if (!in_payload_) {
      const Found found = take_header(bytes, bounds);
      if (found != Found::kNothing || !in_payload_) return found;
    }
    take_payload(bytes);
    if (left_ > 0) return Found::kNothing;
    in_payload_ = false;
    if (const Found found = end_frame(); found != Found::kNothing) return found;
  }
}

// Collects the header, which may come in pieces. A client's frames are masked.
FrameDecoder::Found FrameDecoder::take_header(std::string_view& bytes,
                                              const MessageBounds& bounds) {
  while (!bytes.empty()) {
    header_[header_bytes_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (header_bytes_ < 2) continue;
    if ((header_[1] & kMasked) == 0) return fail(kProtocolError);
    const std::size_t wanted = 2 + length_bytes(header_[1] & kLengthBits) + kMaskBytes;
    if (header_bytes_ < wanted) continue;
    header_bytes_ = 0;
    return begin_frame(bounds);
  }
  return Found::kNothing;
}

FrameDecoder::Found FrameDecoder::begin_frame(const MessageBounds& bounds) {
  const unsigned char length = header_[1] & kLengthBits;
  const std::size_t count = length_bytes(length);
  left_ = count == 0 ? length : 0;
  for (std::size_t i = 0; i < count; ++i) left_ = (left_ << 8U) | header_[2 + i];
  // A length is said as shortly as it can be.
  const bool shortest =
      count == 0 || left_ >= (count == 2 ? std::uint64_t{kSixteenBits} : std::uint64_t{65'536});
  const bool in_range = left_ >> 63U == 0;
  if ((header_[0] & kReserved) != 0 || !shortest || !in_range || !is_known(opcode())) {
    return fail(kProtocolError);
  }
  std::copy_n(header_.begin() + 2 + static_cast<std::ptrdiff_t>(count), kMaskBytes, mask_.begin());
  mask_at_ = 0;
  in_payload_ = true;
  if (!is_control()) return begin_data(opcode(), bounds);
  control_.clear();
  const bool whole = (header_[0] & kFinal) != 0 && left_ <= kControlBytesMax;
  return whole ? Found::kNothing : fail(kProtocolError);
}

FrameDecoder::Found FrameDecoder::begin_data(Opcode opcode, const MessageBounds& bounds) {
  if (in_message_ != (opcode == Opcode::kContinuation)) return fail(kProtocolError);
  if (!in_message_) {
    message_opcode_ = opcode;
    message_.clear();
    parts_ = 0;
  }
  in_message_ = true;
  if (dropping_) return Found::kNothing;
  const bool fits =
      message_.size() <= bounds.bytes_max && left_ <= bounds.bytes_max - message_.size();
  if (!fits || ++parts_ > bounds.parts_max) return Found::kTooLarge;
  return Found::kNothing;
}

void FrameDecoder::take_payload(std::string_view& bytes) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  const std::string_view part = bytes.substr(0, size);
  bytes.remove_prefix(size);
  left_ -= size;
  if (dropping_ && !is_control()) return;
  std::string& to = is_control() ? control_ : message_;
  const std::size_t before = to.size();
  to.append(part);
  // So that the mask begins where the last piece ended.
  std::array<unsigned char, 2 * kMaskBytes> mask{};
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask_[(mask_at_ + i) % kMaskBytes];
  unmask(to.data() + before, size, mask);
  mask_at_ = static_cast<std::uint8_t>((mask_at_ + size) % kMaskBytes);
}

FrameDecoder::Found FrameDecoder::end_frame() {
  if (is_control()) return end_control();
  if ((header_[0] & kFinal) == 0) return Found::kNothing;
  in_message_ = false;
  if (dropping_) return Found::kNothing;
  if (is_text() && !is_utf8(message_)) return fail(kInvalidText);
  return Found::kMessage;
}

FrameDecoder::Found FrameDecoder::end_control() {
  if (opcode() == Opcode::kPing) return Found::kPing;
  if (opcode() == Opcode::kPong) return Found::kPong;
  if (control_.empty()) return Found::kClose;
  if (control_.size() == 1) return fail(kProtocolError);
  const unsigned code = static_cast<unsigned>(static_cast<unsigned char>(control_[0])) << 8U |
                        static_cast<unsigned char>(control_[1]);
  if (!is_close_code(code)) return fail(kProtocolError);
  // RFC 6455 names 1007 for messages only.
  if (!is_utf8(std::string_view(control_).substr(2))) return fail(kProtocolError);
  return Found::kClose;
}

}  // namespace commonwatch::session
