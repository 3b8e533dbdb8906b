// From model::Event back to the bytes of event.proto.
#include "commonwatch/v1/event.pb.h"
#include "hub/wire/client_message.h"
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

void write(const model::Location& from, v1::Location& to) {
  to.set_latitude(from.latitude);
  to.set_longitude(from.longitude);
  to.set_accuracy_m(from.accuracy_m);
  to.set_kind(static_cast<v1::LocationKind>(from.kind));
  to.set_area_code(from.area_code);
}

void write(const model::Administration& from, v1::Administration& to) {
  to.set_medication(static_cast<v1::Medication>(from.medication));
  to.set_dose_mg(from.dose_mg);
  to.set_route(static_cast<v1::Route>(from.route));
  to.set_giver(static_cast<v1::Giver>(from.giver));
  to.set_response(static_cast<v1::Response>(from.response));
}

void write(const model::Person& from, v1::Person& to) {
  to.set_age_band(static_cast<v1::AgeBand>(from.age_band));
  to.set_sex(static_cast<v1::Sex>(from.sex));
  to.set_outcome(static_cast<v1::Outcome>(from.outcome));
  for (const auto& given : from.administrations) write(given, *to.add_administrations());
}

void write(const model::Overdose& from, v1::Event& event) {
  v1::Overdose& to = *event.mutable_overdose();
  to.set_certainty(static_cast<v1::Certainty>(from.certainty));
  to.set_outcome(static_cast<v1::Outcome>(from.outcome));
  for (const auto& person : from.persons) write(person, *to.add_persons());
  for (const auto substance : from.substances) {
    to.add_substances(static_cast<v1::Substance>(substance));
  }
  to.set_place(static_cast<v1::Place>(from.place));
  to.set_transport(static_cast<v1::Transport>(from.transport));
  to.set_match_key(from.match_key);
  to.set_match_key_version(from.match_key_version);
}

void write(const model::AreaCount& from, v1::Event& event) {
  v1::AreaCount& to = *event.mutable_area_count();
  to.set_incidents(from.incidents);
  if (from.span_start != Instant{}) write_instant(from.span_start, *to.mutable_span_start());
}

void write(const model::Retraction& from, v1::Event& event) {
  event.mutable_retraction()->set_reason(static_cast<v1::RetractionReason>(from.reason));
}

void write(const std::monostate&, v1::Event&) {}

}  // namespace

std::string encode_stored_event(const model::Event& event) {
  v1::Event message;
  message.set_record_id(event.record_id);
  message.set_revision(event.revision);
  if (event.has_occurred_at) write_instant(event.occurred_at, *message.mutable_occurred_at());
  if (event.has_location) write(event.location, *message.mutable_location());
  std::visit([&message](const auto& report) { write(report, message); }, event.report);
  return to_binary(message);
}

}  // namespace commonwatch::wire
