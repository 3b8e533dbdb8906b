#include "hub/sharing/field.h"

#include <algorithm>
#include <array>

namespace commonwatch::sharing {
namespace {

constexpr std::array<std::string_view, kFields> kNames = {
    "record_id",
    "occurred_at",
    "location",
    "location.accuracy_m",
    "location.kind",
    "location.area_code",
    "overdose.certainty",
    "overdose.outcome",
    "overdose.persons",
    "overdose.persons.age_band",
    "overdose.persons.sex",
    "overdose.persons.outcome",
    "overdose.persons.administrations.medication",
    "overdose.persons.administrations.dose_mg",
    "overdose.persons.administrations.route",
    "overdose.persons.administrations.giver",
    "overdose.persons.administrations.response",
    "overdose.substances",
    "overdose.place",
    "overdose.transport",
    "overdose.match_key",
    "area_count",
    "retraction.reason",
};

}  // namespace

std::string_view name(Field field) { return kNames.at(static_cast<std::size_t>(field)); }

std::optional<Field> field_of(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Field>(found - kNames.begin());
}

FieldMask FieldMask::of_persons() {
  FieldMask mask;
  for (auto at = static_cast<unsigned>(Field::kAgeBand);
       at <= static_cast<unsigned>(Field::kResponse); ++at) {
    mask.add(static_cast<Field>(at));
  }
  return mask;
}

std::vector<Field> FieldMask::fields() const {
  std::vector<Field> fields;
  for (std::size_t at = 0; at < kFields; ++at) {
    if (has(static_cast<Field>(at))) fields.push_back(static_cast<Field>(at));
  }
  return fields;
}

std::string FieldMask::text() const {
  std::string text;
  for (const Field field : fields()) {
    if (!text.empty()) text += ", ";
    text += name(field);
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace commonwatch::sharing
