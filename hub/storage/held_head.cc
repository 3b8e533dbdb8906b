#include "hub/storage/held_head.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace commonwatch::storage {
namespace {

constexpr std::uint64_t kAnywhere = std::numeric_limits<std::uint64_t>::max();
// So many digits name a head well enough in a sentence.
constexpr std::size_t kDigitsShown = 16;

std::string name_of(const HeldHead& held) {
  return "the head " + to_hex(held.hash).substr(0, kDigitsShown);
}

}  // namespace

std::string to_hex(const Hash& hash) {
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const char byte : hash) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
    hex += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

HeadSearch::HeadSearch(const std::vector<HeldHead>& held, std::string unit)
    : held_(held), unit_(std::move(unit)), found_(held.size()), stands_(held.size()) {}

void HeadSearch::pass(const Hash& head, std::uint64_t place, Instant at) {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (!found_[i].place && held_[i].hash == head) found_[i] = {place, at};
  }
}

void HeadSearch::pass(const std::string& source, model::Sequence first, model::Sequence last,
                      std::uint64_t end) {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto& acknowledged = held_[i].acknowledged;
    if (acknowledged && acknowledged->first.text() == source && acknowledged->second >= first &&
        acknowledged->second <= last) {
      stands_[i] = end;
    }
  }
}

std::uint64_t HeadSearch::sound_below(std::uint64_t place) const {
  std::uint64_t sound = 0;
  for (const FoundHead& found : found_) {
    if (found.place && *found.place < place) sound = std::max(sound, *found.place);
  }
  return sound;
}

std::string HeadSearch::fault_of(std::size_t index, std::uint64_t end,
                                 std::uint64_t forgotten) const {
  const HeldHead& held = held_[index];
  const std::string name = name_of(held);
  if (found_[index].place) {
    const std::uint64_t found = *found_[index].place;
    if (!held.place || *held.place == found) return {};
    return name + " was handed out at " + unit_ + " " + std::to_string(*held.place) +
           " and stands at " + std::to_string(found) +
           ": it was noted wrongly, or records were put in or taken away before it";
  }
  if (held.place && *held.place < forgotten) {
    return name + " of " + unit_ + " " + std::to_string(*held.place) +
           " cannot be checked: retention took everything up to " + std::to_string(forgotten) +
           "; check with a newer one";
  }
  if (held.place && *held.place > end) {
    return name + " was handed out at " + unit_ + " " + std::to_string(*held.place) +
           ", the log ends at " + std::to_string(end) + ": everything behind " +
           std::to_string(std::max(forgotten, sound_below(kAnywhere))) +
           " is unproved, and the end was cut off";
  }
  const auto upper = held.place ? held.place : stands_[index];
  const std::uint64_t newest = sound_below(kAnywhere);
  if (upper && newest >= *upper) {
    return name + " is not on the chain, but a newer one is, at " + unit_ + " " +
           std::to_string(newest) + ": it was noted wrongly, or belongs to another log";
  }
  std::string between = ": between " + unit_ + " ";
  between += std::to_string(std::max(forgotten, sound_below(upper ? *upper : kAnywhere)));
  between += " and " + std::to_string(upper ? *upper : end);
  if (held.place) {
    return name + " of " + unit_ + " " + std::to_string(*held.place) + " is not on the chain" +
           between + " something was altered, removed, put in or moved";
  }
  if (held.acknowledged) {
    const std::string stated = held.acknowledged->first.text() + " at sequence " +
                               std::to_string(held.acknowledged->second.value());
    if (!upper) {
      return name + ", handed out to " + stated +
             ", is not on the chain, and that sequence is not " + "in the log" + between +
             " the log was rewritten, or its end was cut off";
    }
    return name + ", handed out to " + stated + ", is not on the chain" + between +
           " something was altered, removed, put in or moved";
  }
  return name + " is nowhere on the chain" + between +
         " something was altered, removed, put in or moved, or the end was cut off" +
         (forgotten == 0 ? "" : "; or it is older than what retention took");
}

std::vector<std::string> HeadSearch::faults(std::uint64_t end, std::uint64_t forgotten) const {
  std::vector<std::string> faults;
  for (std::size_t i = 0; i < held_.size(); ++i) {
    std::string fault = fault_of(i, end, forgotten);
    if (!fault.empty()) faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace commonwatch::storage
