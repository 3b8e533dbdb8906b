#include "clients/cpp/numbering.h"

namespace commonwatch::client {

void Numbering::number_from(std::uint64_t first_index, std::uint64_t first_sequence) {
  add_span({first_index, static_cast<std::int64_t>(first_sequence - first_index)});
}

void Numbering::add_span(NumberingSpan span) {
  while (!spans_.empty() && spans_.back().first_index >= span.first_index) spans_.pop_back();
  if (spans_.empty() || spans_.back().shift != span.shift) spans_.push_back(span);
}

std::optional<std::uint64_t> Numbering::sequence_of(std::uint64_t index) const {
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    if (index >= span->first_index) return index + static_cast<std::uint64_t>(span->shift);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Numbering::index_of(std::uint64_t sequence) const {
  std::uint64_t end = UINT64_MAX;  // first index of the span behind
  for (auto span = spans_.rbegin(); span != spans_.rend(); ++span) {
    const auto signed_index = static_cast<std::int64_t>(sequence) - span->shift;
    const auto index = static_cast<std::uint64_t>(signed_index);
    if (signed_index > 0 && index >= span->first_index && index < end) return index;
    end = span->first_index;
  }
  return std::nullopt;
}

}  // namespace commonwatch::client
