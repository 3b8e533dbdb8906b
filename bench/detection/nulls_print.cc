// What `detection nulls` prints, and its command line.
#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include "bench/detection/format.h"
#include "bench/detection/interval.h"
#include "bench/detection/nulls.h"
#include "bench/detection/subcommand.h"

namespace commonwatch::detection {
namespace {

struct CommandLine {
  NullsOptions options;
  bool json = false;
};

}  // namespace

std::string print_json(const NullsResult& result) {
  std::string text = format(
      "{\"years\":%d,\"seed\":%llu,\"null_days\":%d,\"reports\":%llu,\"calibrations\":%llu,"
      "\"levels\":{",
      result.options.years, static_cast<unsigned long long>(result.options.seed),
      result.options.null_days, static_cast<unsigned long long>(result.reports),
      static_cast<unsigned long long>(result.calibrations));
  for (std::size_t level = 0; level < kLevels; ++level) {
    const double days = mean(result.days[level]);
    const Interval interval = of_mean(result.days[level]);
    text += format("%s\"%s\":{\"days_a_year\":%.4f,\"low\":%.4f,\"high\":%.4f,\"nominal\":%.4f}",
                   level == 0 ? "" : ",", kLevelKeys[level], days, interval.low, interval.high,
                   result.nominal[level]);
  }
  return text + "}}\n";
}

std::string print_table(const NullsResult& result) {
  std::string text = format(
      "%d years of cities that the calibration does not know, seed %llu: %llu reports, %llu "
      "calibrations of %d null days.\n\n| level | days a year (95 %% interval) | nominal | ratio |\n"
      "|---|---|---|---|\n",
      result.options.years, static_cast<unsigned long long>(result.options.seed),
      static_cast<unsigned long long>(result.reports),
      static_cast<unsigned long long>(result.calibrations), result.options.null_days);
  for (std::size_t level = 0; level < kLevels; ++level) {
    const double days = mean(result.days[level]);
    const Interval interval = of_mean(result.days[level]);
    text += format("| %s | %.2f (%.2f-%.2f) | %.2f | %.2f |\n", kLevelKeys[level], days,
                   interval.low, interval.high, result.nominal[level],
                   days / result.nominal[level]);
  }
  return text;
}

Run make_nulls(CLI::App& app) {
  const auto line = std::make_shared<CommandLine>();
  line->options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("--years", line->options.years, "each of a city of its own")
      ->capture_default_str()
      ->check(CLI::Range(2, 1'000'000));
  app.add_option("--seed", line->options.seed, "of everything random")->capture_default_str();
  app.add_option("--null-days", line->options.null_days, "simulated days behind a calibration")
      ->capture_default_str()
      ->check(CLI::Range(3650, 1'000'000));
  app.add_option("--threads", line->options.threads, "that work at once; changes no result")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_flag("--json", line->json, "JSON instead of a table");
  return [line] {
    const NullsResult result = measure_nulls(line->options);
    std::cout << (line->json ? print_json(result) : print_table(result));
  };
}

}  // namespace commonwatch::detection
