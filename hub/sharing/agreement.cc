#include "hub/sharing/agreement.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

namespace commonwatch::sharing {
namespace {

// About 4.5 km wide: the finest place that the narrow audiences see.
constexpr int kFigureLevel = 11;
constexpr std::uint32_t kPublicCount = 11;
constexpr std::uint32_t kPartnerCount = 5;
constexpr std::uint64_t kFloorPersons = 20'000;  // 45 CFR 164.514(b)(2)(i)(B)
constexpr int kExactLevel = 30;

Audience figures(std::string id, std::uint32_t k) {
  Audience audience;
  audience.id = std::move(id);
  audience.k = k;
  audience.population_floor = kFloorPersons;
  audience.cell_level = kFigureLevel;
  audience.period_days = 1;
  audience.content = Content::kFigures;
  return audience;
}

Audience live(std::string id, Content content, int level, bool persons) {
  Audience audience;
  audience.id = std::move(id);
  audience.content = content;
  audience.cell_level = level;
  audience.persons = persons;
  return audience;
}

class Lines {
 public:
  void add(const std::string& key, const std::string& value) {
    lines_.push_back(key + " = " + value + '\n');
  }
  void add(const std::string& key, std::int64_t value) { add(key, std::to_string(value)); }
  void add(const std::string& key, Duration value) { add(key, std::to_string(value.count())); }

  std::string text() {
    std::sort(lines_.begin(), lines_.end());
    std::string text;
    for (const std::string& line : lines_) text += line;
    return text;
  }

 private:
  std::vector<std::string> lines_;
};

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

const char* text(bool value) { return value ? "true" : "false"; }

void add(Lines& lines, const Audience& audience) {
  const std::string key = "sharing.audience." + audience.id + '.';
  lines.add(key + "cell_level", audience.cell_level);
  lines.add(key + "content", std::string(name(audience.content)));
  lines.add(key + "delay_us", audience.delay);
  lines.add(key + "k", audience.k);
  lines.add(key + "period_days", audience.period_days);
  lines.add(key + "persons", text(audience.persons));
  lines.add(key + "population_floor", std::to_string(audience.population_floor));
}

void add(Lines& lines, const std::string& agreement, const Term& term) {
  const std::string key = agreement + "term." + term.audience + '.';
  lines.add(key + "cell_level", term.cell_level);
  lines.add(key + "delay_us", term.delay);
  lines.add(key + "fields", term.fields.text());
  lines.add(key + "keep_days", term.keep_days);
  lines.add(key + "purposes", joined(term.purposes));
  lines.add(key + "skeleton_days", term.skeleton_days);
  lines.add(key + "time_rounding_us", term.time_rounding);
}

void add(Lines& lines, const Agreement& agreement) {
  const std::string key = "sharing.agreement." + agreement.partner + '.';
  lines.add(key + "legal_basis", agreement.legal_basis);
  lines.add(key + "part2", text(agreement.part2));
  lines.add(key + "since", to_rfc3339(agreement.since));
  lines.add(key + "version", agreement.version);
  for (const Term& term : agreement.terms) add(lines, key, term);
}

void add(Lines& lines, const PublicationSettings& publication) {
  const std::string key = "sharing.publication.";
  lines.add(key + "coarsest_level", publication.coarsest_level);
  lines.add(key + "renewal_periods", publication.renewal_periods);
  lines.add(key + "revision_periods", publication.revision_periods);
  lines.add(key + "settle_us", publication.settle);
  for (const Population& entry : publication.population) {
    lines.add(key + "population." + entry.cell.token(), std::to_string(entry.persons));
  }
}

}  // namespace

std::string_view name(Content content) {
  constexpr std::array<std::string_view, 3> kNames = {"figures", "hotspots", "events"};
  return kNames.at(static_cast<std::size_t>(content));
}

std::vector<Audience> default_audiences() {
  return {figures("public", kPublicCount),
          figures("police", kPartnerCount),
          figures("partner", kPartnerCount),
          live("responders", Content::kHotspots, model::kLeafLevel, false),
          live("analysts", Content::kEvents, model::kLeafLevel, true),
          live("health", Content::kEvents, kExactLevel, true)};
}

Term effective(const Term& term, const Audience& audience) {
  Term cut = term;
  if (!audience.persons) cut.fields = cut.fields.without(FieldMask::of_persons());
  cut.cell_level = std::min(cut.cell_level, audience.cell_level);
  cut.delay = std::max(cut.delay, audience.delay);
  return cut;
}

Term both(const Term& a, const Term& b) {
  const auto sooner = [](std::int32_t x, std::int32_t y) {
    return x == 0 || y == 0 ? std::max(x, y) : std::min(x, y);
  };
  const auto rounded = [](Duration x, Duration y) {
    // What is rounded to both is rounded to their least common multiple.
    return x.count() == 0 || y.count() == 0 ? std::max(x, y)
                                            : Duration(std::lcm(x.count(), y.count()));
  };
  Term less;
  less.audience = a.audience;
  less.fields = a.fields.both(b.fields);
  less.cell_level = std::min(a.cell_level, b.cell_level);
  less.time_rounding = rounded(a.time_rounding, b.time_rounding);
  less.delay = std::max(a.delay, b.delay);
  std::set_intersection(a.purposes.begin(), a.purposes.end(), b.purposes.begin(), b.purposes.end(),
                        std::back_inserter(less.purposes));
  less.keep_days = sooner(a.keep_days, b.keep_days);
  less.skeleton_days = sooner(a.skeleton_days, b.skeleton_days);
  return less;
}

Term everything(std::string audience) {
  Term term;
  term.audience = std::move(audience);
  term.fields = FieldMask::all();
  term.cell_level = kExactLevel;
  return term;
}

const Audience* Settings::audience(std::string_view id) const {
  const auto found = std::find_if(audiences.begin(), audiences.end(),
                                  [&](const Audience& audience) { return audience.id == id; });
  return found == audiences.end() ? nullptr : &*found;
}

const Agreement* Settings::agreement(std::string_view partner) const {
  const auto found =
      std::find_if(agreements.begin(), agreements.end(),
                   [&](const Agreement& agreement) { return agreement.partner == partner; });
  return found == agreements.end() ? nullptr : &*found;
}

std::string Settings::canonical() const {
  Lines lines;
  std::vector<std::string> order;
  for (const Audience& audience : audiences) {
    order.push_back(audience.id);
    add(lines, audience);
  }
  // Their order is part of what is agreed.
  lines.add("sharing.audiences", is_open() ? std::string(kOpenAudience) : joined(order));
  for (const Agreement& agreement : agreements) add(lines, agreement);
  if (!is_open()) add(lines, publication);
  return lines.text();
}

Settings normalised(Settings settings) {
  for (Agreement& agreement : settings.agreements) {
    for (Term& term : agreement.terms) {
      auto& purposes = term.purposes;
      std::sort(purposes.begin(), purposes.end());
      purposes.erase(std::unique(purposes.begin(), purposes.end()), purposes.end());
    }
    std::sort(agreement.terms.begin(), agreement.terms.end(),
              [](const Term& a, const Term& b) { return a.audience < b.audience; });
  }
  std::sort(settings.agreements.begin(), settings.agreements.end(),
            [](const Agreement& a, const Agreement& b) { return a.partner < b.partner; });
  auto& population = settings.publication.population;
  std::sort(population.begin(), population.end(),
            [](const Population& a, const Population& b) { return a.cell < b.cell; });
  check(settings);
  return settings;
}

Result<void> admit(std::string_view partner, bool part2, const model::Event& event) {
  if (!part2 || event.kind() != model::EventKind::kOverdose) return {};
  return make_error(ErrorCode::kForbidden,
                    "partner " + std::string(partner) +
                        " is under 42 CFR Part 2 and gives no event about a person; send an "
                        "area_count",
                    "overdose");
}

}  // namespace commonwatch::sharing
