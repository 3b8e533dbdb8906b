#include <algorithm>
#include <optional>
#include <utility>

#include "clients/cli/input/event_rules.h"
#include "clients/cli/input/readers.h"

namespace commonwatch::cli {
namespace {

constexpr std::size_t kVarintBytesMax = 10;

struct Length {
  std::size_t prefix = 0;   // bytes of the varint
  std::uint64_t bytes = 0;  // of the event
};

class ProtobufReader final : public EventReader {
 public:
  ProtobufReader(InputWindow window, std::string name, bool follow)
      : window_(std::move(window)), name_(std::move(name)), follow_(follow) {}

  std::optional<ReadItem> next() override {
    if (discard_ > 0 && !discard()) return std::nullopt;
    const auto length = find_length();
    if (!length) return std::nullopt;
    if (length->bytes > kRecordBytesMax) {
      window_.consume(length->prefix);
      discard_ = length->bytes;
      ++ordinal_;
      discard();
      return ReadFault{ordinal_, "",
                       "the event is longer than " + std::to_string(kRecordBytesMax) +
                           " bytes; check that the input is length-delimited protobuf"};
    }
    const std::size_t total = length->prefix + static_cast<std::size_t>(length->bytes);
    while (window_.bytes().size() < total) {
      if (!window_.fill()) return ended_early();
    }
    ReadItem item = decode(window_.bytes().substr(length->prefix, total - length->prefix));
    window_.consume(total);
    return item;
  }

  std::uint64_t position() const override { return window_.position(); }

  void skip_to(std::uint64_t position) override {
    while (window_.position() < position) {
      if (!next()) throw position_error(name_, position);
    }
    if (window_.position() != position) throw position_error(name_, position);
  }

 private:
  std::optional<Length> find_length() {
    Length length;
    while (true) {
      if (length.prefix == window_.bytes().size() && !window_.fill()) {
        if (length.prefix > 0 && !follow_) lose_framing("ends inside the length");
        return std::nullopt;
      }
      if (length.prefix == kVarintBytesMax) lose_framing("has no length");
      const auto byte = static_cast<unsigned char>(window_.bytes()[length.prefix]);
      length.bytes |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * length.prefix);
      ++length.prefix;
      if ((byte & 0x80U) == 0) return length;
    }
  }

  [[noreturn]] void lose_framing(const char* what) const {
    throw InputError(name_ + " " + what + " of event " + std::to_string(ordinal_ + 1) +
                     ", at byte " + std::to_string(window_.position()) +
                     "; check that it is length-delimited protobuf");
  }

  // The rest of an event that is too long; false if the end comes first, for now.
  bool discard() {
    while (discard_ > 0) {
      if (window_.bytes().empty() && !window_.fill()) return false;
      const auto count = std::min<std::uint64_t>(discard_, window_.bytes().size());
      window_.consume(static_cast<std::size_t>(count));
      discard_ -= count;
    }
    return true;
  }

  std::optional<ReadItem> ended_early() {
    if (follow_) return std::nullopt;
    window_.consume(window_.bytes().size());
    return ReadFault{++ordinal_, "",
                     "the input ends in the middle of this event; everything before it was read"};
  }

  ReadItem decode(std::string_view bytes) {
    ReadEvent read;
    read.line = ++ordinal_;
    if (!read.event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return ReadFault{read.line, "", "the bytes are no Event; write them again from the source"};
    }
    if (has_unknown_fields(read.event)) {
      return ReadFault{read.line, "",
                       "the event has a field that event.proto does not know; take it out"};
    }
    if (const auto broken = broken_rule(read.event)) {
      return ReadFault{read.line, broken->field, broken->message + "; correct the event"};
    }
    return read;
  }

  InputWindow window_;
  std::string name_;
  bool follow_;
  std::uint64_t ordinal_ = 0;
  std::uint64_t discard_ = 0;
};

}  // namespace

std::unique_ptr<EventReader> make_protobuf_reader(InputWindow window, const std::string& name,
                                                  bool follow) {
  return std::make_unique<ProtobufReader>(std::move(window), name, follow);
}

}  // namespace commonwatch::cli
