#include "clients/cli/input/event_rules.h"

#include <google/protobuf/unknown_field_set.h>

#include <cmath>
#include <vector>

namespace commonwatch::cli {
namespace {

constexpr std::size_t kRecordIdBytesMax = 128;
constexpr std::size_t kAreaCodeBytesMax = 32;
constexpr std::size_t kMatchKeyBytesMax = 64;
constexpr int kPersonsMax = 64;
constexpr int kSubstancesMax = 16;
constexpr int kAdministrationsMax = 32;
constexpr std::uint32_t kIncidentsMax = 1'000'000;
constexpr float kAccuracyMax = 100'000;
constexpr float kDoseMgMax = 1'000;
constexpr std::int64_t kSpanSecondsMax = 400LL * 24 * 3600;

using Found = std::optional<BrokenRule>;

template <class Number>
bool within(Number value, Number least, Number most) {
  return value >= least && value <= most;  // false for NaN
}

Found location_rule(const v1::Location& location) {
  if (!within(location.latitude(), -90.0, 90.0)) {
    return BrokenRule{"location.latitude", "the latitude is not within -90 to 90 degrees"};
  }
  if (!within(location.longitude(), -180.0, 180.0)) {
    return BrokenRule{"location.longitude", "the longitude is not within -180 to 180 degrees"};
  }
  if (!within(location.accuracy_m(), 0.0F, kAccuracyMax)) {
    return BrokenRule{"location.accuracy_m", "the accuracy is not within 0 to 100,000 metres"};
  }
  if (location.area_code().size() > kAreaCodeBytesMax) {
    return BrokenRule{"location.area_code", "the area code is longer than 32 bytes"};
  }
  return std::nullopt;
}

Found overdose_rule(const v1::Overdose& overdose) {
  if (overdose.persons_size() > kPersonsMax) {
    return BrokenRule{"overdose.persons", "there are more than 64 persons"};
  }
  if (overdose.substances_size() > kSubstancesMax) {
    return BrokenRule{"overdose.substances", "there are more than 16 substances"};
  }
  if (overdose.match_key().size() > kMatchKeyBytesMax) {
    return BrokenRule{"overdose.match_key", "the match key is longer than 64 bytes; hash it"};
  }
  for (const v1::Person& person : overdose.persons()) {
    if (person.administrations_size() > kAdministrationsMax) {
      return BrokenRule{"overdose.persons.administrations",
                        "there are more than 32 administrations to one person"};
    }
    for (const v1::Administration& given : person.administrations()) {
      if (within(given.dose_mg(), 0.0F, kDoseMgMax)) continue;
      return BrokenRule{"overdose.persons.administrations.dose_mg",
                        "the dose is not within 0 to 1,000 mg"};
    }
  }
  return std::nullopt;
}

Found area_count_rule(const v1::Event& event) {
  const v1::AreaCount& count = event.area_count();
  if (count.incidents() > kIncidentsMax) {
    return BrokenRule{"area_count.incidents", "there are more than 1,000,000 incidents"};
  }
  const std::int64_t span = event.occurred_at().seconds() - count.span_start().seconds();
  if (!count.has_span_start() || !within<std::int64_t>(span, 0, kSpanSecondsMax)) {
    return BrokenRule{"area_count.span_start",
                      "the span does not begin within 400 days before occurred_at"};
  }
  if (event.location().kind() != v1::LOCATION_KIND_AREA) {
    return BrokenRule{"location.kind", "the location of an area count is of kind AREA"};
  }
  return std::nullopt;
}

}  // namespace

Found broken_rule(const v1::Event& event) {
  if (!within<std::size_t>(event.record_id().size(), 1, kRecordIdBytesMax)) {
    return BrokenRule{"record_id", "the record id is not 1 to 128 bytes long"};
  }
  if (!event.has_occurred_at()) {
    return BrokenRule{"occurred_at", "there is no time; an event needs to have occurred"};
  }
  if (event.report_case() == v1::Event::REPORT_NOT_SET) {
    return BrokenRule{"report", "there is neither overdose nor area_count nor retraction"};
  }
  if (!event.has_location() && !event.has_retraction()) {
    return BrokenRule{"location", "there is no location; only a retraction does without"};
  }
  if (event.has_location()) {
    if (auto found = location_rule(event.location())) return found;
  }
  if (event.has_overdose()) return overdose_rule(event.overdose());
  if (event.has_area_count()) return area_count_rule(event);
  return std::nullopt;
}

bool has_unknown_fields(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (has_unknown_fields(reflection->GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (has_unknown_fields(reflection->GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace commonwatch::cli
