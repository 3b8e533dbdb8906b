#include "clients/cli/simulate/agencies.h"

#include <algorithm>
#include <utility>

namespace commonwatch::cli {
namespace {

using std::chrono::seconds;

// Shares of the true overdoses that an agency reports.
constexpr double kEmsShare = 0.85;
constexpr double kPoliceShare = 0.40;
constexpr double kHospitalShare = 0.50;

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDelayMost = 5 * 24 * kHour;
constexpr std::uint64_t kReportKey = 1ULL << 32U;  // apart from the streams that describe incidents

seconds delay(double length) {
  return seconds(static_cast<std::int64_t>(std::min(length, kDelayMost)));
}

void set_time(google::protobuf::Timestamp& to, Instant instant) {
  const auto whole = std::chrono::floor<seconds>(instant);
  to.set_seconds(whole.time_since_epoch().count());
}

// A few metres beside the truth.
Point shifted(Point point, double metres, Random& random) {
  return {point.east + metres * random.normal(), point.north + metres * random.normal()};
}

v1::Outcome worst_outcome(const v1::Overdose& overdose) {
  const bool fatal =
      std::any_of(overdose.persons().begin(), overdose.persons().end(),
                  [](const v1::Person& p) { return p.outcome() == v1::OUTCOME_FATAL; });
  return fatal ? v1::OUTCOME_FATAL : v1::OUTCOME_NONFATAL;
}

class Reporter {
 public:
  Reporter(const CityPlan& plan, const Incident& incident)
      : plan_(plan),
        incident_(incident),
        random_(random_for(plan.options(), Purpose::kIncident, incident.ordinal | kReportKey)) {}

  std::vector<SimulatedReport> all() {
    const bool ems = random_.chance(kEmsShare);
    const bool police = random_.chance(kPoliceShare);
    const bool hospital = random_.chance(kHospitalShare);
    if (!incident_.overdose) {
      report_false_alarm();
    } else {
      if (ems) report_ems();
      if (police) report_police();
      if (hospital && incident_.transport == v1::TRANSPORT_TRANSPORTED) report_hospital();
    }
    return std::move(reports_);
  }

 private:
  // The record's number begins with the seed, so that two cities in one hub do not mix.
  v1::Event event(const char* prefix, Instant occurred) const {
    v1::Event event;
    event.set_record_id("s" + std::to_string(plan_.options().seed) + "-" + prefix + "-" +
                        std::to_string(incident_.ordinal));
    set_time(*event.mutable_occurred_at(), occurred);
    return event;
  }

  void set_scene(v1::Event& event, Point place, float accuracy_m) const {
    const LatLng degrees = plan_.to_degrees(place);
    v1::Location& location = *event.mutable_location();
    location.set_latitude(degrees.latitude);
    location.set_longitude(degrees.longitude);
    location.set_accuracy_m(accuracy_m);
    location.set_kind(v1::LOCATION_KIND_SCENE);
  }

  // Stands for a hash of the number that dispatch gave the incident.
  void set_match_key(v1::Overdose& overdose) const {
    Random number =
        random_for(plan_.options(), Purpose::kIncident, incident_.ordinal | (kReportKey << 1U));
    std::string key;
    for (int i = 0; i < 4; ++i) {
      const std::uint64_t bits = number.bits();
      for (unsigned shift = 0; shift < 64; shift += 8) {
        key += static_cast<char>((bits >> shift) & 0xffU);
      }
    }
    overdose.set_match_key(key);
    overdose.set_match_key_version(1);
  }

  void send(const char* source, const v1::Event& event, Instant at) {
    reports_.push_back({source, event, at});
  }

  void report_ems() {
    v1::Event first = event("cad", incident_.occurred);
    const bool misplaced = random_.chance(0.06);
    set_scene(first, misplaced ? shifted(incident_.place, 300, random_) : incident_.place,
              misplaced ? 500.0F : 20.0F);
    v1::Overdose& overdose = *first.mutable_overdose();
    overdose.set_certainty(v1::CERTAINTY_SUSPECTED);
    overdose.set_place(incident_.kind);
    overdose.set_transport(incident_.transport);
    // Half of the deaths are known on the scene, the others become known later.
    const bool known = random_.chance(0.5);
    for (const v1::Person& person : incident_.persons) {
      *overdose.add_persons() = person;
      if (!known) overdose.mutable_persons()->rbegin()->set_outcome(v1::OUTCOME_NONFATAL);
    }
    overdose.set_outcome(worst_outcome(overdose));
    set_match_key(overdose);

    Instant at = incident_.occurred + delay(3 * kMinute + random_.exponential(6 * kMinute));
    send(kEmsSource, first, at);
    if (random_.chance(0.02)) {
      send(kEmsSource, first, at + delay(random_.between(kMinute, 20 * kMinute)));
    }
    v1::Event revised = first;
    if (misplaced) {
      at += delay(kHour + random_.exponential(5 * kHour));
      set_scene(revised, incident_.place, 20.0F);
      revised.set_revision(revised.revision() + 1);
      send(kEmsSource, revised, at);
    }
    restore_outcomes(*revised.mutable_overdose());
    if (revised.overdose().outcome() != first.overdose().outcome()) {
      at += delay(6 * kHour + random_.exponential(18 * kHour));
      revised.set_revision(revised.revision() + 1);
      send(kEmsSource, revised, at);
    }
  }

  void restore_outcomes(v1::Overdose& overdose) const {
    for (int i = 0; i < overdose.persons_size(); ++i) {
      overdose.mutable_persons(i)->set_outcome(
          incident_.persons[static_cast<std::size_t>(i)].outcome());
    }
    overdose.set_outcome(worst_outcome(overdose));
  }

  void report_false_alarm() {
    v1::Event first = event("cad", incident_.occurred);
    set_scene(first, incident_.place, 20.0F);
    first.mutable_overdose()->set_certainty(v1::CERTAINTY_SUSPECTED);
    first.mutable_overdose()->set_place(incident_.kind);
    const Instant at = incident_.occurred + delay(3 * kMinute + random_.exponential(6 * kMinute));
    send(kEmsSource, first, at);
    v1::Event retraction = event("cad", incident_.occurred);
    retraction.set_revision(1);
    retraction.mutable_retraction()->set_reason(v1::RETRACTION_REASON_NOT_AN_OVERDOSE);
    send(kEmsSource, retraction, at + delay(kHour + random_.exponential(5 * kHour)));
  }

  void report_police() {
    // Officers write the time of their arrival, and the corner where they stood.
    v1::Event report = event("rms", incident_.occurred + delay(random_.between(0, 12 * kMinute)));
    set_scene(report, shifted(incident_.place, 40, random_), 100.0F);
    v1::Overdose& overdose = *report.mutable_overdose();
    overdose.set_certainty(v1::CERTAINTY_PROBABLE);
    overdose.set_place(incident_.kind);
    for (const v1::Person& person : incident_.persons) {
      v1::Person& seen = *overdose.add_persons();
      seen.set_age_band(person.age_band());
      seen.set_sex(person.sex());
      seen.set_outcome(person.outcome());
    }
    overdose.set_outcome(worst_outcome(overdose));
    if (random_.chance(0.35)) set_match_key(overdose);
    double late = kHour + random_.exponential(3 * kHour);
    if (random_.chance(0.1)) late += random_.exponential(24 * kHour);
    send(kPoliceSource, report, incident_.occurred + delay(late));
  }

  void report_hospital() {
    v1::Event report =
        event("ed", incident_.occurred + delay(random_.between(25 * kMinute, 70 * kMinute)));
    const PostalArea& area = plan_.postal_area_of(incident_.place);
    set_scene(report, area.centre, 3000.0F);
    report.mutable_location()->set_kind(v1::LOCATION_KIND_AREA);
    report.mutable_location()->set_area_code(area.code);
    v1::Overdose& overdose = *report.mutable_overdose();
    overdose.set_certainty(v1::CERTAINTY_CONFIRMED);
    overdose.set_transport(v1::TRANSPORT_TRANSPORTED);
    for (const v1::Substance substance : incident_.substances) overdose.add_substances(substance);
    for (const v1::Person& person : incident_.persons) {
      v1::Person& patient = *overdose.add_persons();
      patient.set_age_band(person.age_band());
      patient.set_sex(person.sex());
      patient.set_outcome(person.outcome());
    }
    overdose.set_outcome(worst_outcome(overdose));
    const double late = std::max(6 * kHour, 24 * kHour + 5 * kHour * random_.normal());
    send(kHospitalSource, report, incident_.occurred + delay(late));
  }

  const CityPlan& plan_;
  const Incident& incident_;
  Random random_;
  std::vector<SimulatedReport> reports_;
};

}  // namespace

std::vector<SimulatedReport> reports_of(const CityPlan& plan, const Incident& incident) {
  return Reporter(plan, incident).all();
}

}  // namespace commonwatch::cli
