// Invariant checked: after any permutation, repetition, revision, retraction and decision the
// incidents are those that a plain, slow linker makes from what is known at the end.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "hub/linkage/blocks.h"
#include "hub/linkage/grouping.h"
#include "hub/linkage/pair_rules.h"
#include "tests/linkage/records.h"

namespace commonwatch::linkage::test {
namespace {

using Pair = std::pair<RecordKey, RecordKey>;
using Known = std::map<RecordKey, Record>;
using Verdicts = std::map<Pair, PairVerdict>;
using Keys = std::set<RecordKey>;
using Ordered = std::tuple<std::int64_t, RecordKey, RecordKey>;  // negative score, the pair

// Everything against everything, from the words of linker.h.
class PlainLinker {
 public:
  PlainLinker(const Settings& settings, const Known& known, const Verdicts& verdicts)
      : settings_(settings), known_(known), verdicts_(verdicts) {
    for (const auto& [a, first] : known_) {
      for (const auto& [b, second] : known_) {
        if (a < b) scores_[{a, b}] = score(a, first, b, second);
      }
    }
  }

  // How many exchanges groups() made.
  int exchanges() const { return exchanges_; }

  std::set<Keys> groups() const {
    std::set<Keys> all;
    for (const auto& [key, record] : known_) {
      for (const std::uint32_t least : {1U, kCloseScore, kNumberScore, kOperatorScore}) {
        const Keys unit = hanging_together(key, least);
        if (unit.size() > settings_.component_records_max && least != kOperatorScore) continue;
        for (const Keys& group : grouped(unit, least)) all.insert(group);
        break;
      }
    }
    return all;
  }

 private:
  PairVerdict verdict(const RecordKey& a, const RecordKey& b) const {
    const auto found = verdicts_.find(std::minmax(a, b));
    return found == verdicts_.end() ? PairVerdict::kByRules : found->second;
  }

  std::size_t sharing(const std::function<bool(const Record&)>& like) const {
    return static_cast<std::size_t>(std::count_if(
        known_.begin(), known_.end(), [&](const auto& entry) { return like(entry.second); }));
  }

  std::uint64_t block(const Record& record) const {
    return block_of(grid_point(record.point), record.occurred,
                    is_coarse(record, settings_) ? Grain::kCoarse : Grain::kFine);
  }

  bool in_flooded_block(const Record& record) const {
    return sharing([&](const Record& other) { return block(other) == block(record); }) >
           settings_.block_records_max;
  }

  bool has_placeholder(const Record& record) const {
    const auto day = [](const Record& each) {
      return std::chrono::floor<std::chrono::days>(each.occurred);
    };
    return sharing([&](const Record& other) {
             return other.partner == record.partner && other.match_key == record.match_key &&
                    day(other) == day(record);
           }) > settings_.number_records_max;
  }

  bool in_flooded_second(const Record& record) const {
    return sharing([&](const Record& other) {
             return other.source == record.source && other.cell == record.cell &&
                    second_of(other.occurred) == second_of(record.occurred);
           }) > settings_.second_records_max;
  }

  std::uint32_t score(const RecordKey& a, const Record& first, const RecordKey& b,
                      const Record& second) const {
    if (verdict(a, b) == PairVerdict::kLinked) return kOperatorScore;
    if (verdict(a, b) == PairVerdict::kSplit) return 0;
    const PairFacts facts = facts_of(first, second, settings_);
    std::uint8_t trusted = facts.rules;
    if ((trusted & kNearRule) != 0 && (in_flooded_block(first) || in_flooded_block(second))) {
      trusted &= static_cast<std::uint8_t>(~kNearRule);
    }
    if ((trusted & kNumberRule) != 0 && (has_placeholder(first) || has_placeholder(second))) {
      trusted &= static_cast<std::uint8_t>(~kNumberRule);
    }
    if ((trusted & kSecondRule) != 0 && in_flooded_second(first)) {
      trusted &= static_cast<std::uint8_t>(~kSecondRule);
    }
    return score_of(first, second, facts, trusted);
  }

  std::uint32_t link(const RecordKey& a, const RecordKey& b, std::uint32_t least) const {
    if (a == b) return 0;
    const std::uint32_t points = scores_.at(std::minmax(a, b));
    return points >= least ? points : 0;
  }

  Keys hanging_together(const RecordKey& start, std::uint32_t least) const {
    Keys unit{start};
    std::vector<RecordKey> open{start};
    while (!open.empty()) {
      const RecordKey at = open.back();
      open.pop_back();
      for (const auto& [other, record] : known_) {
        if (link(at, other, least) != 0 && unit.insert(other).second) open.push_back(other);
      }
    }
    return unit;
  }

  bool any_split(const Keys& a, const Keys& b) const {
    for (const RecordKey& x : a) {
      for (const RecordKey& y : b) {
        if (x != y && verdict(x, y) == PairVerdict::kSplit) return true;
      }
    }
    return false;
  }

  // The groups are lists of reports, a report is what operators linked.
  std::vector<Keys> grouped(const Keys& unit, std::uint32_t least) const {
    std::vector<Ordered> order;
    for (const RecordKey& a : unit) {
      for (const RecordKey& b : unit) {
        if (a < b && link(a, b, least) != 0)
          order.push_back({-std::int64_t{link(a, b, least)}, a, b});
      }
    }
    std::sort(order.begin(), order.end());
    std::map<RecordKey, Keys> report;
    for (const RecordKey& each : unit) report[each] = {each};
    for (const auto& [negative, a, b] : order) {
      if (negative != -std::int64_t{kOperatorScore} || report[a] == report[b]) continue;
      if (!any_split(report[a], report[b])) merge(report, a, b);
    }
    const std::map<RecordKey, Keys> reports = report;
    std::map<RecordKey, Keys> group = report;
    do {
      take_links(reports, group, order, least);
    } while (exchange(reports, group, least));
    std::vector<Keys> result;
    for (const auto& [first, keys] : group) result.push_back(keys);
    return result;
  }

  void take_links(const std::map<RecordKey, Keys>& reports, std::map<RecordKey, Keys>& group,
                  const std::vector<Ordered>& order, std::uint32_t least) const {
    for (const auto& [negative, a, b] : order) {
      if (group[a] == group[b]) continue;
      bool every = true;
      for (const RecordKey& x : group[a]) {
        for (const RecordKey& y : group[b]) {
          every = every && linkable(reports.at(x), reports.at(y), least);
        }
      }
      if (every) merge(group, a, b);
    }
  }

  // Report `a` for report `c`, which goes with report `b`: all of them by their first records.
  bool exchange(const std::map<RecordKey, Keys>& reports, std::map<RecordKey, Keys>& group,
                std::uint32_t least) const {
    Keys lone;
    Keys others;
    for (const auto& [key, report] : reports) {
      if (key == *report.begin()) (group[key] == report ? lone : others).insert(key);
    }
    if (lone.size() > kLoneReportsMax) return false;
    using Exchange = std::tuple<std::int64_t, RecordKey, RecordKey, RecordKey>;
    std::set<Exchange> possible;
    for (const RecordKey& c : others) {
      for (const RecordKey& a : lone) {
        bool fits = true;
        std::int64_t change = 0;
        for (const RecordKey& d : group[c]) {
          if (d != *reports.at(d).begin() || d == c) continue;
          const std::int64_t was = best_link(reports.at(c), reports.at(d), least);
          fits = fits && linkable(reports.at(a), reports.at(d), least) && was < kNumberScore;
          change += best_link(reports.at(a), reports.at(d), least) - was;
        }
        for (const RecordKey& b : lone) {
          if (!fits || a == b || !linkable(reports.at(b), reports.at(c), least)) continue;
          possible.insert({-change - best_link(reports.at(b), reports.at(c), least), a, c, b});
        }
      }
    }
    if (possible.empty()) return false;
    const auto [negative, a, c, b] = *possible.begin();
    Keys stays = group[c];
    for (const RecordKey& each : reports.at(c)) stays.erase(each);
    for (const RecordKey& each : reports.at(c)) group[each] = reports.at(c);
    for (const RecordKey& each : stays) group[each] = stays;
    merge(group, a, *stays.begin());
    merge(group, b, c);
    ++exchanges_;
    return true;
  }

  std::int64_t best_link(const Keys& a, const Keys& b, std::uint32_t least) const {
    std::uint32_t best = 0;
    for (const RecordKey& x : a) {
      for (const RecordKey& y : b) best = std::max(best, link(x, y, least));
    }
    return best;
  }

  bool linkable(const Keys& a, const Keys& b, std::uint32_t least) const {
    if (any_split(a, b)) return false;
    for (const RecordKey& x : a) {
      for (const RecordKey& y : b) {
        if (link(x, y, least) != 0) return true;
      }
    }
    return false;
  }

  static void merge(std::map<RecordKey, Keys>& sets, const RecordKey& a, const RecordKey& b) {
    Keys both = sets[a];
    both.insert(sets[b].begin(), sets[b].end());
    for (const RecordKey& each : both) sets[each] = both;
  }

  Settings settings_;
  Known known_;
  Verdicts verdicts_;
  std::map<Pair, std::uint32_t> scores_;
  mutable int exchanges_ = 0;
};

// Limits so low that floods are met.
Settings tight() {
  Settings settings;
  settings.block_records_max = 12;
  settings.component_records_max = 6;
  settings.number_records_max = 3;
  settings.second_records_max = 2;
  return settings;
}

int below(std::mt19937& random, int end) {
  return static_cast<int>(random() % static_cast<unsigned>(end));
}

Record random_record(std::mt19937& random, int spread) {
  const bool exact = below(random, 3) == 0;
  Record made =
      record(static_cast<model::NameIndex>(10 * (1 + below(random, 3)) + below(random, 2)),
             exact ? below(random, 3) * 20 : below(random, 60 * spread),
             exact ? 0 : below(random, 500 * spread), exact ? 0 : below(random, 500 * spread));
  if (below(random, 4) == 0) made.match_key = static_cast<std::uint64_t>(1 + below(random, 4));
  if (below(random, 4) == 0) made.accuracy_m = static_cast<float>(below(random, 900));
  made.location = static_cast<model::LocationKind>(below(random, 4));
  if (below(random, 2) == 0) {
    made.traits.push_back({static_cast<std::uint8_t>(below(random, 3)),
                           static_cast<std::uint8_t>(below(random, 3)),
                           static_cast<model::Outcome>(below(random, 3))});
  }
  return made;
}

struct Step {
  RecordKey key;
  std::uint32_t revision = 0;
  std::optional<Record> record;
};

}  // namespace

TEST_CASE("the incidents depend on what is known alone, not on how it came to be known",
          "[order]") {
  int exchanges = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Settings settings = seed % 2 == 0 ? Settings{} : tight();
    const int spread = 1 + below(random, 4);
    std::vector<Step> steps;
    std::map<RecordKey, Step> last;
    for (std::uint64_t number = 1; number <= 40; ++number) {
      const auto revisions = static_cast<std::uint32_t>(1 + below(random, 3));
      for (std::uint32_t revision = 1; revision <= revisions; ++revision) {
        Step step{key(number), revision, random_record(random, spread)};
        if (below(random, 8) == 0) step.record.reset();
        steps.push_back(step);
        if (below(random, 4) == 0) steps.push_back(step);
        last[step.key] = step;
      }
    }
    std::shuffle(steps.begin(), steps.end(), random);
    Verdicts verdicts;
    Linker linker(settings);
    Shown shown;
    for (const Step& step : steps) {
      linker.apply(step.key, step.revision, step.record);
      if (below(random, 5) == 0) {
        const RecordKey a = key(static_cast<std::uint64_t>(1 + below(random, 20)));
        const RecordKey b = key(static_cast<std::uint64_t>(21 + below(random, 20)));
        const auto verdict = static_cast<PairVerdict>(1 + below(random, 3));
        linker.decide(a, b, verdict);
        verdicts[std::minmax(a, b)] = verdict;
      }
      if (below(random, 6) == 0) shown.take(linker);
      if (below(random, 10) == 0) linker.explain(step.key);
    }
    shown.take(linker);
    Known known;
    for (const auto& [name, step] : last) {
      if (step.record) known[name] = *step.record;
    }
    const PlainLinker plain(settings, known, verdicts);
    const std::set<Keys> expected = plain.groups();
    exchanges += plain.exchanges();
    std::set<Keys> made;
    for (const auto& [name, record] : known) {
      const auto explanation = linker.explain(name);
      REQUIRE(explanation);
      made.insert(Keys(explanation->records.begin(), explanation->records.end()));
    }
    REQUIRE(made == expected);
    auto restored = Linker::restore(settings, linker.checkpoint());
    REQUIRE(restored.has_value());
    REQUIRE(restored->checkpoint() == linker.checkpoint());
    Linker fresh(settings);
    for (const auto& [name, record] : known) fresh.apply(name, 1, record);
    for (const auto& [pair, verdict] : verdicts) fresh.decide(pair.first, pair.second, verdict);
    REQUIRE(incidents_of(fresh) == shown.incidents);
    REQUIRE(shown.incidents.size() == expected.size());
  }
  CHECK(exchanges > 0);
}

}  // namespace commonwatch::linkage::test
