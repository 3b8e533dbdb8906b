#include "hub/pipeline/read_record.h"

#include "hub/wire/client_message.h"

namespace commonwatch::pipeline {
namespace {

// A hash of what is a hash already.
std::uint64_t match_key_of(const model::Overdose& overdose) {
  if (overdose.match_key.empty()) return 0;
  std::uint64_t hash = 0xcbf29ce484222325 ^ overdose.match_key_version;
  for (const char c : overdose.match_key) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace

model::Record read_skeleton(const storage::Entry& entry) {
  const storage::Skeleton& skeleton = *entry.skeleton;
  model::Record record;
  record.reduced = true;
  record.occurred = entry.occurred;
  record.first_recorded = entry.occurred + std::chrono::seconds(skeleton.delay_s);
  record.cell = skeleton.cell;
  if (skeleton.cell.is_valid()) record.point = skeleton.cell.center();
  record.accuracy_m = static_cast<float>(skeleton.accuracy_m);
  record.location = skeleton.location;
  record.has_area_code = skeleton.has_area_code;
  record.persons = skeleton.persons;
  record.fatal = skeleton.fatal;
  return record;
}

model::Record read_record(const storage::Entry& entry, Instant recorded) {
  const auto event = wire::decode_stored_event(entry.payload);
  if (!event) throw Failure(event.error());
  const auto& overdose = std::get<model::Overdose>(event->report);
  model::Record record;
  record.occurred = entry.occurred;
  record.first_recorded = recorded;
  record.point = {event->location.latitude, event->location.longitude};
  record.cell = entry.cell;
  record.accuracy_m = event->location.accuracy_m;
  record.location = event->location.kind;
  record.has_area_code = !event->location.area_code.empty();
  record.persons = overdose.person_count();
  record.fatal = overdose.fatal_count();
  for (const model::Person& person : overdose.persons) {
    record.traits.push_back({person.age_band, person.sex, person.outcome});
  }
  record.match_key = match_key_of(overdose);
  return record;
}

}  // namespace commonwatch::pipeline
