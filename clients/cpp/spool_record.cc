#include "clients/cpp/spool_record.h"

#include "clients/cpp/crc32c.h"

namespace commonwatch::client {
namespace {

template <class Number>
void put(Number value, std::string& out) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
  }
}

void put_string(std::string_view text, std::string& out) {
  put(static_cast<std::uint32_t>(text.size()), out);
  out.append(text);
}

// Reads values one behind the other; after a short read `ok()` stays false.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number take() {
    Number value = 0;
    if (bytes_.size() < sizeof(Number)) {
      ok_ = false;
      return value;
    }
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value |= static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes_[i]))
                                   << (8 * i));
    }
    bytes_.remove_prefix(sizeof(Number));
    return value;
  }
  std::string take_string() {
    const auto size = take<std::uint32_t>();
    if (!ok_ || bytes_.size() < size) {
      ok_ = false;
      return {};
    }
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  Mark take_mark() {
    Mark mark;
    mark.key = take_string();
    mark.value = take<std::uint64_t>();
    return mark;
  }
  bool ok() const { return ok_; }
  bool all_taken() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

void put_mark(const Mark& mark, std::string& out) {
  put_string(mark.key, out);
  put(mark.value, out);
}

void put_span(const NumberingSpan& span, std::string& out) {
  put(span.first_index, out);
  put(static_cast<std::uint64_t>(span.shift), out);
}

NumberingSpan take_span(Taker& in) {
  NumberingSpan span;
  span.first_index = in.take<std::uint64_t>();
  span.shift = static_cast<std::int64_t>(in.take<std::uint64_t>());
  return span;
}

void put_body(const SpoolState& state, std::string& out) {
  put(state.next_index, out);
  put(state.acknowledged_index, out);
  put(static_cast<std::uint32_t>(state.numbering.spans().size()), out);
  for (const auto& span : state.numbering.spans()) put_span(span, out);
  const std::vector<Mark> marks = state.marks.in_order();
  put(static_cast<std::uint32_t>(marks.size()), out);
  for (const Mark& mark : marks) put_mark(mark, out);
}
void put_body(const EventRecord& event, std::string& out) {
  put(event.index, out);
  put_string(event.origin, out);
  put_mark(event.mark, out);
  put_string(event.payload, out);
}
void put_body(const NumberingRecord& record, std::string& out) { put_span(record.span, out); }
void put_body(const AcknowledgedRecord& record, std::string& out) { put(record.index, out); }
void put_body(const MarkRecord& record, std::string& out) { put_mark(record.mark, out); }

SpoolState take_state(Taker& in) {
  SpoolState state;
  state.next_index = in.take<std::uint64_t>();
  state.acknowledged_index = in.take<std::uint64_t>();
  for (auto left = in.take<std::uint32_t>(); left > 0 && in.ok(); --left) {
    state.numbering.add_span(take_span(in));
  }
  for (auto left = in.take<std::uint32_t>(); left > 0 && in.ok(); --left) {
    state.marks.set(in.take_mark());
  }
  return state;
}

EventRecord take_event(Taker& in) {
  EventRecord event;
  event.index = in.take<std::uint64_t>();
  event.origin = in.take_string();
  event.mark = in.take_mark();
  event.payload = in.take_string();
  return event;
}

std::optional<SpoolRecord> take_record(std::string_view body) {
  Taker in(body);
  SpoolRecord record;
  switch (in.take<std::uint8_t>()) {
    case 0:
      record = take_state(in);
      break;
    case 1:
      record = take_event(in);
      break;
    case 2:
      record = NumberingRecord{take_span(in)};
      break;
    case 3:
      record = AcknowledgedRecord{in.take<std::uint64_t>()};
      break;
    case 4:
      record = MarkRecord{in.take_mark()};
      break;
    default:
      return std::nullopt;
  }
  if (!in.all_taken()) return std::nullopt;
  return record;
}

}  // namespace

void Marks::set(const Mark& mark) {
  const auto known = marks_.find(mark.key);
  if (known != marks_.end()) order_.erase(known->second.second);
  marks_[mark.key] = {mark.value, ++sets_};
  order_[sets_] = mark.key;
  if (marks_.size() <= kMarksMax) return;
  marks_.erase(order_.begin()->second);
  order_.erase(order_.begin());
}

std::map<std::string, std::uint64_t> Marks::by_key() const {
  std::map<std::string, std::uint64_t> values;
  for (const auto& [key, mark] : marks_) values[key] = mark.first;
  return values;
}

std::vector<Mark> Marks::in_order() const {
  std::vector<Mark> marks;
  for (const auto& [when, key] : order_) marks.push_back({key, marks_.at(key).first});
  return marks;
}

void encode_record(const SpoolRecord& record, std::string& out) {
  std::string body;
  body.push_back(static_cast<char>(record.index()));
  std::visit([&body](const auto& value) { put_body(value, body); }, record);
  put(static_cast<std::uint32_t>(body.size()), out);
  put(crc32c(body), out);
  out += body;
}

DecodedRecord decode_record(std::string_view bytes) {
  DecodedRecord decoded;
  if (bytes.size() < kRecordHeaderBytes) return decoded;
  Taker in(bytes);
  const auto length = in.take<std::uint32_t>();
  const auto checksum = in.take<std::uint32_t>();
  if (length == 0 || length > kRecordBodyBytesMax) {
    decoded.status = DecodeStatus::kDamaged;
    return decoded;
  }
  if (bytes.size() - kRecordHeaderBytes < length) return decoded;
  decoded.size = kRecordHeaderBytes + length;
  const auto body = bytes.substr(kRecordHeaderBytes, length);
  auto record = crc32c(body) == checksum ? take_record(body) : std::nullopt;
  decoded.status = record ? DecodeStatus::kRecord : DecodeStatus::kDamaged;
  if (record) decoded.record = std::move(*record);
  return decoded;
}

void apply_record(const SpoolRecord& record, SpoolState& state) {
  if (const auto* whole = std::get_if<SpoolState>(&record)) {
    state = *whole;
  } else if (const auto* event = std::get_if<EventRecord>(&record)) {
    state.next_index = event->index + 1;
    if (!event->mark.key.empty()) state.marks.set(event->mark);
  } else if (const auto* numbering = std::get_if<NumberingRecord>(&record)) {
    state.numbering.add_span(numbering->span);
  } else if (const auto* acknowledged = std::get_if<AcknowledgedRecord>(&record)) {
    state.acknowledged_index = acknowledged->index;
  } else if (const auto* mark = std::get_if<MarkRecord>(&record)) {
    state.marks.set(mark->mark);
  }
}

}  // namespace commonwatch::client
