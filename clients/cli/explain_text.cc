#include "clients/cli/explain_text.h"

#include <cmath>

#include "clients/cli/alert_text.h"
#include "clients/cli/interval_text.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

// A heading in a column of its own, then what is said under it.
std::string said(const std::string& heading, const std::string& text) {
  constexpr std::size_t kColumn = 13;
  std::string line = heading;
  line.resize(std::max(kColumn, heading.size() + 1), ' ');
  return line + text + "\n";
}

std::string persons(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " person" : " persons");
}

std::string where(const v1::Hotspot& hotspot) {
  const std::string point =
      number_text(hotspot.latitude(), 5) + "," + number_text(hotspot.longitude(), 5);
  switch (hotspot.zone().kind()) {
    case v1::ZONE_KIND_CELL:
      return "cell " + hotspot.id() + " around " + point;
    case v1::ZONE_KIND_BLOCK:
      return "block " + hotspot.id() + " around " + point;
    case v1::ZONE_KIND_AREA:
      return "area " + hotspot.zone().name() + ", middle " + point;
    case v1::ZONE_KIND_FACILITY:
      return "facility " + hotspot.zone().name() + " at " + point;
    default:
      return hotspot.id();
  }
}

std::string explain_count(const v1::Hotspot& hotspot, const v1::Evidence& evidence) {
  std::string text = persons(hotspot.count()) + " in " + std::to_string(hotspot.window_hours()) +
                     " h, where " + number_text(hotspot.expected(), 3) + " were to be expected";
  if (hotspot.fatal() > 0) text += "; " + std::to_string(hotspot.fatal()) + " of them died";
  std::string lines = said("What", text);
  lines += said("", "occurred from " + second_text(evidence.window_start()) + " to " +
                        second_text(evidence.window_end()) + ", the last at " +
                        second_text(hotspot.last_occurred_at()));
  return lines;
}

std::string explain_rarity(const v1::Alert& alert) {
  const v1::Hotspot& hotspot = alert.hotspot();
  std::string lines = said(
      "How rare", "by chance, a day of " + alert.jurisdiction() + " comes that far once in " +
                      interval_text(hotspot.interval_days()) + ": " +
                      severity_text(hotspot.severity()) + " (highest so far: " +
                      severity_text(alert.peak()) + ")");
  if (hotspot.provisional()) {
    lines += said("", "provisional: rests on " + std::to_string(hotspot.exposure_days()) +
                          " days of data, not on a year");
  }
  return lines;
}

double rate_of(const v1::Evidence& evidence) {
  if (evidence.exposure_days() <= 0) return 0;
  return (evidence.baseline_persons() + evidence.prior_persons()) / evidence.exposure_days();
}

// With all its digits: what a hotspot states is rounded, which the score of a small one shows.
double expectation_of(const v1::Evidence& evidence) {
  return rate_of(evidence) * evidence.profile_days() * evidence.completeness() * evidence.trend();
}

std::string explain_expectation(const v1::Evidence& evidence) {
  std::string lines =
      said("Expected", "(" + number_text(evidence.baseline_persons(), 3) +
                           " persons of the zone + " + number_text(evidence.prior_persons(), 3) +
                           " of the prior) / " + number_text(evidence.exposure_days(), 2) +
                           " days = " + number_text(rate_of(evidence), 5) + " persons a day");
  lines += said("", "x " + number_text(evidence.profile_days(), 3) +
                        " days of the mean rate (hours of the week) x " +
                        number_text(evidence.completeness(), 3) + " reported by now x " +
                        number_text(evidence.trend(), 3) +
                        " trend = " + number_text(expectation_of(evidence), 5));
  return lines;
}

std::string explain_score(const v1::Hotspot& hotspot, const v1::Evidence& evidence) {
  std::string lines =
      said("Score", number_text(hotspot.score_nats(), 3) + " nats; a note from " +
                        number_text(evidence.note_score_nats(), 3) + ", a watch from " +
                        number_text(evidence.watch_score_nats(), 3) + ", an alert from " +
                        number_text(evidence.alert_score_nats(), 3));
  const double expected = expectation_of(evidence);
  const bool is_poisson = evidence.dispersion() <= 0;
  lines += said("", std::string(is_poisson ? "C ln(C/B) + B - C"
                                           : "C ln(C/B) - (C + 1/a) ln((1 + aC) / (1 + aB))") +
                        " with C = " + std::to_string(hotspot.count()) +
                        ", B = " + number_text(expected, 5) +
                        (is_poisson ? "" : ", a = " + number_text(evidence.dispersion(), 4)) +
                        " gives " +
                        number_text(score_of(hotspot.count(), expected, evidence.dispersion()), 3));
  return lines;
}

std::string explain_permutation(const v1::Evidence& evidence, std::uint32_t count) {
  if (evidence.permutation_all() == 0) return "";
  const double expected = static_cast<double>(evidence.permutation_zone()) *
                          evidence.permutation_window() / evidence.permutation_all();
  return said("Permutation", number_text(evidence.permutation_score_nats(), 3) + " nats: " +
                                 std::to_string(count) + " where " +
                                 std::to_string(evidence.permutation_zone()) +
                                 " of the zone x " +
                                 std::to_string(evidence.permutation_window()) +
                                 " of the window / " + std::to_string(evidence.permutation_all()) +
                                 " of all = " + number_text(expected, 3) +
                                 " would be (evidence beside the score)");
}

std::string explain_sources(const v1::Evidence& evidence) {
  std::string reported;
  for (const auto& agency : evidence.agencies()) {
    reported += (reported.empty() ? "" : ", ") + agency.partner() + " " +
                std::to_string(agency.persons());
  }
  std::string lines = said("Reported by", reported.empty() ? "nobody" : reported);
  std::string silent;
  for (const auto& partner : evidence.silent()) silent += (silent.empty() ? "" : ", ") + partner;
  if (!silent.empty()) lines += said("Silent", silent + "; what they know is not in the count");
  return lines;
}

std::string explain_history(const v1::Alert& alert) {
  std::string lines = said("Opened", second_text(alert.opened_at()) +
                                         (alert.found_late() ? ", found late: nobody was woken"
                                                             : ""));
  lines += said("Changed", second_text(alert.changed_at()) + ", version " +
                               std::to_string(alert.version()));
  if (alert.has_closed_at()) lines += said("Over", second_text(alert.closed_at()));
  for (const auto& id : alert.merged()) lines += said("Took in", id);
  for (const auto& answer : alert.acknowledgements()) {
    // 0: an earlier engine epoch showed it, when it asked for less.
    const std::string what = answer.alert_version() == 0
                                 ? "what was shown before"
                                 : "version " + std::to_string(answer.alert_version());
    lines +=
        said("Answered", second_text(answer.recorded_at()) + " " + action_text(answer.action()) +
                             " by " + answer.principal() + ", " + what);
  }
  return lines;
}

}  // namespace

double score_of(double count, double expected, double dispersion) {
  if (count <= expected || expected <= 0) return 0;
  const double ratio = count * std::log(count / expected);
  if (dispersion <= 0) return ratio + expected - count;
  return ratio - (count + 1 / dispersion) *
                     std::log((1 + dispersion * count) / (1 + dispersion * expected));
}

std::string explain_text(const v1::Alert& alert) {
  const v1::Hotspot& hotspot = alert.hotspot();
  const v1::Evidence& evidence = alert.evidence();
  return said("Alert", alert.id() + ", " + alert_state_text(alert)) +
         said("Where", where(hotspot)) + explain_count(hotspot, evidence) + explain_rarity(alert) +
         explain_expectation(evidence) + explain_score(hotspot, evidence) +
         explain_permutation(evidence, hotspot.count()) + explain_sources(evidence) +
         explain_history(alert);
}

}  // namespace commonwatch::cli
