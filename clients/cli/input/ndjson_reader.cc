#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/event_rules.h"
#include "clients/cli/input/readers.h"

namespace commonwatch::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// protobuf's message has the path in front, as `(overdose.certainty): invalid value ...`, and for a
// field that there is not `(overdose) name: Cannot find field.`
ReadFault fault_of(std::uint64_t line, const std::string& message) {
  ReadFault fault{line, "", message};
  const std::size_t close = message.find(')');
  if (message.starts_with('(') && close != std::string::npos) {
    fault.field = message.substr(1, close - 1);
    fault.message =
        message.substr(std::min(message.size(), message.find_first_not_of(" :", close + 1)));
  }
  if (const std::size_t at = fault.message.find(": Cannot find field"); at != std::string::npos) {
    fault.field += (fault.field.empty() ? "" : ".") + fault.message.substr(0, at);
    fault.message = "there is no such field";
  }
  // What follows the first line is an excerpt of the input; it may hold anything.
  fault.message = "no Event in proto3 JSON: " + fault.message.substr(0, fault.message.find('\n')) +
                  "; correct the line, event.proto names the fields";
  return fault;
}

class NdjsonReader final : public EventReader {
 public:
  NdjsonReader(InputWindow window, std::string name, bool follow)
      : window_(std::move(window)), name_(std::move(name)), follow_(follow) {}

  std::optional<ReadItem> next() override {
    while (const auto length = find_line()) {
      const std::uint64_t line = window_.lines() + 1;
      if (*length > kRecordBytesMax) {
        window_.consume_line();
        return ReadFault{line, "",
                         "the line is longer than " + std::to_string(kRecordBytesMax) +
                             " bytes; write one event a line"};
      }
      std::string text(window_.bytes().substr(0, *length));
      const bool first = window_.position() == 0;
      window_.consume(std::min(*length + 1, window_.bytes().size()));
      if (first && text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
      if (!trim(text).empty()) return decode(text, line);
    }
    return std::nullopt;
  }

  std::uint64_t position() const override { return window_.position(); }

  void skip_to(std::uint64_t position) override {
    while (window_.position() < position) {
      const bool newline = window_.consume_line();
      if (!newline && window_.position() < position) throw position_error(name_, position);
    }
    if (window_.position() != position) throw position_error(name_, position);
  }

 private:
  // Bytes before the end of the line; nothing if there is no line, for now.
  std::optional<std::size_t> find_line() {
    std::size_t from = 0;
    while (true) {
      const std::string_view bytes = window_.bytes();
      const std::size_t newline = bytes.find('\n', from);
      if (newline != std::string_view::npos) return newline;
      from = bytes.size();
      if (from > kRecordBytesMax) return from;
      if (window_.fill()) continue;
      if (from == 0 || follow_) return std::nullopt;
      return from;
    }
  }

  static ReadItem decode(const std::string& text, std::uint64_t line) {
    ReadEvent read;
    read.line = line;
    const auto status = google::protobuf::util::JsonStringToMessage(text, &read.event);
    if (!status.ok()) {
      return fault_of(line, std::string(status.message().data(), status.message().size()));
    }
    if (const auto broken = broken_rule(read.event)) {
      return ReadFault{line, broken->field, broken->message + "; correct the line"};
    }
    return read;
  }

  InputWindow window_;
  std::string name_;
  bool follow_;
};

}  // namespace

std::unique_ptr<EventReader> make_ndjson_reader(InputWindow window, const std::string& name,
                                                bool follow) {
  return std::make_unique<NdjsonReader>(std::move(window), name, follow);
}

}  // namespace commonwatch::cli
