#include "hub/wire/read_event.h"

#include <limits>

#include "hub/wire/schema_fault.h"

namespace commonwatch::wire {
namespace {

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int32_t kNanosMax = 999'999'999;
constexpr std::int32_t kNanosPerMicro = 1'000;

// One pass over the message, without reflection. It only notices that something is not in the
// schema; what and where is found in a second pass that few events need.
class EventReader {
 public:
  void read(v1::Event& from, model::Event& to) {
    look_at(from);
    to.record_id = from.record_id();
    to.revision = from.revision();
    if (from.has_occurred_at()) {
      to.has_occurred_at = true;
      to.occurred_at = time(*from.mutable_occurred_at(), "occurred_at");
    }
    if (from.has_location()) {
      to.has_location = true;
      read(*from.mutable_location(), to.location);
    }
    switch (from.report_case()) {
      case v1::Event::kOverdose:
        read(*from.mutable_overdose(), to.report.emplace<model::Overdose>());
        break;
      case v1::Event::kAreaCount:
        read(*from.mutable_area_count(), to.report.emplace<model::AreaCount>());
        break;
      case v1::Event::kRetraction:
        read(*from.mutable_retraction(), to.report.emplace<model::Retraction>());
        break;
      case v1::Event::REPORT_NOT_SET:
        break;
    }
  }

  bool found_strange() const { return strange_; }
  // The first time that is none; empty if all are.
  const char* bad_time() const { return bad_time_; }

 private:
  void read(v1::Location& from, model::Location& to) {
    look_at(from);
    from.set_latitude(number(from.latitude()));
    from.set_longitude(number(from.longitude()));
    from.set_accuracy_m(number(from.accuracy_m()));
    to.latitude = from.latitude();
    to.longitude = from.longitude();
    to.accuracy_m = from.accuracy_m();
    to.kind = static_cast<model::LocationKind>(known(v1::LocationKind_IsValid, from.kind()));
    to.area_code = from.area_code();
  }

  void read(v1::Overdose& from, model::Overdose& to) {
    look_at(from);
    to.certainty = static_cast<model::Certainty>(known(v1::Certainty_IsValid, from.certainty()));
    to.outcome = static_cast<model::Outcome>(known(v1::Outcome_IsValid, from.outcome()));
    to.persons.resize(static_cast<std::size_t>(from.persons_size()));
    for (int i = 0; i < from.persons_size(); ++i) {
      read(*from.mutable_persons(i), to.persons[static_cast<std::size_t>(i)]);
    }
    to.substances.reserve(static_cast<std::size_t>(from.substances_size()));
    for (const int substance : from.substances()) {
      to.substances.push_back(known(v1::Substance_IsValid, substance));
    }
    to.place = known(v1::Place_IsValid, from.place());
    to.transport = known(v1::Transport_IsValid, from.transport());
    to.match_key = from.match_key();
    to.match_key_version = from.match_key_version();
  }

  void read(v1::Person& from, model::Person& to) {
    look_at(from);
    to.age_band = known(v1::AgeBand_IsValid, from.age_band());
    to.sex = known(v1::Sex_IsValid, from.sex());
    to.outcome = static_cast<model::Outcome>(known(v1::Outcome_IsValid, from.outcome()));
    to.administrations.resize(static_cast<std::size_t>(from.administrations_size()));
    for (int i = 0; i < from.administrations_size(); ++i) {
      read(*from.mutable_administrations(i), to.administrations[static_cast<std::size_t>(i)]);
    }
  }

  void read(v1::Administration& from, model::Administration& to) {
    look_at(from);
    from.set_dose_mg(number(from.dose_mg()));
    to.dose_mg = from.dose_mg();
    to.medication = known(v1::Medication_IsValid, from.medication());
    to.route = known(v1::Route_IsValid, from.route());
    to.giver = known(v1::Giver_IsValid, from.giver());
    to.response = known(v1::Response_IsValid, from.response());
  }

  void read(v1::AreaCount& from, model::AreaCount& to) {
    look_at(from);
    to.incidents = from.incidents();
    if (from.has_span_start()) {
      to.span_start = time(*from.mutable_span_start(), "area_count.span_start");
    }
  }

  void read(v1::Retraction& from, model::Retraction& to) {
    look_at(from);
    to.reason = known(v1::RetractionReason_IsValid, from.reason());
  }

  void look_at(const google::protobuf::Message& message) {
    strange_ |= !message.GetReflection()->GetUnknownFields(message).empty();
  }

  std::uint8_t known(bool (*is_valid)(int), int value) {
    if (is_valid(value)) return static_cast<std::uint8_t>(value);
    strange_ = true;
    return 0;
  }

  template <class Number>
  static Number number(Number value) {
    if (value == 0) return 0;
    return value == value ? value : std::numeric_limits<Number>::quiet_NaN();
  }

  Instant time(google::protobuf::Timestamp& from, const char* field) {
    look_at(from);
    const auto instant = read_instant(from);
    if (!instant) {
      if (bad_time_ == nullptr) bad_time_ = field;
      return {};
    }
    from.set_nanos(from.nanos() - from.nanos() % kNanosPerMicro);
    return *instant;
  }

  bool strange_ = false;
  const char* bad_time_ = nullptr;
};

}  // namespace

std::optional<Instant> read_instant(const google::protobuf::Timestamp& time) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() > kNanosMax) {
    return std::nullopt;
  }
  return Instant(std::chrono::seconds(time.seconds()) + Duration(time.nanos() / kNanosPerMicro));
}

std::optional<Error> read_event(v1::Event& message, model::Event& event) {
  EventReader reader;
  reader.read(message, event);
  if (reader.found_strange()) {
    auto fault = find_schema_fault(message);
    if (fault) return fault;
    return make_error(ErrorCode::kUnknownField, "the event has a field that is not in the schema");
  }
  if (reader.bad_time() != nullptr) {
    return make_error(ErrorCode::kOutOfRange,
                      std::string(reader.bad_time()) +
                          " must lie in the years 1 to 9999 with nanos from 0 to 999999999; "
                          "correct it and send it as a new event",
                      reader.bad_time());
  }
  return std::nullopt;
}

}  // namespace commonwatch::wire
