#include "bench/frame.h"

#include <algorithm>
#include <random>

namespace commonwatch::bench {
namespace {

constexpr unsigned char kFinal = 0x80;
constexpr unsigned char kMasked = 0x80;
constexpr unsigned char kSixteenBits = 126;
constexpr unsigned char kSixtyFourBits = 127;

std::size_t header_size(unsigned char length) {
  return length == kSixteenBits ? 4 : length == kSixtyFourBits ? 10 : 2;
}

std::string header(Opcode opcode, std::size_t size, unsigned char mask_bit) {
  std::string bytes(1, static_cast<char>(kFinal | static_cast<unsigned char>(opcode)));
  const auto append = [&](unsigned char marker, unsigned count) {
    bytes += static_cast<char>(mask_bit | marker);
    for (unsigned i = count; i-- > 0;) bytes += static_cast<char>((size >> (8U * i)) & 0xffU);
  };
  if (size < kSixteenBits) {
    append(static_cast<unsigned char>(size), 0);
  } else if (size < 65'536) {
    append(kSixteenBits, 2);
  } else {
    append(kSixtyFourBits, 8);
  }
  return bytes;
}

}  // namespace

// Collects the header, which may come in pieces.
bool FrameReader::read_header(std::string_view& bytes) {
  while (!bytes.empty()) {
    header_[header_bytes_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (header_bytes_ < 2) continue;
    if ((header_[1] & kMasked) != 0) return false;
    const std::size_t wanted = header_size(header_[1]);
    if (header_bytes_ < wanted) continue;
    left_ = header_[1];
    if (wanted > 2) {
      left_ = 0;
      for (std::size_t i = 2; i < wanted; ++i) left_ = (left_ << 8U) | header_[i];
    }
    first_ = header_[0];
    header_bytes_ = 0;
    in_payload_ = true;
    return true;
  }
  return true;
}

bool FrameReader::read(std::string_view bytes, MessageSink& messages, ControlSink& controls) {
  while (!bytes.empty() || in_payload_) {
    if (!in_payload_ && !read_header(bytes)) return false;
    if (!in_payload_) return true;
    const std::string_view part =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    if (is_control()) {
      control_ += part;
    } else if (!part.empty()) {
      messages.part(part);
    }
    if (left_ > 0) return true;
    in_payload_ = false;
    if (is_control()) {
      controls.control(static_cast<Opcode>(first_ & 0x0fU), control_);
      control_.clear();
    } else if ((first_ & kFinal) != 0) {
      messages.end();
    }
  }
  return true;
}

std::string client_frame(Opcode opcode, std::string_view payload) {
  static thread_local std::minstd_rand random(std::random_device{}());
  std::string frame = header(opcode, payload.size(), kMasked);
  std::array<unsigned char, 4> mask{};
  for (unsigned char& byte : mask) byte = static_cast<unsigned char>(random() & 0xffU);
  frame.append(mask.begin(), mask.end());
  frame.reserve(frame.size() + payload.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
  }
  return frame;
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  return header(opcode, payload.size(), 0).append(payload);
}

}  // namespace commonwatch::bench
