#include "hub/base/byte_stream.h"

namespace commonwatch {
namespace {

constexpr std::size_t kHashBytes = 8;

}  // namespace

// FNV-1a over words of eight bytes, with more mixing.
std::uint64_t byte_stream_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32U;
  };
  std::size_t at = 0;
  for (; at < bytes.size();) {
    std::uint64_t word = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 8, ++at) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << shift;
    }
    add(word);
  }
  add(bytes.size());
  return hash;
}

ByteReader::ByteReader(std::string_view bytes) {
  if (bytes.size() < kHashBytes) {
    failed_ = true;
    return;
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  bytes_ = bytes.substr(body.size());
  require(get<std::uint64_t>() == byte_stream_hash(body));
  bytes_ = body;
}

}  // namespace commonwatch
