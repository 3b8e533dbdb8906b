#include "bench/runner.h"

#include <algorithm>
#include <iostream>

#include "bench/clock.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {

double Figure::median() const {
  std::vector<double> sorted = rounds;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double Figure::min() const { return *std::min_element(rounds.begin(), rounds.end()); }
double Figure::max() const { return *std::max_element(rounds.begin(), rounds.end()); }

const Figure* ContenderResult::find(const std::string& figure) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& known) { return known.name == figure; });
  return found == figures.end() ? nullptr : &*found;
}

namespace {

void add(const Sample& sample, ContenderResult& result) {
  if (result.figures.empty()) {
    for (const auto& [name, value] : sample) result.figures.push_back({name, {}});
  }
  for (std::size_t i = 0; i < sample.size(); ++i) {
    result.figures[i].rounds.push_back(sample[i].second);
  }
}

}  // namespace

WorkloadResult run_workload(const Workload& workload, const Setup& setup, unsigned rounds) {
  const Contenders contenders = workload.make(setup);
  WorkloadResult result{workload.name, workload.summary, {}, workload.axis};
  for (const auto& contender : contenders) {
    result.contenders.push_back(
        {contender->role(), contender->name(), contender->skipped(), {}, contender->size()});
  }
  for (unsigned round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      if (!contenders[i]->skipped().empty()) continue;
      const std::uint64_t began = now_ns();
      try {
        add(contenders[i]->measure(), result.contenders[i]);
      } catch (const Incomplete& incomplete) {
        throw Incomplete(workload.name + ", " + contenders[i]->name() + ": " + incomplete.what());
      }
      std::cerr << workload.name << ": round " << round + 1 << " of " << rounds << ", "
                << contenders[i]->name() << " took " << seconds_since(began) << " s\n";
    }
  }
  return result;
}

}  // namespace commonwatch::bench
