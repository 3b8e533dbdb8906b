#include "clients/cli/input/row_event.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/digest.h"
#include "clients/cli/input/event_rules.h"

namespace commonwatch::cli {
namespace {

// Upper bounds of the age bands but the last, in years.
constexpr std::array<double, 6> kAgeBandEnds{15, 25, 35, 45, 55, 65};

v1::AgeBand band_of(double age) {
  int band = v1::AGE_BAND_0_TO_14;
  for (const double end : kAgeBandEnds) band += age >= end ? 1 : 0;
  return static_cast<v1::AgeBand>(band);
}

// Agencies write the same number with and without blanks and dashes; the hash must not.
std::string canonical_number(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) result += static_cast<char>(std::toupper(byte));
  }
  return result;
}

// For messages: a cell may be long, or hold anything.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kShownBytes = 40;
  std::string shown = "\"";
  for (const char c : text.substr(0, kShownBytes)) {
    shown += std::isprint(static_cast<unsigned char>(c)) != 0 ? c : '?';
  }
  return shown + (text.size() > kShownBytes ? "...\"" : "\"");
}

}  // namespace

const std::string& RowEvent::cell(const std::string& column) const {
  return row_.cells[index_.find(column)->second];
}

void RowEvent::note(const FieldTraits& traits, const FieldRule& rule, const std::string& sentence) {
  if (fault_) return;
  const std::string where = rule.column.empty() ? "the constant" : "column " + excerpt(rule.column);
  fault_ = ReadFault{row_.line, traits.path, where + ": " + sentence};
}

std::optional<std::string> RowEvent::through(const FieldTraits& traits, const FieldRule& rule,
                                             const std::string& text) {
  const auto found = rule.values.find(text);
  if (found != rule.values.end()) {
    if (found->second.empty()) return std::nullopt;
    return found->second;
  }
  if (text.empty()) return std::nullopt;
  if (rule.values.empty()) return text;
  if (!rule.otherwise) {
    note(traits, rule,
         excerpt(text) + " is not among the values of the mapping (line " +
             std::to_string(rule.line) + "); add it there, or add otherwise");
    return std::nullopt;
  }
  if (rule.otherwise->empty()) return std::nullopt;
  return rule.otherwise;
}

std::optional<std::string> RowEvent::text(Field field) {
  const auto& rule = mapping_.field(field);
  if (!rule) return std::nullopt;
  if (rule->column.empty()) {
    return rule->constant.empty() ? std::nullopt : std::optional(rule->constant);
  }
  return through(traits_of(field), *rule, std::string(trim(cell(rule->column))));
}

std::optional<double> RowEvent::number(Field field) {
  const auto found = text(field);
  if (!found) return std::nullopt;
  const FieldTraits& traits = traits_of(field);
  const FieldRule& rule = *mapping_.field(field);
  const auto value = read_number(*found);
  if (!value || (traits.type == FieldType::kInteger && *value != std::floor(*value))) {
    note(traits, rule,
         excerpt(*found) + " is no " +
             (traits.type == FieldType::kInteger ? "whole number" : "number") +
             "; correct the row or leave it out with a filter");
    return std::nullopt;
  }
  if (*value < traits.least || *value > traits.most) {
    std::ostringstream sentence;
    sentence.precision(10);
    sentence << excerpt(*found) << " is not within " << traits.least << " to " << traits.most
             << "; correct the row or leave it out with a filter";
    note(traits, rule, sentence.str());
    return std::nullopt;
  }
  return value;
}

int RowEvent::enumeration_of(const FieldTraits& traits, const FieldRule& rule,
                             const std::string& text) {
  const auto value = enum_number(*traits.values(), text);
  if (!value) {
    note(traits, rule,
         excerpt(text) + " is no value of " + traits.values()->name() +
             "; list it under values in the mapping");
  }
  return value.value_or(0);
}

int RowEvent::enumeration(Field field) {
  const auto found = text(field);
  if (!found) return 0;
  return enumeration_of(traits_of(field), *mapping_.field(field), *found);
}

void RowEvent::set_occurred_at(v1::Event& event) {
  const OccurredAtRule& rule = mapping_.occurred_at;
  std::string joined;
  for (const std::string& column : rule.columns) {
    joined += (joined.empty() ? "" : " ") + cell(column);
  }
  const auto instant = rule.reader->read(joined);
  if (!instant) {
    if (fault_) return;
    fault_ = ReadFault{row_.line, "occurred_at",
                       "column " + excerpt(rule.columns.front()) + ": " + excerpt(joined) +
                           " is no time in the format " + excerpt(rule.format) +
                           "; correct the row or the format in the mapping"};
    return;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*instant);
  event.mutable_occurred_at()->set_seconds(seconds.time_since_epoch().count());
  event.mutable_occurred_at()->set_nanos(
      static_cast<std::int32_t>(std::chrono::nanoseconds(*instant - seconds).count()));
}

void RowEvent::set_location(v1::Event& event) {
  for (const Field field : {Field::kLatitude, Field::kLongitude}) {
    const auto value = number(field);
    if (!value) {
      note(traits_of(field), *mapping_.field(field),
           "the place is missing; correct the row or leave it out with a filter");
      return;
    }
    if (field == Field::kLatitude) {
      event.mutable_location()->set_latitude(*value);
    } else {
      event.mutable_location()->set_longitude(*value);
    }
  }
  v1::Location& location = *event.mutable_location();
  location.set_accuracy_m(static_cast<float>(number(Field::kAccuracy).value_or(0)));
  location.set_kind(static_cast<v1::LocationKind>(enumeration(Field::kLocationKind)));
  location.set_area_code(text(Field::kAreaCode).value_or(""));
}

void RowEvent::set_substances(v1::Overdose& overdose) {
  const auto& rule = mapping_.field(Field::kSubstances);
  if (!rule) return;
  const FieldTraits& traits = traits_of(Field::kSubstances);
  const std::string whole = rule->column.empty() ? rule->constant : cell(rule->column);
  std::size_t begin = 0;
  while (begin <= whole.size()) {
    std::size_t end =
        rule->separator.empty() ? std::string::npos : whole.find(rule->separator, begin);
    if (end == std::string::npos) end = whole.size();
    const auto part = through(
        traits, *rule, std::string(trim(std::string_view(whole).substr(begin, end - begin))));
    if (part) {
      overdose.add_substances(static_cast<v1::Substance>(enumeration_of(traits, *rule, *part)));
    }
    begin = end + std::max<std::size_t>(1, rule->separator.size());
  }
}

void RowEvent::set_administrations(v1::Person& person) {
  const int doses = static_cast<int>(number(Field::kDoses).value_or(0));
  for (int i = 0; i < doses; ++i) {
    v1::Administration& given = *person.add_administrations();
    given.set_medication(v1::MEDICATION_NALOXONE);
    given.set_dose_mg(static_cast<float>(number(Field::kDoseMg).value_or(0)));
    given.set_route(static_cast<v1::Route>(enumeration(Field::kRoute)));
    given.set_giver(static_cast<v1::Giver>(enumeration(Field::kGiver)));
    given.set_response(static_cast<v1::Response>(enumeration(Field::kResponse)));
  }
}

// What is known of a person belongs to the first; the others are only counted.
void RowEvent::set_persons(v1::Overdose& overdose) {
  v1::Person first;
  first.set_age_band(static_cast<v1::AgeBand>(enumeration(Field::kAgeBand)));
  if (const auto age = number(Field::kAge)) first.set_age_band(band_of(*age));
  first.set_sex(static_cast<v1::Sex>(enumeration(Field::kSex)));
  first.set_outcome(static_cast<v1::Outcome>(enumeration(Field::kPersonOutcome)));
  set_administrations(first);
  const int count = static_cast<int>(number(Field::kPersonCount).value_or(1));
  // An event without persons means one of whom nothing is known.
  if (count == 1 && first.ByteSizeLong() == 0) return;
  *overdose.add_persons() = first;
  for (int i = 1; i < count; ++i) overdose.add_persons();
}

void RowEvent::set_overdose(v1::Overdose& overdose) {
  overdose.set_certainty(static_cast<v1::Certainty>(enumeration(Field::kCertainty)));
  overdose.set_outcome(static_cast<v1::Outcome>(enumeration(Field::kOutcome)));
  overdose.set_place(static_cast<v1::Place>(enumeration(Field::kPlace)));
  overdose.set_transport(static_cast<v1::Transport>(enumeration(Field::kTransport)));
  set_substances(overdose);
  set_persons(overdose);
  if (!mapping_.match_key) return;
  const std::string incident = canonical_number(cell(mapping_.match_key->column));
  if (incident.empty()) return;
  overdose.set_match_key(hmac_sha256(mapping_.match_key->key, incident));
  overdose.set_match_key_version(mapping_.match_key->version);
}

bool RowEvent::is_retraction() {
  if (!mapping_.retraction) return false;
  try {
    return mapping_.retraction->holds(cell(mapping_.retraction->column));
  } catch (const std::runtime_error&) {
    fault_ = ReadFault{row_.line, "retraction",
                       "the regex of retraction.when is too hard for this cell; simplify it"};
    return false;
  }
}

ReadItem RowEvent::build(const std::string& record_id) {
  ReadEvent read;
  read.line = row_.line;
  read.event.set_record_id(record_id);
  read.event.set_revision(static_cast<std::uint32_t>(number(Field::kRevision).value_or(0)));
  set_occurred_at(read.event);
  if (is_retraction()) {
    read.event.mutable_retraction()->set_reason(
        static_cast<v1::RetractionReason>(enumeration(Field::kRetractionReason)));
  } else {
    set_location(read.event);
    set_overdose(*read.event.mutable_overdose());
  }
  if (fault_) return *fault_;
  if (const auto broken = broken_rule(read.event)) {
    return ReadFault{row_.line, broken->field, broken->message + "; correct the row"};
  }
  return read;
}

}  // namespace commonwatch::cli
