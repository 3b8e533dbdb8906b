// What an audience can see, in values and in sentences.
#include "hub/model/time_zone.h"
#include "hub/sharing/redact.h"
#include "hub/sharing/view.h"

namespace commonwatch::sharing {
namespace {

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text.empty() ? "none" : text;
}

std::string seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

std::string days(std::int32_t days) {
  return days == 0 ? "without end" : std::to_string(days) + " days";
}

std::string rights(const Audience& audience) {
  std::string text = "audience " + audience.id + '\n';
  if (audience.k > 1) {
    text += "  sees published figures alone: persons by zone and period, nothing below k = " +
            std::to_string(audience.k) + "; alerts and health in bands\n";
    text += "  zones of S2 level " + std::to_string(audience.cell_level) +
            " or coarser, with at least " + std::to_string(audience.population_floor) +
            " inhabitants; periods of " + std::to_string(audience.period_days) + " days\n";
  } else {
    text += std::string("  sees the live picture") +
            (audience.content == Content::kEvents ? " and events as agreed" : ", no events") +
            "; nothing is suppressed (k = 1)\n";
    text += "  no place finer than S2 level " + std::to_string(audience.cell_level) + '\n';
  }
  text += audience.persons ? "  persons' attributes where agreed\n" : "  no person's attributes\n";
  return text;
}

std::string sentence(const Explanation::FromPartner& from) {
  const Term& term = from.term;
  std::string text = "from " + from.partner + ", agreement version " +
                     std::to_string(from.agreement_version) + " (" + from.legal_basis + ") since " +
                     to_rfc3339(from.since) + '\n';
  if (from.part2) text += "  counts for areas only (42 CFR Part 2)\n";
  text += "  fields: " + term.fields.text() + '\n';
  text += "  place: S2 level " + std::to_string(term.cell_level) + "; time: " +
          (term.time_rounding == Duration(0) ? "as reported"
                                             : "rounded down to " + seconds(term.time_rounding)) +
          "; delay: " + seconds(term.delay) + '\n';
  text += "  purposes: " + joined(term.purposes) + '\n';
  text += "  events kept: " + days(term.keep_days) +
          "; what the fold reads of them: " + days(term.skeleton_days) + '\n';
  return text;
}

}  // namespace

Explanation explain(const Settings& settings, std::string_view id) {
  const View view = View::compile(settings, id);
  Explanation explanation;
  explanation.audience = view.audience();
  explanation.open = view.is_open();
  for (const Audience& audience : settings.audiences) {
    if (audience.id == id) break;
    explanation.narrower.push_back(audience.id);
  }
  for (const Agreement& agreement : settings.agreements) {
    const Term* term = view.term(agreement.partner);
    if (term == nullptr) {
      explanation.nothing_from.push_back(agreement.partner);
      continue;
    }
    explanation.partners.push_back({agreement.partner, agreement.version, agreement.since,
                                    agreement.legal_basis, agreement.part2, *term});
  }
  return explanation;
}

std::string Explanation::text() const {
  std::string text = rights(audience);
  if (open) return text + "  everything of every partner: no agreement is configured\n";
  text += "  whatever these may see, it may see too: " + joined(narrower) + '\n';
  for (const FromPartner& from : partners) text += sentence(from);
  text += "nothing from: " + joined(nothing_from) + '\n';
  return text;
}

}  // namespace commonwatch::sharing
