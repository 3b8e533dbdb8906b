#include "tests/sharing/city.h"

#include <algorithm>

namespace commonwatch::sharing::test {
namespace {

using hotspot::test::Random;

constexpr auto kDay = std::chrono::hours(24);
constexpr model::LatLng kPlace = {40.12, -75.34};
constexpr model::LatLng kElsewhere = {41.2, -77.2};
constexpr int kLevel = 11;
constexpr std::uint64_t kFloor = 1000;

Audience figures(const std::string& id, std::uint32_t k) {
  Audience audience;
  audience.id = id;
  audience.k = k;
  audience.population_floor = kFloor;
  audience.cell_level = kLevel;
  audience.period_days = 1;
  return audience;
}

Agreement agreement(const std::string& partner, const std::vector<std::string>& audiences) {
  Agreement agreement;
  agreement.partner = partner;
  agreement.legal_basis = "test";
  for (const std::string& audience : audiences) agreement.terms.push_back(everything(audience));
  return agreement;
}

model::Incident incident_of(const Version& version) {
  model::Incident incident;
  incident.occurred = version.occurred;
  incident.cell = version.cell;
  incident.persons = 1;
  incident.fatal = version.fatal ? 1 : 0;
  return incident;
}

// A correction: taken back, moved in place or time, another outcome, another agency's report.
Version corrected(Version version, Random& random, const std::vector<model::Cell>& cells) {
  version.recorded += kDay * random.between(0, 3) + std::chrono::hours(random.between(1, 20));
  switch (random.between(0, 4)) {
    case 0:
      version.gone = true;
      break;
    case 1:
      version.cell = model::Cell::at(random.any(cells).center(), model::kLeafLevel);
      break;
    case 2:
      version.occurred -= std::chrono::hours(random.between(1, 30));
      break;
    case 3:
      version.fatal = !version.fatal;
      break;
    default:
      version.by_ems = true;
  }
  return version;
}

}  // namespace

std::vector<model::Cell> city_cells() {
  const model::Cell parent = model::Cell::at(kPlace, kLevel - 1);
  std::vector<model::Cell> cells;
  for (const model::LatLng corner : parent.vertices()) {
    const model::LatLng center = parent.center();
    cells.push_back(model::Cell::at(
        {(center.latitude + corner.latitude) / 2, (center.longitude + corner.longitude) / 2},
        kLevel));
  }
  cells.push_back(model::Cell::at(kElsewhere, kLevel));
  return cells;
}

Settings city_settings() {
  Settings settings;
  settings.audiences = {figures("public", kPublicCount), figures("partner", kPartnerCount)};
  settings.agreements = {agreement("county-ems", {"public", "partner"}),
                         agreement("city-police", {"partner"})};
  for (const model::Cell cell : city_cells()) {
    settings.publication.population.push_back({cell, 2 * kFloor});
  }
  settings.publication.coarsest_level = kLevel - 2;
  settings.publication.revision_periods = 2;
  settings.publication.renewal_periods = 6;
  return normalised(settings);
}

std::vector<Version> city_history(Random& random) {
  const std::vector<model::Cell> cells = city_cells();
  const std::vector<int> means = {0, 1, 3, 5, 2};
  std::vector<Version> history;
  std::uint64_t number = 0;
  for (int day = 0; day < kDays; ++day) {
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      // Now and then a day of its own, so that a figure moves by k.
      const double mean = means[cell] * (random.chance(20) ? 3 : 1);
      for (int left = random.poisson(mean); left > 0; --left) {
        Version version;
        version.number = ++number;
        version.occurred = day_start(day) + std::chrono::minutes(random.between(0, 24 * 60 - 1));
        version.recorded = version.occurred + std::chrono::minutes(random.between(1, 300)) +
                           kDay * (random.chance(35) ? random.between(1, 4) : 0);
        version.cell = model::Cell::at(cells[cell].center(), model::kLeafLevel);
        version.fatal = random.chance(cell == 3 ? 45 : 10);
        version.by_ems = random.chance(70);
        version.by_police = !version.by_ems || random.chance(30);
        history.push_back(version);
        if (random.chance(25)) history.push_back(corrected(version, random, cells));
      }
    }
  }
  random.shuffle(history);
  std::stable_sort(history.begin(), history.end(),
                   [](const Version& a, const Version& b) { return a.recorded < b.recorded; });
  return history;
}

PublishedCity::PublishedCity(std::uint64_t seed) {
  Random random(seed);
  const Settings settings = city_settings();
  for (const PublicationClass& of : publication_classes(settings)) {
    classes_.push_back({of, Publication(PublicationRules::of(settings, of, "UTC"), day_start(0)),
                        Narrowing(kPublicCount), Narrowing(kPartnerCount)});
  }
  const std::vector<Version> history = city_history(random);
  auto next = history.begin();
  for (int day = 0; day < kDays + 4; ++day) {
    std::vector<Version> today;
    while (next != history.end() && next->recorded <= day_start(day)) today.push_back(*next++);
    for (const Version& version : today) apply(version);
    publish(day_start(day), random);
  }
}

std::optional<Version> PublishedCity::counted(const Version& version,
                                              const PublicationClass& of) const {
  // A class is fed by the fold of its audience: `public` does not see what police alone reported.
  const bool of_public = of.audience == "public";
  if (version.gone || version.by_ems != of_public) return std::nullopt;
  return version;
}

void PublishedCity::apply(const Version& version) {
  known_[version.number] = version;
  for (ClassState& state : classes_) {
    const auto now = counted(version, state.of);
    state.publication.apply(key_of(version.number),
                            now ? std::optional(incident_of(*now)) : std::nullopt);
  }
}

void PublishedCity::publish(Instant moment, Random& random) {
  std::vector<std::vector<model::PublishedCount>> changed;
  for (ClassState& state : classes_) changed.push_back(state.publication.advance(moment));
  const std::vector<model::Alert> open = alerts(random);
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    ClassState& state = classes_[i];
    const auto to_partner = state.for_partner.step(changed[i]);
    partner_.receive(to_partner.all, generalise(open, to_partner.decided, kPartnerCount));
    if (state.of.audience != "public") continue;
    const auto to_public = state.for_public.step(changed[i]);
    public_.receive(to_public.all, generalise(open, to_public.decided, kPublicCount));
  }
  public_.close_moment();
  partner_.close_moment();
  note_truth();
}

// Where at least three are known in a cell on a day there may be one.
std::vector<model::Alert> PublishedCity::alerts(Random& random) const {
  std::map<std::pair<model::Cell, Instant>, int> persons;
  for (const auto& [number, version] : known_) {
    if (version.gone) continue;
    const Instant day = std::chrono::floor<std::chrono::days>(version.occurred);
    ++persons[{version.cell, day}];
  }
  std::vector<model::Alert> open;
  for (const auto& [where, count] : persons) {
    if (count < 3 || random.chance(50)) continue;
    model::Alert alert;
    alert.state = model::AlertState::kOpen;
    alert.hotspot.center = where.first.center();
    alert.hotspot.severity = model::Severity::kAlert;
    alert.hotspot.interval_days = 400;
    alert.evidence.window_end = where.second + kDay;
    open.push_back(alert);
  }
  return open;
}

void PublishedCity::note_truth() {
  for (const auto& [id, history] : partner_.histories()) {
    auto& truth = truth_[id];
    if (truth.size() == history.size()) continue;
    const model::PublishedCount& figure = history.back().count;
    Truth now;
    for (const ClassState& state : classes_) {
      if (state.of.audience != figure.shared_with) continue;
      for (const auto& [number, version] : known_) {
        if (!counted(version, state.of) || !figure.cell.contains(version.cell)) continue;
        if (version.occurred < figure.period_start || version.occurred >= figure.period_end) {
          continue;
        }
        ++now.persons;
        now.fatal += version.fatal ? 1 : 0;
      }
    }
    truth.push_back(now);
  }
}

}  // namespace commonwatch::sharing::test
