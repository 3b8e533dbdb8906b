// What `detection` can be asked: a subcommand has a name, a line of help, and a maker that declares
// its options and gives what runs once they are read. program.cc holds the table.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace commonwatch::detection {

// Writes its result to stdout. Throws BadInput, or another exception where it could not do its
// work.
using Run = std::function<void()>;

struct Subcommand {
  std::string name;
  std::string summary;
  Run (*make)(CLI::App& app);
};

Run make_noufaily(CLI::App& app);
Run make_power(CLI::App& app);
Run make_nulls(CLI::App& app);

}  // namespace commonwatch::detection
