#include "tests/sharing/attacker.h"

#include <algorithm>

namespace commonwatch::sharing::test {
namespace {

constexpr int kAlertPersonsMin = 3;

using model::FigureState;
using model::PublishedCount;

bool is_shown(const PublishedCount& count) { return count.state == FigureState::kShown; }
int persons(const PublishedCount& count) { return static_cast<int>(count.persons); }
int fatal(const PublishedCount& count) { return static_cast<int>(count.outcomes->fatal); }

Span around(int middle, int by) { return {std::max(0, middle - by), middle + by}; }

// Numbers from 0 to `all` that do not hold; what holds is at most two runs for these rules.
template <class Holds>
std::vector<Span> where_not(int all, const Holds& holds) {
  std::vector<Span> spans;
  for (int at = 0; at <= all; ++at) {
    if (holds(at)) continue;
    if (spans.empty() || spans.back().high != at - 1) spans.push_back({at, at});
    spans.back().high = at;
  }
  return spans;
}

// Outcomes with a new number `now`, given what was shown with the last one, if they were.
std::vector<Span> told_of_outcomes(const PublishedCount* before, const PublishedCount& now, int k) {
  if (now.outcomes) return {{fatal(now), fatal(now)}};
  const int all = persons(now);
  return where_not(all, [&](int dead) {
    if (dead < k || all - dead < k) return false;
    if (before == nullptr) return true;
    const int others = persons(*before) - fatal(*before);
    return std::abs(dead - fatal(*before)) >= k && std::abs(all - dead - others) >= k;
  });
}

Span told_of_hidden(const PublishedCount* before, int k) {
  if (before == nullptr || !is_shown(*before)) return {0, k - 1};
  return {0, std::min(k - 1, persons(*before) - k)};
}

// Most figures tell the same as some figure that was looked at before.
bool is_bounded(const Unknowns& part, int k) {
  static std::map<std::string, bool> answers;
  const auto [found, is_new] = answers.try_emplace(std::to_string(k) + '!' + part.text());
  if (is_new) found->second = !bounded_group(part, k).empty();
  return found->second;
}

}  // namespace

void Receipts::receive(const std::vector<PublishedCount>& changed,
                       const std::vector<model::PublishedAlert>& alerts) {
  for (const PublishedCount& count : changed) {
    Stand& stand = now_[model::published_count_id(count)];
    stand = {count, false};
  }
  for (const model::PublishedAlert& alert : alerts) now_.at(alert.figure).alert = true;
}

void Receipts::close_moment() {
  for (const auto& [id, stand] : now_) {
    if (final_.contains(id)) continue;
    histories_[id].push_back(stand);
    if (!stand.count.revision_pending) final_.insert(id);
  }
}

std::vector<Told> told_by_figures(const std::vector<Receipts::Stand>& history, int k) {
  std::vector<Told> all;
  bool outcomes_gone = false;
  const PublishedCount* before = nullptr;
  for (const Receipts::Stand& stand : history) {
    const PublishedCount& now = stand.count;
    Told told;
    const bool was_shown = before != nullptr && is_shown(*before);
    if (!is_shown(now)) {
      told.persons = {told_of_hidden(before, k)};
      outcomes_gone = outcomes_gone || was_shown;
    } else if (was_shown && persons(*before) == persons(now)) {
      told.persons = {around(persons(now), k - 1)};
    } else {
      told.persons = {{persons(now), persons(now)}};
      if (!outcomes_gone) told.fatal = told_of_outcomes(was_shown ? before : nullptr, now, k);
      outcomes_gone = !now.outcomes.has_value();
    }
    all.push_back(std::move(told));
    before = &now;
  }
  return all;
}

std::vector<Told> told_by_narrowed(const std::vector<Receipts::Stand>& history, int k,
                                   int k_narrow) {
  std::vector<Told> all;
  const PublishedCount* before = nullptr;
  for (const Receipts::Stand& stand : history) {
    const PublishedCount& now = stand.count;
    Told told;
    const bool was_shown = before != nullptr && is_shown(*before);
    // The figure behind is within k-1 of what it counts, or hidden.
    if (!is_shown(now)) {
      const int figure_most = told_of_hidden(before, k_narrow).high;
      told.persons = {{0, std::max(k - 1, figure_most + k - 1)}};
    } else if (was_shown && persons(*before) == persons(now)) {
      told.persons = {around(persons(now), k_narrow + k - 2)};
    } else {
      told.persons = {{persons(now), persons(now)}};
      if (now.outcomes) told.fatal = {{fatal(now), fatal(now)}};
    }
    all.push_back(std::move(told));
    before = &now;
  }
  return all;
}

const std::vector<Attacker::Atom>& Attacker::atoms(const std::string& figure, int decisions) {
  auto& atoms = atoms_[figure];
  if (!atoms.empty()) return atoms;
  for (int arrives = 0; arrives < decisions; ++arrives) {
    for (int leaves = taken_back_ ? arrives + 1 : decisions; leaves <= decisions; ++leaves) {
      for (const bool fatal : {false, true}) {
        atoms.push_back({unknowns_.add(kPersonsMax), arrives, leaves, fatal});
      }
    }
  }
  return atoms;
}

std::vector<int> Attacker::counted(const std::string& figure, int decision, bool fatal_only) const {
  std::vector<int> counted;
  for (const Atom& atom : atoms_.at(figure)) {
    if (decision < atom.arrives || decision >= atom.leaves) continue;
    if (!fatal_only || atom.fatal) counted.push_back(atom.unknown);
  }
  return counted;
}

void Attacker::learn(const std::string& figure, const std::vector<Told>& told) {
  atoms(figure, static_cast<int>(told.size()));
  for (int at = 0; at < static_cast<int>(told.size()); ++at) {
    const Told& one = told[static_cast<std::size_t>(at)];
    unknowns_.require({counted(figure, at, false), one.persons});
    if (!one.fatal.empty()) unknowns_.require({counted(figure, at, true), one.fatal});
  }
}

void Attacker::learn_alert(const std::string& figure, const std::string& other_class,
                           int decision) {
  std::vector<int> all = counted(figure, decision, false);
  if (atoms_.contains(other_class)) {
    const auto more = counted(other_class, decision, false);
    all.insert(all.end(), more.begin(), more.end());
  }
  unknowns_.require({std::move(all), {{kAlertPersonsMin, kPersonsMax}}});
}

std::vector<std::string> Attacker::broken(int k) const {
  std::map<int, std::string> figure_of;
  for (const auto& [figure, atoms] : atoms_) {
    for (const Atom& atom : atoms) figure_of[atom.unknown] = figure;
  }
  std::vector<std::string> broken;
  for (const auto& component : unknowns_.components()) {
    const Unknowns part = unknowns_.only(component);
    if (!part.can_hold({})) {
      // With the truth in it there is always a way, unless what was assumed is wrong.
      if (taken_back_) broken.push_back("impossible: " + figure_of.at(component.front()));
      continue;
    }
    if (is_bounded(part, k)) broken.push_back(figure_of.at(component.front()));
  }
  return broken;
}

}  // namespace commonwatch::sharing::test
