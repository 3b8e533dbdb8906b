#include "clients/cli/simulate/incident.h"

#include <array>
#include <utility>

namespace commonwatch::cli {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Days vary more than chance: variance mean + 0.05 mean^2.
constexpr double kDayShape = 20;
constexpr double kFalseAlarms = 0.03;
constexpr double kFatal = 0.08;
constexpr double kFatalInOutbreak = 0.16;
constexpr std::array<double, 7> kAgeBands{0.01, 0.10, 0.28, 0.26, 0.18, 0.12, 0.05};
constexpr std::array<std::pair<v1::Place, double>, 7> kPlaces{{{v1::PLACE_HOME, 0.55},
                                                               {v1::PLACE_STREET, 0.15},
                                                               {v1::PLACE_VEHICLE, 0.08},
                                                               {v1::PLACE_BUSINESS, 0.09},
                                                               {v1::PLACE_HOTEL, 0.05},
                                                               {v1::PLACE_PARK, 0.03},
                                                               {v1::PLACE_OTHER, 0.05}}};

v1::AgeBand age_band(Random& random) {
  double left = random.uniform();
  int band = v1::AGE_BAND_0_TO_14;
  for (const double share : kAgeBands) {
    left -= share;
    if (left < 0) break;
    if (band < v1::AGE_BAND_65_AND_OVER) ++band;
  }
  return static_cast<v1::AgeBand>(band);
}

v1::Place place_kind(Random& random) {
  double left = random.uniform();
  for (const auto& [place, share] : kPlaces) {
    left -= share;
    if (left < 0) return place;
  }
  return v1::PLACE_OTHER;
}

v1::Person person(Random& random, bool outbreak) {
  v1::Person person;
  person.set_age_band(age_band(random));
  person.set_sex(random.chance(0.68) ? v1::SEX_MALE : v1::SEX_FEMALE);
  const bool fatal = random.chance(outbreak ? kFatalInOutbreak : kFatal);
  person.set_outcome(fatal ? v1::OUTCOME_FATAL : v1::OUTCOME_NONFATAL);
  int doses = random.chance(0.72) ? 1 + random.poisson(outbreak ? 1.2 : 0.35) : 0;
  for (; doses > 0; --doses) {
    v1::Administration& given = *person.add_administrations();
    given.set_medication(v1::MEDICATION_NALOXONE);
    const bool nasal = random.chance(0.8);
    given.set_route(nasal ? v1::ROUTE_INTRANASAL : v1::ROUTE_INTRAMUSCULAR);
    given.set_dose_mg(nasal ? 4.0F : 0.5F);
    const double giver = random.uniform();
    given.set_giver(giver < 0.6    ? v1::GIVER_EMS
                    : giver < 0.75 ? v1::GIVER_POLICE
                    : giver < 0.85 ? v1::GIVER_FIRE
                                   : v1::GIVER_BYSTANDER);
    const bool improved = !fatal && random.chance(0.8);
    given.set_response(improved ? v1::RESPONSE_IMPROVED : v1::RESPONSE_UNCHANGED);
  }
  return person;
}

// Everything but when and where.
Incident describe(const CityPlan& plan, std::uint64_t ordinal, bool outbreak) {
  Random random = random_for(plan.options(), Purpose::kIncident, ordinal);
  Incident incident;
  incident.ordinal = ordinal;
  incident.overdose = outbreak || !random.chance(kFalseAlarms);
  incident.kind = place_kind(random);
  const double crowd = random.uniform();
  const int persons = crowd < 0.93 ? 1 : crowd < 0.99 ? 2 : 3;
  bool died = true;
  for (int i = 0; i < persons; ++i) {
    incident.persons.push_back(person(random, outbreak));
    died = died && incident.persons.back().outcome() == v1::OUTCOME_FATAL;
  }
  const bool fentanyl = outbreak || random.chance(0.6);
  incident.substances.push_back(fentanyl ? v1::SUBSTANCE_FENTANYL : v1::SUBSTANCE_HEROIN);
  if (random.chance(0.15)) incident.substances.push_back(v1::SUBSTANCE_COCAINE);
  if (random.chance(outbreak ? 0.5 : 0.1)) incident.substances.push_back(v1::SUBSTANCE_XYLAZINE);
  incident.transport = died                  ? v1::TRANSPORT_NOT_TRANSPORTED
                       : random.chance(0.79) ? v1::TRANSPORT_TRANSPORTED
                                             : v1::TRANSPORT_REFUSED;
  return incident;
}

void place_incident(const CityPlan& plan, Random& random, Incident& incident) {
  double left = random.uniform();
  for (const Facility& facility : plan.facilities()) {
    left -= facility.share;
    if (left >= 0) continue;
    incident.place = facility.place;
    incident.kind = facility.kind;
    return;
  }
  incident.place = plan.street_point(random);
}

}  // namespace

std::vector<Incident> incidents_of_day(const CityPlan& plan, int day, std::uint64_t first_ordinal) {
  std::vector<Incident> incidents;
  const auto next_ordinal = [&] { return first_ordinal + incidents.size(); };
  Random random = random_for(plan.options(), Purpose::kDay, static_cast<std::uint64_t>(day));
  const double mood = random.gamma(kDayShape) / kDayShape;
  const Instant midnight = plan.options().start + hours(24 * day);
  for (int hour = 0; hour < 24; ++hour) {
    for (int left = random.poisson(plan.rate(day, hour) * mood); left > 0; --left) {
      Incident incident = describe(plan, next_ordinal(), false);
      incident.occurred = midnight + hours(hour) + seconds(random.below(3600));
      place_incident(plan, random, incident);
      incidents.push_back(std::move(incident));
    }
  }
  for (std::size_t i = 0; i < plan.outbreaks().size(); ++i) {
    const Outbreak& outbreak = plan.outbreaks()[i];
    if (outbreak.begin < midnight || outbreak.begin >= midnight + hours(24)) continue;
    Random batch = random_for(plan.options(), Purpose::kOutbreak, i);
    const auto lasts = std::chrono::floor<seconds>(outbreak.end - outbreak.begin);
    for (int left = outbreak.incidents; left > 0; --left) {
      Incident incident = describe(plan, next_ordinal(), true);
      incident.occurred = outbreak.begin + seconds(batch.below(static_cast<int>(lasts.count())));
      incident.place =
          plan.street_point_near(plan.to_metres(outbreak.centre), outbreak.radius_m, batch);
      incidents.push_back(std::move(incident));
    }
  }
  return incidents;
}

}  // namespace commonwatch::cli
