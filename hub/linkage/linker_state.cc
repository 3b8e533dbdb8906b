#include "hub/linkage/linker_state.h"

#include <algorithm>

namespace commonwatch::linkage {
namespace {

using model::Incident;
using model::LocationKind;
using model::Record;
using model::RecordKey;

constexpr float kUnstatedAccuracy = 250;

std::int64_t day_of(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant).time_since_epoch().count();
}

int rank(LocationKind kind) {
  switch (kind) {
    case LocationKind::kScene:
      return 0;
    case LocationKind::kUnspecified:
      return 1;
    case LocationKind::kArea:
      return 2;
    case LocationKind::kFacility:
      break;
  }
  return 3;
}

bool is_better(const Node& a, const Node& b) {
  const auto order = [](const Node& node) {
    const Record& record = node.record;
    return std::tuple(rank(record.location),
                      record.accuracy_m > 0 ? record.accuracy_m : kUnstatedAccuracy,
                      record.first_recorded, node.key);
  };
  return order(a) < order(b);
}

}  // namespace

Linker::State::State(const Settings& settings)
    : settings_(settings), candidates_(settings_, records_, decisions_) {}

void Linker::State::apply(const RecordKey& key, std::uint32_t revision,
                          const std::optional<Record>& now) {
  Slot slot = records_.find(key);
  if (slot == kNoSlot) {
    slot = records_.add(key);
    records_[slot].decided = !decisions_.others(key).empty();
  } else if (revision <= records_[slot].revision) {
    Node& node = records_[slot];
    // A record that comes late behind its retraction at least says when it was.
    if (now && !node.is_live() && (!node.dated || revision > node.dated_revision)) {
      node.dated_revision = revision;
      date(slot, now->occurred);
    }
    return;
  } else if (records_[slot].is_live()) {
    take_out(slot);
  }
  Node& node = records_[slot];
  node.state = now ? Node::State::kLive : Node::State::kTombstone;
  if (now) {
    node.dated_revision = revision;
    insert(slot, *now);
  } else {
    node.was_in = kNoSlot;
  }
  node.revision = revision;
}

void Linker::State::insert(Slot slot, const Record& record) {
  Node& node = records_[slot];
  node.record = record;
  node.point = grid_point(record.point);
  node.dirty = true;
  dirty_.push_back(slot);
  ++live_;
  date(slot, record.occurred);
  candidates_.add(slot);
  touch_linked();
}

// Leaves a tombstone without traits.
void Linker::State::take_out(Slot slot) {
  touch(slot);
  Node& node = records_[slot];
  node.state = Node::State::kTombstone;  // first, so that nothing links to it any more
  candidates_.remove(slot);
  touch_linked();
  const Instant occurred = node.record.occurred;
  node.record = {};
  node.record.occurred = occurred;
  node.dirty = false;
  --live_;
}

void Linker::State::date(Slot slot, Instant occurred) {
  Node& node = records_[slot];
  node.record.occurred = occurred;
  node.dated = true;
  std::vector<Slot>& day = days_[day_of(occurred)];
  if (day.empty() || day.back() != slot) day.push_back(slot);
}

void Linker::State::decide(const RecordKey& first, const RecordKey& second,
                           model::PairVerdict verdict) {
  if (first == second || !decisions_.set(first, second, verdict)) return;
  for (const RecordKey& key : {first, second}) {
    const Slot slot = records_.find(key);
    if (slot == kNoSlot) continue;
    records_[slot].decided = !decisions_.others(key).empty();
    if (!records_[slot].is_live()) continue;
    candidates_.relink(slot);
    touch_linked();
  }
}

const Record* Linker::State::find(const RecordKey& key) const {
  const Slot slot = records_.find(key);
  return slot != kNoSlot && records_[slot].is_live() ? &records_[slot].record : nullptr;
}

// Its group is dissolved: remembered as it was given out, and its records are to be grouped again.
void Linker::State::touch(Slot slot) {
  Node& node = records_[slot];
  if (node.dirty) return;
  const std::vector<Slot> members = members_of(slot);
  const bool published = node.published;
  if (published) {
    before_.push_back(
        {first_key(members), incident_of(members), static_cast<std::uint32_t>(members.size())});
  }
  for (const Slot each : members) {
    Node& member = records_[each];
    if (published) member.was_in = static_cast<std::uint32_t>(before_.size() - 1);
    member.dirty = true;
    member.published = false;
    member.next_in_group = kNoSlot;
    dirty_.push_back(each);
  }
}

void Linker::State::touch_linked() {
  for (const Slot slot : candidates_.touched()) touch(slot);
  candidates_.clear_touched();
}

std::vector<Slot> Linker::State::members_of(Slot slot) const {
  std::vector<Slot> members{slot};
  for (Slot next = records_[slot].next_in_group; next != slot;
       next = records_[next].next_in_group) {
    members.push_back(next);
  }
  return members;
}

std::vector<std::vector<RecordKey>> Linker::State::linked() const {
  std::vector<std::vector<RecordKey>> linked;
  for (Slot slot = 0; slot < records_.slots_end(); ++slot) {
    const Node& node = records_[slot];
    if (!node.is_live() || node.dirty || node.next_in_group == slot) continue;
    const std::vector<Slot> members = members_of(slot);
    if (*std::min_element(members.begin(), members.end()) != slot) continue;
    std::vector<RecordKey>& keys = linked.emplace_back();
    for (const Slot member : members) keys.push_back(records_[member].key);
  }
  // Slots are given out anew by a restore.
  for (std::vector<RecordKey>& keys : linked) std::sort(keys.begin(), keys.end());
  std::sort(linked.begin(), linked.end());
  return linked;
}

const RecordKey& Linker::State::first_key(const std::vector<Slot>& members) const {
  const Slot first = *std::min_element(members.begin(), members.end(), [this](Slot a, Slot b) {
    return records_[a].key < records_[b].key;
  });
  return records_[first].key;
}

Incident Linker::State::incident_of(const std::vector<Slot>& members) const {
  const Node* best = &records_[members.front()];
  Incident incident;
  incident.first_recorded = best->record.first_recorded;
  incident.persons = 0;
  incident.partners.reserve(members.size());
  for (const Slot slot : members) {
    const Node& node = records_[slot];
    const Record& record = node.record;
    if (is_better(node, *best)) best = &node;
    incident.first_recorded = std::min(incident.first_recorded, record.first_recorded);
    incident.persons = std::max(incident.persons, record.persons);
    incident.fatal = std::max(incident.fatal, record.fatal);
    incident.has_area_code = incident.has_area_code || record.has_area_code;
    incident.partners.push_back(record.partner);
  }
  incident.occurred = best->record.occurred;
  incident.cell = best->record.cell;
  std::sort(incident.partners.begin(), incident.partners.end());
  incident.partners.erase(std::unique(incident.partners.begin(), incident.partners.end()),
                          incident.partners.end());
  return incident;
}

void Linker::State::publish(Slot slot, std::vector<IncidentChange>& now) {
  const Node& node = records_[slot];
  if (!node.is_live() || node.dirty || node.published) return;
  const std::vector<Slot> members = members_of(slot);
  now.push_back({first_key(members), incident_of(members)});
  for (const Slot member : members) {
    records_[member].published = true;
    records_[member].was_in = kNoSlot;
  }
}

std::vector<IncidentChange> Linker::State::take_changes() {
  settle();
  std::vector<IncidentChange> now;
  now.reserve(fresh_.size());
  for (const Slot slot : fresh_) publish(slot, now);
  fresh_.clear();
  const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
  std::sort(now.begin(), now.end(), by_key);
  std::sort(before_.begin(), before_.end(), by_key);
  std::vector<IncidentChange> changes;
  changes.reserve(now.size());
  auto was = before_.begin();
  const auto gone_up_to = [&](const RecordKey* key) {
    for (; was != before_.end() && (key == nullptr || was->key < *key); ++was) {
      if (was->remaining > 0) changes.push_back({was->key, std::nullopt});
    }
  };
  for (IncidentChange& change : now) {
    gone_up_to(&change.key);
    const bool known = was != before_.end() && was->key == change.key;
    if (!known || was->incident != *change.incident) changes.push_back(std::move(change));
    if (known) ++was;
  }
  gone_up_to(nullptr);
  before_.clear();
  return changes;
}

void Linker::State::forget(Instant before) {
  std::vector<Slot> old;
  for (auto day = days_.begin(); day != days_.end() && day->first <= day_of(before);) {
    std::vector<Slot> kept;
    for (const Slot slot : day->second) {
      const Node& node = records_[slot];
      if (node.state == Node::State::kFree || day_of(node.record.occurred) != day->first) continue;
      (node.record.occurred < before ? old : kept).push_back(slot);
    }
    day->second = std::move(kept);
    day = day->second.empty() ? days_.erase(day) : std::next(day);
  }
  std::sort(old.begin(), old.end());
  old.erase(std::unique(old.begin(), old.end()), old.end());
  for (const Slot slot : old) forget_slot(slot);
}

void Linker::State::forget_slot(Slot slot) {
  if (records_[slot].is_live()) {
    touch(slot);
    if (const std::uint32_t was_in = records_[slot].was_in; was_in != kNoSlot) {
      --before_[was_in].remaining;
    }
    take_out(slot);
  }
  records_.erase(slot);
}

std::size_t Linker::State::bytes() const {
  std::size_t days = 0;
  for (const auto& [day, slots] : days_) days += 64 + slots.capacity() * sizeof(Slot);
  return sizeof(*this) + records_.bytes() + candidates_.bytes() + days +
         decisions_.all().size() * 256 + (dirty_.capacity() + fresh_.capacity()) * sizeof(Slot) +
         before_.capacity() * sizeof(Before);
}

}  // namespace commonwatch::linkage
