#include "hub/app/sharing_keys.h"

#include <algorithm>
#include <optional>

#include "hub/access/grant.h"
#include "hub/app/population.h"

namespace commonwatch::app {
namespace {

using C = Configuration;
using A = sharing::Audience;
using S = ConfiguredShare;
using sharing::Content;
using sharing::FieldMask;

constexpr std::int64_t kDelaySecondsMax = 366 * 86'400;

bool is_code(const std::string& text) { return access::is_code(text); }

template <class T, class Member>
Key<T> seconds(std::string name, std::string description, Member member) {
  return {std::move(name),
          std::move(description) + ", in seconds; 0 to " + std::to_string(kDelaySecondsMax),
          [=](T& into, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < 0 || *value > kDelaySecondsMax) return false;
            member(into) = std::chrono::seconds(*value);
            return true;
          },
          [=](const T& from) {
            const Duration value = member(const_cast<T&>(from));
            return std::to_string(std::chrono::floor<std::chrono::seconds>(value).count());
          }};
}

Key<A> content_key() {
  return {"content",
          "\"figures\" (with k above 1: published counts by zone and period), \"hotspots\" (the live "
          "picture, no events) or \"events\" (and events, as agreed)",
          [](A& audience, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            for (const Content one : {Content::kFigures, Content::kHotspots, Content::kEvents}) {
              if (value != sharing::name(one)) continue;
              audience.content = one;
              return true;
            }
            return false;
          },
          [](const A& audience) { return quote(sharing::name(audience.content)); }};
}

// `*` stands for all, `overdose.*` for all that begin so.
std::optional<FieldMask> parse_fields(const std::vector<std::string>& names) {
  FieldMask mask;
  for (const std::string& given : names) {
    if (const auto field = sharing::field_of(given)) {
      mask.add(*field);
      continue;
    }
    if (given.empty() || given.back() != '*') return std::nullopt;
    const std::string_view beginning = std::string_view(given).substr(0, given.size() - 1);
    bool any = false;
    for (const sharing::Field field : FieldMask::all().fields()) {
      if (!sharing::name(field).starts_with(beginning)) continue;
      mask.add(field);
      any = true;
    }
    if (!any) return std::nullopt;
  }
  return mask;
}

Key<S> fields_key() {
  return {"fields",
          "what is shared of an event: names as in event.proto (\"occurred_at\", \"location\", "
          "\"overdose.persons.age_band\"), \"overdose.*\" for all that begin so, \"*\" for all",
          [](S& share, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array) return false;
            std::vector<std::string> names;
            for (const toml::node& element : *array) {
              const auto name = element.value_exact<std::string>();
              if (!name) return false;
              names.push_back(*name);
            }
            const auto fields = parse_fields(names);
            if (fields) share.term.fields = *fields;
            return fields.has_value();
          },
          [](const S& share) {
            std::vector<std::string> names;
            for (const auto field : share.term.fields.fields()) {
              names.emplace_back(sharing::name(field));
            }
            return print_list(names);
          }};
}

Key<ConfiguredAgreement> since_key() {
  using G = ConfiguredAgreement;
  return {"since", "in force from, like \"2026-01-01T00:00:00Z\"; shown by explain-access",
          [](G& agreement, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            const auto since = parse_rfc3339(value.value_or(""));
            if (since) agreement.since = *since;
            return since.has_value();
          },
          [](const G& agreement) {
            return agreement.since == Instant{} ? std::string()
                                                : quote(to_rfc3339(agreement.since));
          }};
}

}  // namespace

std::vector<Key<C>> publication_keys() {
  return {
      text<C>(
          "population",
          "CSV file of inhabitants, the ground on which figures are published: columns latitude, "
          "longitude, persons (of census blocks), or cell, persons (S2 tokens); needed where an "
          "audience has k above 1",
          [](C & c) -> auto& { return c.population; }),
      whole_number<C>(
          "coarsest_level", "zones are merged up to this S2 level, and no further", 0, 30,
          [](C & c) -> auto& { return c.publication.coarsest_level; }),
      seconds<C>(
          "settle_s", "a figure is first decided so long after the end of its period",
          [](C & c) -> auto& { return c.publication.settle; }),
      whole_number<C>(
          "revision_periods", "then a period stays open to revision for so many periods", 0, 3660,
          [](C & c) -> auto& { return c.publication.revision_periods; }),
      whole_number<C>(
          "renewal_periods",
          "after so many periods zones that were hardly ever shown are merged; 0: never", 0, 3660,
          [](C & c) -> auto& { return c.publication.renewal_periods; }),
  };
}

const Table<A>& audience_table() {
  static const Table<A> table = {
      "audience",
      "a class of viewers, from narrow to wide: what one may see, all behind it may see too; see "
      "docs/PRIVACY.md",
      {
          optional(text_that<A>(
              "id", "1 to 64 of a-z 0-9 - _", [](A & a) -> auto& { return a.id; }, is_code)),
          content_key(),
          whole_number<A>(
              "k", "the smallest number of persons that is published; 1: nothing is suppressed", 1,
              1000, [](A & a) -> auto& { return a.k; }),
          whole_number<A>(
              "population_floor", "nothing is published of a zone with fewer inhabitants", 0,
              1'000'000'000, [](A & a) -> auto& { return a.population_floor; }),
          whole_number<A>(
              "cell_level", "no place finer than an S2 cell of this level", 0, 30,
              [](A & a) -> auto& { return a.cell_level; }),
          whole_number<A>(
              "period_days", "of figures, in whole local days; 0: live", 0, 366,
              [](A & a) -> auto& { return a.period_days; }),
          seconds<A>(
              "delay_s", "everything is shown so much later",
              [](A & a) -> auto& { return a.delay; }),
          flag<A>(
              "persons", "whether it may see what tells persons apart: age, sex, outcome, care",
              [](A & a) -> auto& { return a.persons; }),
      }};
  return table;
}

const Table<ConfiguredAgreement>& agreement_table() {
  using G = ConfiguredAgreement;
  static const Table<G> table = {
      "agreement",
      "what a partner has signed; without one it shares nothing",
      {
          optional(text_that<G>(
              "partner", "id of the partner", [](G & g) -> auto& { return g.partner; }, is_code)),
          whole_number<G>(
              "version", "of the agreement", 1, 1'000'000,
              [](G & g) -> auto& { return g.version; }),
          since_key(),
          optional(text<G>(
              "legal_basis", "a code, like \"45cfr164.512(b)\"; 1 to 64 printable characters",
              [](G & g) -> auto& { return g.legal_basis; })),
      }};
  return table;
}

const Table<S>& share_table() {
  static const Table<S> table = {
      "share",
      "what a partner shares with one audience, by its agreement",
      {
          optional(text_that<S>(
              "partner", "id of a partner with an [[agreement]]",
              [](S & s) -> auto& { return s.partner; }, is_code)),
          optional(text_that<S>(
              "audience", "id of an audience",
              [](S & s) -> auto& { return s.term.audience; }, is_code)),
          fields_key(),
          whole_number<S>(
              "cell_level", "places move to the middle of their S2 cell of this level", 0, 30,
              [](S & s) -> auto& { return s.term.cell_level; }),
          seconds<S>(
              "time_rounding_s", "occurred time is rounded down to multiples of it; 0: as reported",
              [](S & s) -> auto& { return s.term.time_rounding; }),
          seconds<S>(
              "delay_s", "the audience is shown everything so much later: the largest of all counts",
              [](S & s) -> auto& { return s.term.delay; }),
          texts<S>(
              "purposes", "codes, like [\"outbreak-response\"]: what the audience may use it for",
              [](S & s) -> auto& { return s.term.purposes; }),
          whole_number<S>(
              "keep_days", "how long events are replayed; 0: for ever", 0, 36'500,
              [](S & s) -> auto& { return s.term.keep_days; }),
          whole_number<S>(
              "skeleton_days", "and what the engine reads of them, not below keep_days; 0: for ever",
              0, 36'500, [](S & s) -> auto& { return s.term.skeleton_days; }),
      }};
  return table;
}

std::vector<A> read_audiences(const std::filesystem::path& file, const toml::node& node) {
  std::vector<A> audiences;
  for (Row<A>& row : read_rows(file, audience_table(), node)) {
    if (row.value.id.empty()) fail_at(file, row.source, "an audience has an id");
    audiences.push_back(std::move(row.value));
  }
  return audiences;
}

std::vector<ConfiguredAgreement> read_agreements(const std::filesystem::path& file,
                                                 const toml::node& node) {
  std::vector<ConfiguredAgreement> agreements;
  for (auto& row : read_rows(file, agreement_table(), node)) {
    if (row.value.partner.empty() || row.value.legal_basis.empty() ||
        row.value.since == Instant{}) {
      fail_at(file, row.source, "an agreement has a partner, a legal_basis and a since");
    }
    agreements.push_back(std::move(row.value));
  }
  return agreements;
}

std::vector<S> read_shares(const std::filesystem::path& file, const toml::node& node) {
  std::vector<S> shares;
  for (Row<S>& row : read_rows(file, share_table(), node)) {
    if (row.value.partner.empty() || row.value.term.audience.empty() ||
        row.value.term.fields.is_empty()) {
      fail_at(file, row.source, "a share has a partner, an audience and fields");
    }
    shares.push_back(std::move(row.value));
  }
  return shares;
}

namespace {

sharing::Agreement make_agreement(const Configuration& configuration,
                                  const ConfiguredAgreement& signed_by) {
  sharing::Agreement agreement{signed_by.partner, signed_by.version, signed_by.since,
                               signed_by.legal_basis, false, {}};
  for (const access::Account& account : configuration.accounts) {
    if (account.principal.partner == agreement.partner) agreement.part2 = account.principal.part2;
  }
  for (const S& share : configuration.shares) {
    if (share.partner == agreement.partner) agreement.terms.push_back(share.term);
  }
  return agreement;
}

}  // namespace

sharing::Settings make_sharing(const Configuration& configuration) {
  sharing::Settings settings;
  if (configuration.audiences.empty() && configuration.agreements.empty() &&
      configuration.shares.empty()) {
    return settings;
  }
  settings.audiences = configuration.audiences.empty() ? sharing::default_audiences()
                                                       : configuration.audiences;
  for (const ConfiguredAgreement& agreement : configuration.agreements) {
    settings.agreements.push_back(make_agreement(configuration, agreement));
  }
  for (const S& share : configuration.shares) {
    if (settings.agreement(share.partner) != nullptr) continue;
    throw Failure(make_error(ErrorCode::kInvalidRequest,
                             "[[share]] of " + share.partner + " with " + share.term.audience +
                                 ": there is no [[agreement]] of that partner; add it"));
  }
  settings.publication = configuration.publication;
  const auto publishes = std::ranges::find_if(settings.audiences,
                                              [](const A& audience) { return audience.k > 1; });
  if (publishes != settings.audiences.end() && !configuration.population.empty()) {
    settings.publication.population =
        read_population(configuration.population, publishes->cell_level);
  }
  return sharing::normalised(std::move(settings));
}

}  // namespace commonwatch::app
