#include "bench/detection/program.h"

#include <exception>
#include <iostream>
#include <vector>

#include "bench/detection/bad_input.h"
#include "bench/detection/subcommand.h"

namespace commonwatch::detection {
namespace {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kBadInput = 7 };

const std::vector<Subcommand>& subcommands() {
  static const std::vector<Subcommand> all = {
      {"noufaily", "score daily series with known outbreaks: ours beside EARS C1 to C3",
       &make_noufaily},
      {"power", "how surely and how soon outbreaks put into real data's chance are found",
       &make_power},
      {"nulls", "how often an alert stands in years of a city in which nothing happens",
       &make_nulls},
  };
  return all;
}

int run_chosen(const Run& run) {
  try {
    run();
    std::cout.flush();
    if (std::cout.good()) return kDone;
    std::cerr << "detection: the result could not be written to stdout; is its disk full?\n";
  } catch (const BadInput& bad) {
    std::cerr << "detection: " << bad.what() << "\n";
    return kBadInput;
  } catch (const std::exception& failure) {
    std::cerr << "detection: " << failure.what() << "\n";
  }
  return kFailed;
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  CLI::App app("detection: how well outbreaks are found, and how often nothing is called one.");
  app.require_subcommand(1);
  Run chosen;
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App* entry = app.add_subcommand(subcommand.name, subcommand.summary);
    const Run run = subcommand.make(*entry);
    entry->callback([&chosen, run] { chosen = run; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return run_chosen(chosen);
}

}  // namespace commonwatch::detection
