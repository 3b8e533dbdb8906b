// The rules that settings keep; agreement.h lists them.
#include <algorithm>
#include <set>

#include "hub/sharing/agreement.h"

namespace commonwatch::sharing {
namespace {

constexpr std::size_t kAudiencesMax = 16;
constexpr int kLevelMax = 30;
constexpr std::uint32_t kCountMax = 1000;
constexpr std::int32_t kDaysMax = 36'500;
constexpr std::int32_t kPeriodDaysMax = 366;
constexpr std::int32_t kPeriodsMax = 3660;
constexpr std::size_t kIdBytesMax = 64;
constexpr Duration kDelayMax = std::chrono::hours(24 * 366);

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           where + ": " + what + "; correct the configuration", where));
}

void require(bool holds, const std::string& where, const std::string& what) {
  if (!holds) refuse(where, what);
}

bool is_code(std::string_view text, bool dots) {
  return !text.empty() && text.size() <= kIdBytesMax && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  (dots && c == '.');
         });
}

bool is_printable(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

template <class Number>
bool within(Number value, Number low, Number high) {
  return value >= low && value <= high;
}

std::string of(const Audience& audience) { return "sharing.audience." + audience.id; }
std::string of(const Agreement& agreement) { return "sharing.agreement." + agreement.partner; }

bool suppresses(const Audience& audience) { return audience.k > 1; }

void check_audience(const Audience& audience) {
  const std::string where = of(audience);
  require(is_code(audience.id, false), where, "an id is 1 to 64 of a-z 0-9 - _");
  require(audience.id != kOpenAudience, where,
          "`all` is the audience of a hub without agreements; choose another id");
  require(within(audience.k, 1U, kCountMax), where, "k is a number from 1 to 1000");
  require(within(audience.cell_level, 0, kLevelMax), where, "cell_level is a number from 0 to 30");
  require(within(audience.delay, Duration(0), kDelayMax), where, "delay is from 0 to 366 days");
  if (suppresses(audience)) {
    require(audience.content == Content::kFigures, where,
            "with k above 1 its content must be figures: nothing else is suppressed");
    require(within(audience.period_days, 1, kPeriodDaysMax), where,
            "period_days is a number from 1 to 366");
    require(!audience.persons, where, "with k above 1 it cannot see persons' attributes");
  } else {
    require(audience.content != Content::kFigures, where,
            "with k = 1 its content is hotspots or events; figures need a k above 1");
    require(audience.period_days == 0, where, "with k = 1 it is live; leave period_days out");
  }
}

void check_order(const Audience& narrow, const Audience& wide) {
  const auto may_more = [&](bool less, const char* what) {
    require(less, of(wide),
            std::string(what) + " gives " + narrow.id + ", which stands before it, more than " +
                wide.id + "; audiences go from narrow to wide");
  };
  may_more(narrow.k >= wide.k, "k");
  may_more(narrow.population_floor >= wide.population_floor, "population_floor");
  may_more(narrow.cell_level <= wide.cell_level, "cell_level");
  may_more(narrow.delay >= wide.delay, "delay");
  may_more(narrow.content <= wide.content, "content");
  may_more(!narrow.persons || wide.persons, "persons");
}

// What two differ in could be subtracted.
void check_partition(const Audience& narrow, const Audience& wide) {
  if (!suppresses(narrow) || !suppresses(wide)) return;
  const auto same = [&](bool holds, const char* what) {
    require(holds, of(wide),
            std::string(what) + " differs from " + narrow.id +
                "'s; audiences with k above 1 share one partition of space and time");
  };
  same(narrow.cell_level == wide.cell_level, "cell_level");
  same(narrow.population_floor == wide.population_floor, "population_floor");
  same(narrow.period_days == wide.period_days, "period_days");
  same(narrow.delay == wide.delay, "delay");
}

void check_term(const Term& term, const std::string& where) {
  require(within(term.cell_level, 0, kLevelMax), where, "cell_level is a number from 0 to 30");
  require(within(term.time_rounding, Duration(0), kDelayMax), where,
          "time_rounding is from 0 to 366 days");
  require(within(term.delay, Duration(0), kDelayMax), where, "delay is from 0 to 366 days");
  require(within(term.keep_days, 0, kDaysMax) && within(term.skeleton_days, 0, kDaysMax), where,
          "keep_days and skeleton_days are numbers from 0 to 36500");
  require(term.skeleton_days == 0 || (term.keep_days != 0 && term.keep_days <= term.skeleton_days),
          where, "skeleton_days is at least keep_days: a skeleton outlives its event");
  require(std::all_of(term.purposes.begin(), term.purposes.end(),
                      [](const std::string& purpose) { return is_code(purpose, true); }),
          where, "a purpose is a code, 1 to 64 of a-z 0-9 - _ .");
}

void check_part2(const Agreement& agreement, const Term& term, const std::string& where) {
  if (!agreement.part2) return;
  for (const Field field : term.fields.fields()) {
    require(!name(field).starts_with("overdose."), where,
            "a partner under Part 2 gives counts for areas only, and " + std::string(name(field)) +
                " is of a person; leave it out");
  }
}

// What does not say when and where cannot be counted by zone and period.
void check_counts(const Audience& audience, const Term& term, const std::string& where) {
  if (!suppresses(audience)) return;
  require(term.cell_level >= audience.cell_level, where,
          "cell_level is coarser than the zones of the audience's figures, level " +
              std::to_string(audience.cell_level) + ": they could not be counted");
  for (const Field field : {Field::kOccurredAt, Field::kLocation, Field::kPersons}) {
    require(term.fields.has(field), where,
            "figures count persons by zone and period, and " + std::string(name(field)) +
                " is not shared; add it, or leave the term out");
  }
}

void check_agreement(const Settings& settings, const Agreement& agreement) {
  require(is_code(agreement.partner, true), of(agreement),
          "a partner's id is 1 to 64 of a-z 0-9 - _ .");
  require(agreement.version > 0, of(agreement), "version is a number from 1");
  require(is_printable(agreement.legal_basis), of(agreement),
          "legal_basis is a code of 1 to 64 printable characters without blanks");
  std::set<std::string> seen;
  for (const Term& term : agreement.terms) {
    const std::string where = of(agreement) + ".term." + term.audience;
    const Audience* audience = settings.audience(term.audience);
    require(audience != nullptr, where, "no such audience");
    require(seen.insert(term.audience).second, where, "a second term for the same audience");
    check_term(term, where);
    check_part2(agreement, term, where);
    check_counts(*audience, term, where);
  }
}

// No end is more than any number of days.
bool lasts_no_longer(std::int32_t a, std::int32_t b) { return b == 0 || (a != 0 && a <= b); }

const Term* term_for(const Agreement& agreement, const Audience& audience) {
  const auto found = std::find_if(agreement.terms.begin(), agreement.terms.end(),
                                  [&](const Term& term) { return term.audience == audience.id; });
  return found == agreement.terms.end() ? nullptr : &*found;
}

void check_terms_order(const Agreement& agreement, const Audience& narrow, const Audience& wide) {
  const Term* of_narrow = term_for(agreement, narrow);
  if (of_narrow == nullptr) return;
  const auto more = [&](bool less, const std::string& what) {
    require(less, of(agreement),
            "lets " + narrow.id + " see more than " + wide.id + ", which is wider: " + what);
  };
  const Term* of_wide = term_for(agreement, wide);
  more(of_wide != nullptr, "there is no term for " + wide.id);
  const Term a = effective(*of_narrow, narrow);
  const Term b = effective(*of_wide, wide);
  const FieldMask beyond = a.fields.without(b.fields);
  more(beyond.is_empty(), beyond.text());
  more(a.cell_level <= b.cell_level, "cell_level");
  more(b.time_rounding.count() == 0 ||
           (a.time_rounding.count() != 0 && a.time_rounding % b.time_rounding == Duration(0)),
       "time_rounding is no multiple of the other");
  more(a.delay >= b.delay, "delay");
  more(std::includes(b.purposes.begin(), b.purposes.end(), a.purposes.begin(), a.purposes.end()),
       "purposes");
  more(lasts_no_longer(a.keep_days, b.keep_days), "keep_days");
  more(lasts_no_longer(a.skeleton_days, b.skeleton_days), "skeleton_days");
}

// The largest delay of what partners share holds for all of it (View::delay).
Duration view_delay(const Settings& settings, const Audience& audience) {
  Duration delay = audience.delay;
  for (const Agreement& agreement : settings.agreements) {
    const Term* term = term_for(agreement, audience);
    if (term != nullptr) delay = std::max(delay, term->delay);
  }
  return delay;
}

// A live audience sees nothing later than a narrower one does. Figures of one class are the same
// for all who see them (view.h), so that among those who publish there is nothing to compare.
void check_delays(const Settings& settings) {
  const auto& audiences = settings.audiences;
  for (auto wide = audiences.begin(); wide != audiences.end(); ++wide) {
    if (suppresses(*wide)) continue;
    const Duration delay = view_delay(settings, *wide);
    for (auto narrow = audiences.begin(); narrow != wide; ++narrow) {
      require(view_delay(settings, *narrow) >= delay, of(*wide),
              "a partner's delay makes " + narrow->id +
                  ", which is narrower, see others' data first; raise the delay of that audience");
    }
  }
}

void check_population(const Settings& settings, int level) {
  const PublicationSettings& publication = settings.publication;
  const std::string where = "sharing.publication";
  require(within(publication.coarsest_level, 0, level), where,
          "coarsest_level is a number from 0 to the cell_level of the figures");
  require(within(publication.settle, Duration(0), kDelayMax), where, "settle is 0 to 366 days");
  require(within(publication.revision_periods, 0, kPeriodsMax), where,
          "revision_periods is a number from 0 to 3660");
  require(within(publication.renewal_periods, 0, kPeriodsMax), where,
          "renewal_periods is a number from 0 to 3660");
  require(!publication.population.empty(), where,
          "an audience with k above 1 needs the ground on which its figures are published; list "
          "its cells in population");
  model::Cell last;
  for (const Population& entry : publication.population) {
    require(entry.cell.is_valid() && entry.cell.level() >= publication.coarsest_level, where,
            "population names " + entry.cell.token() + ", which is no cell, or too coarse a one");
    require(!last.is_valid() ||
                (last < entry.cell && !last.contains(entry.cell) && !entry.cell.contains(last)),
            where, "population counts " + entry.cell.token() + " twice");
    last = entry.cell;
  }
}

}  // namespace

void check(const Settings& settings) {
  if (settings.is_open()) return;
  require(!settings.audiences.empty(), "sharing.audiences",
          "there are agreements and nobody to share with; list the audiences");
  require(settings.audiences.size() <= kAudiencesMax, "sharing.audiences",
          "there may be 16 of them: each has an engine of its own");
  std::set<std::string> ids;
  for (const Audience& audience : settings.audiences) {
    check_audience(audience);
    require(ids.insert(audience.id).second, of(audience), "a second audience of this id");
  }
  ids.clear();
  for (const Agreement& agreement : settings.agreements) {
    check_agreement(settings, agreement);
    require(ids.insert(agreement.partner).second, of(agreement), "a second agreement");
  }
  for (std::size_t i = 0; i + 1 < settings.audiences.size(); ++i) {
    const Audience& narrow = settings.audiences[i];
    const Audience& wide = settings.audiences[i + 1];
    check_order(narrow, wide);
    check_partition(narrow, wide);
    for (const Agreement& agreement : settings.agreements) {
      check_terms_order(agreement, narrow, wide);
    }
  }
  check_delays(settings);
  if (suppresses(settings.audiences.front())) {
    check_population(settings, settings.audiences.front().cell_level);
  }
}

}  // namespace commonwatch::sharing
