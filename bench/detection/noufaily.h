// `detection noufaily`: our temporal detector and EARS on series with known outbreaks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/detection/matrix.h"
#include "bench/detection/outbreak_score.h"

namespace commonwatch::detection {

struct MethodScore {
  std::string key;  // of a method; with _equal_rate, at the threshold where its fpr is ours
  double threshold = 0;
  Score score;
};

struct NoufailyResult {
  std::size_t series = 0;
  std::vector<MethodScore> methods;
};

// The two have the same columns and days. Throws BadInput where they have not, where the
// outbreaks hold more cases than the totals, or where less than a year comes before the scored
// days.
NoufailyResult score_noufaily(const Matrix& totals, const Matrix& outbreaks);

std::string print_json(const NoufailyResult& result);
std::string print_table(const NoufailyResult& result);

}  // namespace commonwatch::detection
