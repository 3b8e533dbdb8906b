#include "bench/detection/noufaily.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>

#include "bench/detection/bad_input.h"
#include "bench/detection/daily_methods.h"
#include "bench/detection/subcommand.h"

namespace commonwatch::detection {
namespace {

// Before the scored days: a year to learn from.
constexpr std::size_t kDaysMin = kScoredDays + 365;

void require_same_shape(const Matrix& totals, const Matrix& outbreaks) {
  if (totals.names != outbreaks.names) {
    throw BadInput("the totals have " + std::to_string(totals.names.size()) +
                   " columns and the outbreaks " + std::to_string(outbreaks.names.size()) +
                   ", or their names differ; give two files with the same header");
  }
  if (totals.days() != outbreaks.days()) {
    throw BadInput("the totals have " + std::to_string(totals.days()) + " days and the outbreaks " +
                   std::to_string(outbreaks.days()) + "; give two files with the same rows");
  }
  if (totals.days() < kDaysMin) {
    throw BadInput("there are " + std::to_string(totals.days()) + " days; give at least " +
                   std::to_string(kDaysMin) + ": a year to learn from, and " +
                   std::to_string(kScoredDays) + " that are scored");
  }
}

std::uint64_t sum_of(const Matrix& matrix) {
  std::uint64_t sum = 0;
  for (const auto& series : matrix.series) {
    for (const std::uint32_t count : series) sum += count;
  }
  return sum;
}

// In sum only: the published files drop cases of a bank holiday from the totals, and not from the
// outbreaks.
void require_part_of_total(const Matrix& totals, const Matrix& outbreaks) {
  if (sum_of(outbreaks) <= sum_of(totals)) return;
  throw BadInput(
      "the outbreaks hold more cases than the totals; the totals come first on the command line");
}

std::vector<std::vector<std::uint32_t>> scored_part(const Matrix& matrix) {
  std::vector<std::vector<std::uint32_t>> part;
  part.reserve(matrix.series.size());
  for (const auto& series : matrix.series) {
    part.emplace_back(series.end() - static_cast<std::ptrdiff_t>(kScoredDays), series.end());
  }
  return part;
}

std::string number(double value, const char* missing) {
  if (!std::isfinite(value)) return missing;
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

struct Options {
  std::string totals;
  std::string outbreaks;
  bool json = false;
};

}  // namespace

NoufailyResult score_noufaily(const Matrix& totals, const Matrix& outbreaks) {
  require_same_shape(totals, outbreaks);
  require_part_of_total(totals, outbreaks);
  const auto scored = scored_part(outbreaks);
  NoufailyResult result;
  result.series = totals.series.size();
  for (const DailyMethod& method : daily_methods()) {
    std::vector<Statistic> statistics;
    statistics.reserve(totals.series.size());
    for (const auto& series : totals.series) statistics.push_back(method.statistic(series));
    result.methods.push_back(
        {method.key, method.threshold, score(statistics, scored, method.threshold)});
    if (result.methods.size() == 1) continue;
    const double equal = threshold_at(statistics, scored, result.methods.front().score.fpr);
    result.methods.push_back({method.key + "_equal_rate", equal, score(statistics, scored, equal)});
  }
  return result;
}

std::string print_json(const NoufailyResult& result) {
  std::string text = "{\"days_scored\":" + std::to_string(kScoredDays) +
                     ",\"series\":" + std::to_string(result.series) + ",\"methods\":{";
  for (const MethodScore& method : result.methods) {
    if (&method != &result.methods.front()) text += ",";
    text += "\"" + method.key + "\":{\"fpr\":" + number(method.score.fpr, "null") +
            ",\"pod\":" + number(method.score.pod, "null") +
            ",\"timeliness\":" + number(method.score.timeliness, "null") +
            ",\"threshold\":" + number(method.threshold, "null") + "}";
  }
  return text + "}}\n";
}

std::string print_table(const NoufailyResult& result) {
  std::string text = std::to_string(result.series) + " series, the last " +
                     std::to_string(kScoredDays) + " days scored.\n\n" +
                     "| method | alarm above | fpr | pod | timeliness |\n|---|---|---|---|---|\n";
  for (const MethodScore& method : result.methods) {
    text += "| " + method.key + " | " + number(method.threshold, "-") + " | " +
            number(method.score.fpr, "-") + " | " + number(method.score.pod, "-") + " | " +
            number(method.score.timeliness, "-") + " |\n";
  }
  return text +
         "\nfpr: alarms a day without outbreak. pod: share of outbreaks with an alarm. "
         "timeliness: 0 at\nonce, 1 missed. commonwatch alarms below a p-value, shown "
         "negative.\n";
}

Run make_noufaily(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("totals", options->totals, "daily counts with outbreaks, CSV, plain or gzip")
      ->required();
  app.add_option("outbreak", options->outbreaks, "the outbreak cases alone, of the same shape")
      ->required();
  app.add_flag("--json", options->json, "JSON instead of a Markdown table");
  return [options] {
    const NoufailyResult result =
        score_noufaily(read_matrix(options->totals), read_matrix(options->outbreaks));
    std::cout << (options->json ? print_json(result) : print_table(result));
  };
}

}  // namespace commonwatch::detection
