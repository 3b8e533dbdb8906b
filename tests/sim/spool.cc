#include "tests/sim/spool.h"

#include <algorithm>

namespace commonwatch::sim {
namespace {

constexpr int kRecords = 40;

v1::Event any_event(Random& random, std::int64_t seconds) {
  v1::Event event;
  event.set_record_id("r" + std::to_string(random.between(1, kRecords)));
  event.set_revision(static_cast<std::uint32_t>(random.between(0, 2)));
  event.mutable_occurred_at()->set_seconds(seconds - random.between(0, 7200));
  v1::Location& location = *event.mutable_location();
  // Mostly at one corner, so that there is something to be shown.
  const bool at_corner = random.chance(60);
  location.set_latitude(at_corner ? 40.2 : 40.1 + random.unit() / 5);
  location.set_longitude(at_corner ? -75.3 : -75.4 + random.unit() / 5);
  location.set_kind(v1::LOCATION_KIND_SCENE);
  if (event.revision() == 2 && random.chance(40)) {
    event.mutable_retraction();
    event.clear_location();
  } else {
    event.mutable_overdose()->set_certainty(v1::CERTAINTY_SUSPECTED);
    event.mutable_overdose()->set_outcome(random.chance(20) ? v1::OUTCOME_FATAL
                                                            : v1::OUTCOME_NONFATAL);
  }
  return event;
}

}  // namespace

void Spool::say(Random& random, std::int64_t seconds) {
  Said said;
  do {
    // Sometimes the same again, under a number of its own.
    const bool again = !said_.empty() && random.chance(10);
    said.event = again ? random.any(said_).event : any_event(random, seconds);
  } while (said.event.record_id() == erasing_);
  if (said.event.has_overdose() && random.chance(5))
    said.event.mutable_location()->set_latitude(95);
  add(std::move(said));
}

void Spool::say_past(Random& random, std::int64_t seconds, int days) {
  constexpr std::int64_t kDaySeconds = 24 * 3600;
  for (int day = days; day > 0; --day) {
    Said said;
    said.event.set_record_id("past-" + std::to_string(day));
    said.event.mutable_occurred_at()->set_seconds(seconds - day * kDaySeconds);
    said.event.mutable_location()->set_latitude(40.1 + random.unit() / 5);
    said.event.mutable_location()->set_longitude(-75.4 + random.unit() / 5);
    said.event.mutable_location()->set_kind(v1::LOCATION_KIND_SCENE);
    said.event.mutable_overdose()->set_certainty(v1::CERTAINTY_SUSPECTED);
    add(std::move(said));
  }
}

std::optional<std::string> Spool::record_to_erase(Random& random, std::uint64_t last) const {
  if (last == 0 || !erasing_.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(last)));
  const Said& chosen = said_[at - 1];
  if (chosen.fate == Fate::kInvalid || chosen.erasure != Erasure::kNone) return std::nullopt;
  const std::string& record = chosen.event.record_id();
  const bool later =
      std::any_of(said_.begin() + static_cast<std::ptrdiff_t>(last), said_.end(),
                  [&](const Said& said) { return said.event.record_id() == record; });
  return later ? std::nullopt : std::optional(record);
}

void Spool::begin_erasing(const std::string& record) {
  erasing_ = record;
  for (Said& said : said_) {
    const bool goes = said.event.record_id() == record && said.erasure == Erasure::kNone;
    if (goes && said.fate != Fate::kInvalid) said.erasure = Erasure::kAsked;
  }
}

void Spool::end_erasing() {
  for (Said& said : said_) {
    if (said.erasure == Erasure::kAsked) said.erasure = Erasure::kDone;
  }
  std::erase_if(records_, [&](const auto& known) { return known.first.first == erasing_; });
  erasing_.clear();
}

void Spool::add(Said said) {
  said.bytes = said.event.SerializeAsString();
  if (said.event.has_location() && said.event.location().latitude() > 90) {
    said.fate = Fate::kInvalid;
  } else {
    const auto [known, fresh] =
        records_.try_emplace({said.event.record_id(), said.event.revision()}, said.bytes);
    if (!fresh) said.fate = known->second == said.bytes ? Fate::kRepeat : Fate::kRevisionConflict;
  }
  said_.push_back(std::move(said));
}

}  // namespace commonwatch::sim
