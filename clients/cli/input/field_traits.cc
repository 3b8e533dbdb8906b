#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/mapping.h"
#include "commonwatch/v1/event.pb.h"

namespace commonwatch::cli {
namespace {

constexpr double kAgeMost = 130;
constexpr double kRevisionMost = 4'294'967'295.0;
constexpr double kPersonsMost = 64;
constexpr double kDosesMost = 32;
constexpr double kAccuracyMost = 100'000;
constexpr double kDoseMgMost = 1000;

constexpr std::array<FieldTraits, kFieldCount> kTraits{{
    {Field::kRevision, "", "revision", "revision", FieldType::kInteger, 0, kRevisionMost, nullptr},
    {Field::kLatitude, "location", "latitude", "location.latitude", FieldType::kNumber, -90, 90,
     nullptr},
    {Field::kLongitude, "location", "longitude", "location.longitude", FieldType::kNumber, -180,
     180, nullptr},
    {Field::kAccuracy, "location", "accuracy_m", "location.accuracy_m", FieldType::kNumber, 0,
     kAccuracyMost, nullptr},
    {Field::kLocationKind, "location", "kind", "location.kind", FieldType::kEnum, 0, 0,
     &v1::LocationKind_descriptor},
    {Field::kAreaCode, "location", "area_code", "location.area_code", FieldType::kText, 0, 0,
     nullptr},
    {Field::kCertainty, "overdose", "certainty", "overdose.certainty", FieldType::kEnum, 0, 0,
     &v1::Certainty_descriptor},
    {Field::kOutcome, "overdose", "outcome", "overdose.outcome", FieldType::kEnum, 0, 0,
     &v1::Outcome_descriptor},
    {Field::kSubstances, "overdose", "substances", "overdose.substances", FieldType::kEnumList, 0,
     0, &v1::Substance_descriptor},
    {Field::kPlace, "overdose", "place", "overdose.place", FieldType::kEnum, 0, 0,
     &v1::Place_descriptor},
    {Field::kTransport, "overdose", "transport", "overdose.transport", FieldType::kEnum, 0, 0,
     &v1::Transport_descriptor},
    {Field::kPersonCount, "persons", "count", "overdose.persons", FieldType::kInteger, 1,
     kPersonsMost, nullptr},
    {Field::kAge, "persons", "age", "overdose.persons.age_band", FieldType::kNumber, 0, kAgeMost,
     nullptr},
    {Field::kAgeBand, "persons", "age_band", "overdose.persons.age_band", FieldType::kEnum, 0, 0,
     &v1::AgeBand_descriptor},
    {Field::kSex, "persons", "sex", "overdose.persons.sex", FieldType::kEnum, 0, 0,
     &v1::Sex_descriptor},
    {Field::kPersonOutcome, "persons", "outcome", "overdose.persons.outcome", FieldType::kEnum, 0,
     0, &v1::Outcome_descriptor},
    {Field::kDoses, "naloxone", "doses", "overdose.persons.administrations", FieldType::kInteger, 0,
     kDosesMost, nullptr},
    {Field::kDoseMg, "naloxone", "dose_mg", "overdose.persons.administrations.dose_mg",
     FieldType::kNumber, 0, kDoseMgMost, nullptr},
    {Field::kRoute, "naloxone", "route", "overdose.persons.administrations.route", FieldType::kEnum,
     0, 0, &v1::Route_descriptor},
    {Field::kGiver, "naloxone", "giver", "overdose.persons.administrations.giver", FieldType::kEnum,
     0, 0, &v1::Giver_descriptor},
    {Field::kResponse, "naloxone", "response", "overdose.persons.administrations.response",
     FieldType::kEnum, 0, 0, &v1::Response_descriptor},
    {Field::kRetractionReason, "retraction", "reason", "retraction.reason", FieldType::kEnum, 0, 0,
     &v1::RetractionReason_descriptor},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (static_cast<std::size_t>(kTraits[i].field) != i) return false;
  }
  return true;
}
static_assert(in_order(), "field_traits() is indexed by Field");

}  // namespace

const std::array<FieldTraits, kFieldCount>& field_traits() { return kTraits; }

std::optional<int> enum_number(const google::protobuf::EnumDescriptor& values,
                               std::string_view name) {
  std::string upper(trim(name));
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
    return c == ' ' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  constexpr std::string_view kFirstValue = "UNSPECIFIED";
  const std::string& first = values.value(0)->name();
  const std::string prefix = first.substr(0, first.size() - kFirstValue.size());
  const auto* value = values.FindValueByName(upper);
  if (value == nullptr) value = values.FindValueByName(prefix + upper);
  if (value == nullptr) return std::nullopt;
  return value->number();
}

}  // namespace commonwatch::cli
