#include "hub/sharing/figure.h"

namespace commonwatch::sharing {
namespace {

bool moved(std::uint32_t from, std::uint32_t to, std::uint32_t k) {
  return (from > to ? from - to : to - from) >= k;
}

bool outcomes_pass(const Tally& tally, std::uint32_t k) {
  return tally.fatal_incidents >= k && tally.fatal >= k && tally.other_incidents >= k &&
         tally.persons - tally.fatal >= k;
}

bool outcomes_moved(const Tally& from, const Tally& to, std::uint32_t k) {
  return moved(from.fatal_incidents, to.fatal_incidents, k) && moved(from.fatal, to.fatal, k) &&
         moved(from.other_incidents, to.other_incidents, k) &&
         moved(from.persons - from.fatal, to.persons - to.fatal, k);
}

}  // namespace

Figure decide(const Figure& before, const Tally& now, std::uint32_t k) {
  const bool passes = now.incidents >= k && now.persons >= k;
  if (!before.shown) {
    if (!passes) return before;
    return {now, before.outcomes_gone || !outcomes_pass(now, k)};
  }
  const Tally& shown = *before.shown;
  if (!moved(shown.incidents, now.incidents, k) || !moved(shown.persons, now.persons, k)) {
    return before;
  }
  if (!passes) return {std::nullopt, true};
  const bool with_outcomes =
      !before.outcomes_gone && outcomes_pass(now, k) && outcomes_moved(shown, now, k);
  return {now, !with_outcomes};
}

Figure narrow(const Figure& before, const Figure& wide, std::uint32_t k) {
  Tally known;
  if (wide.shown) {
    // What is not shown of it is not used: incidents are taken to be of one person each.
    known.incidents = known.persons = known.other_incidents = wide.shown->persons;
    if (wide.outcomes_shown()) {
      known.fatal_incidents = known.fatal = wide.shown->fatal;
      known.other_incidents = wide.shown->persons - wide.shown->fatal;
    }
  }
  return decide(before, known, k);
}

}  // namespace commonwatch::sharing
