// What `detection power` prints, and its command line.
#include <iostream>
#include <memory>
#include <thread>

#include "bench/detection/format.h"
#include "bench/detection/interval.h"
#include "bench/detection/power.h"
#include "bench/detection/subcommand.h"

namespace commonwatch::detection {
namespace {

std::string json_of(const Found& found, int repetitions) {
  const Interval interval = wilson(found.found, repetitions);
  return format("{\"probability\":%.4f,\"low\":%.4f,\"high\":%.4f,\"median_hours\":",
                static_cast<double>(found.found) / repetitions, interval.low, interval.high) +
         (found.found > 0 ? format("%.2f}", found.median_hours) : std::string("null}"));
}

std::string cell_of(const Found& found, int repetitions) {
  const Interval interval = wilson(found.found, repetitions);
  return format("%.3f (%.3f-%.3f)", static_cast<double>(found.found) / repetitions, interval.low,
                interval.high) +
         (found.found > 0 ? format(", %.1f h", found.median_hours) : std::string());
}

struct CommandLine {
  std::string calls;
  PowerOptions options;
  bool json = false;
};

std::string json_of(const PowerResult& result) {
  const int repetitions = result.options.repetitions;
  std::string text =
      format("{\"thresholds\":\"%s\",\"share\":%g,\"repetitions\":%d,\"seed\":%llu,\"null_years\":%d,\"incidents\":%zu,"
             "\"incidents_per_day\":%.4f,\"dispersion\":%.4f,\"methods\":{",
             result.options.daily ? "daily" : "every_report", result.options.share_min,
             repetitions, static_cast<unsigned long long>(result.options.seed),
             result.options.null_years, result.incidents, result.incidents_per_day,
             result.dispersion);
  for (std::size_t method = 0; method < kMethods; ++method) {
    const auto& days = result.false_alarm_days[method];
    const Interval interval = of_mean(days);
    text += format("%s\"%s\":{\"threshold\":%.4f,\"false_alarm_days_a_year\":%.3f,\"low\":%.3f,"
                   "\"high\":%.3f}",
                   method == 0 ? "" : ",", kMethodKeys[method], result.thresholds[method],
                   mean(days), interval.low, interval.high);
  }
  text += "},\"outbreaks\":[";
  for (std::size_t i = 0; i < scenarios().size(); ++i) {
    const Scenario& scenario = scenarios()[i];
    text += format("%s{\"persons\":%d,\"radius_km\":%g,\"hours\":%d", i == 0 ? "" : ",",
                   scenario.persons, scenario.radius_km, scenario.hours);
    for (std::size_t method = 0; method < kMethods; ++method) {
      text += ",\"" + std::string(kMethodKeys[method]) +
              "\":" + json_of(result.found[i][method], repetitions);
    }
    text += "}";
  }
  return text + "]}";
}

std::string table_of(const PowerResult& result) {
  const int repetitions = result.options.repetitions;
  std::string text = result.options.daily
                         ? "Thresholds of one false alarm day a year with one look a day, at midnight"
                         : "Thresholds of one false alarm day a year with a look at every report and hour";
  text += format("\n\n%d repetitions, seed %llu, %d null years behind the thresholds; %zu incidents, "
                 "%.2f a day, dispersion %.3f.\n",
                 repetitions, static_cast<unsigned long long>(result.options.seed),
                 result.options.null_years, result.incidents, result.incidents_per_day,
                 result.dispersion);
  text += result.options.share_min > 0
              ? format("An alarm of a place holds %g of the extra persons known by then.\n",
                       result.options.share_min)
              : std::string("An alarm of a place holds one of the extra persons at least.\n");
  text += "Probability of detection (95 % interval), median hours from the first extra person to the "
          "alarm.\n\n| |";
  for (const char* key : kMethodKeys) text += std::string(" ") + key + " |";
  text += "\n|---|---|---|---|---|---|\n| alarm from |";
  for (const double threshold : result.thresholds) text += format(" %.2f |", threshold);
  text += "\n| false alarm days a year |";
  for (const auto& days : result.false_alarm_days) {
    const Interval interval = of_mean(days);
    text += format(" %.2f (%.2f-%.2f) |", mean(days), interval.low, interval.high);
  }
  text += "\n";
  for (std::size_t i = 0; i < scenarios().size(); ++i) {
    text += "| " + scenarios()[i].name() + " |";
    for (const Found& found : result.found[i]) text += " " + cell_of(found, repetitions) + " |";
    text += "\n";
  }
  return text;
}

}  // namespace

std::string print_json(const std::vector<PowerResult>& results) {
  std::string text;
  for (const PowerResult& result : results) text += (text.empty() ? "[" : ",\n") + json_of(result);
  return text + "]\n";
}

std::string print_table(const std::vector<PowerResult>& results) {
  std::string text;
  for (const PowerResult& result : results) text += (text.empty() ? "" : "\n") + table_of(result);
  return text;
}

Run make_power(CLI::App& app) {
  const auto line = std::make_shared<CommandLine>();
  line->options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("CALLS", line->calls, "emergency calls: timeStamp,title,lat,lng,...; plain or gzip")
      ->required();
  app.add_option("--repetitions", line->options.repetitions, "outbreaks of each kind")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", line->options.seed, "of everything random")->capture_default_str();
  app.add_option("--null-years", line->options.null_years, "simulated years behind the thresholds")
      ->capture_default_str()
      ->check(CLI::Range(2, 100'000));
  app.add_option("--threads", line->options.threads, "that work at once; changes no result")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--share", line->options.share_min,
                 "of the extra persons, that an alarm's zone and window must hold; 0: one person")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_flag("--json", line->json, "JSON instead of a table");
  return [line] {
    const County county = learn_county(read_overdoses(line->calls));
    std::vector<PowerResult> results;
    for (const bool daily : {true, false}) {
      line->options.daily = daily;
      results.push_back(measure_power(county, line->options));
    }
    std::cout << (line->json ? print_json(results) : print_table(results));
  };
}

}  // namespace commonwatch::detection
