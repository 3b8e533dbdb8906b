// The closed list of what an event may say (proto/commonwatch/v1/event.proto), as sets that an
// agreement grants and the audit log prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonwatch::sharing {

// What is not listed is either part of every event (its kind, its revision) or not a field of its
// own (`overdose.match_key_version` goes with the key).
enum class Field : std::uint8_t {
  kRecordId,  // without it the record goes by a keyed pseudonym
  kOccurredAt,
  kLocation,  // latitude and longitude, at the agreed level
  kAccuracy,
  kLocationKind,
  kAreaCode,
  kCertainty,
  kOutcome,  // of the incident; in the fold: how many of its persons died
  kPersons,  // how many
  kAgeBand,
  kSex,
  kPersonOutcome,
  kMedication,  // what was administered to whom: each of its fields with its own right
  kDose,
  kRoute,
  kGiver,
  kResponse,
  kSubstances,
  kPlace,
  kTransport,
  kMatchKey,   // for linkage alone: no audience is ever shown it
  kAreaCount,  // the number and the start of its span
  kRetractionReason,
};
inline constexpr std::size_t kFields = 23;

// `overdose.persons.age_band`: the path in event.proto.
std::string_view name(Field field);
std::optional<Field> field_of(std::string_view name);

class FieldMask {
 public:
  constexpr FieldMask() = default;  // nothing
  static constexpr FieldMask all() { return FieldMask((1U << kFields) - 1); }
  // What tells one person of an incident from another: age, sex, outcome, what was given to whom.
  static FieldMask of_persons();

  constexpr bool has(Field field) const { return (bits_ & bit(field)) != 0; }
  constexpr FieldMask& add(Field field) {
    bits_ |= bit(field);
    return *this;
  }
  constexpr FieldMask without(FieldMask other) const { return FieldMask(bits_ & ~other.bits_); }
  constexpr FieldMask both(FieldMask other) const { return FieldMask(bits_ & other.bits_); }
  constexpr bool is_empty() const { return bits_ == 0; }
  std::vector<Field> fields() const;  // in order of the list
  // Their names in order, `a, b`; `nothing` if there are none.
  std::string text() const;
  friend constexpr bool operator==(FieldMask, FieldMask) = default;

 private:
  constexpr explicit FieldMask(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Field field) { return 1U << static_cast<unsigned>(field); }
  std::uint32_t bits_ = 0;
};

}  // namespace commonwatch::sharing
