// Bytes of a state that is kept on disk: numbers little-endian and of fixed width, lists and texts
// begin with their length, a hash of everything stands at the end. The same values give the same
// bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/base/time.h"

namespace commonwatch {

// Finds damage, proves nothing against malice.
std::uint64_t byte_stream_hash(std::string_view bytes);

class ByteWriter {
 public:
  // Integers, enumerations, bool.
  template <class Number>
  void put(Number number) {
    const auto value = static_cast<std::uint64_t>(number);
    for (unsigned shift = 0; shift < 8 * sizeof(Number); shift += 8) {
      bytes_.push_back(static_cast<char>((value >> shift) & 0xffU));
    }
  }
  void put_double(double number) { put(std::bit_cast<std::uint64_t>(number)); }
  void put_instant(Instant instant) { put(to_micros(instant)); }
  void put_length(std::size_t length) { put(static_cast<std::uint64_t>(length)); }
  void put_text(std::string_view text) {
    put_length(text.size());
    bytes_.append(text);
  }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  // Everything, and its hash. The writer is empty then.
  std::string finish() {
    put(byte_stream_hash(bytes_));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// After the first read beyond the end, every read gives 0 and `failed` stays. Takes no more memory
// than the bytes justify, whatever they are. `bytes` outlive the reader.
class ByteReader {
 public:
  // Fails at once if the hash at the end does not hold.
  explicit ByteReader(std::string_view bytes);

  template <class Number>
  Number get() {
    if (bytes_.size() < sizeof(Number)) failed_ = true;
    if (failed_) return Number{};
    std::uint64_t value = 0;
    for (unsigned i = 0; i < sizeof(Number); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(sizeof(Number));
    return static_cast<Number>(value);
  }
  double get_double() { return std::bit_cast<double>(get<std::uint64_t>()); }
  Instant get_instant() { return instant_from_micros(get<std::int64_t>()); }
  bool get_bool() {
    const auto value = get<std::uint8_t>();
    require(value <= 1);
    return value == 1;
  }
  // The length of a list whose items take at least `item_bytes` each.
  std::size_t get_length(std::size_t item_bytes) {
    const auto length = get<std::uint64_t>();
    if (length > bytes_.size() / item_bytes) failed_ = true;
    return failed_ ? 0 : static_cast<std::size_t>(length);
  }
  std::string_view get_text() {
    const std::size_t size = get_length(1);
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  void require(bool holds) { failed_ = failed_ || !holds; }
  bool failed() const { return failed_; }
  // Read to the end, and nothing failed.
  bool is_whole() const { return !failed_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace commonwatch
