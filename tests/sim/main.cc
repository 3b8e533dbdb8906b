// A deterministic simulation of the hub: storage, pipeline, feed and sessions, on one thread, with
// a disk, a clock and connections that fail. The same seed gives the same run.
//
//   commonwatch-sim --seeds N --from S [--steps N] [--verbose]
//
// Invariants checked:
// - what was acknowledged is stored, whatever crashed since (partner.h, stored.h)
// - every event is stored once, as it was sent, with the fate that a model of its own gives it
// - offsets are dense, sequences of a source contiguous
// - an acknowledgement says what became of each event
// - recorded time rises, and no tick and no version goes back, whatever the wall clock does
// - no chunk is stamped at or before a tick that was given out, by this run of the hub or one
// before
// - a snapshot is the fold of the log; live deltas are those of a fold from the beginning, and
//   a replay gives what was given live (shown.h)
// - no watcher misses or invents a change, across resumes, restarts and slow reading (watcher.h)
// - a heartbeat is one message
// - memory is bounded: what waits for the log, the ring, the answers that wait for who reads none
// - what was erased, or is old, is gone from the log in the end, and nothing else (stored.h)
// - the log and the audit log verify, with the heads that were given out: the hub's own check of
//   its chains; and the hub starts after every crash
// - when all is well again, everything becomes durable and is shown
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "hub/telemetry/log.h"
#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace commonwatch::sim {
namespace {

struct Arguments {
  std::uint64_t seeds = 100;
  std::uint64_t from = 1;
  std::size_t steps = 600;
  bool verbose = false;
};

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int at = 1; at < count; ++at) {
    const std::string name = values[at];
    if (name == "--verbose") {
      arguments.verbose = true;
      continue;
    }
    if (at + 1 == count) break;
    const std::uint64_t value = std::strtoull(values[++at], nullptr, 10);
    if (name == "--seeds") arguments.seeds = value;
    if (name == "--from") arguments.from = value;
    if (name == "--steps") arguments.steps = value;
  }
  return arguments;
}

void add(Tally& total, const Tally& one) {
  total.events += one.events;
  total.changes += one.changes;
  total.hotspots += one.hotspots;
  total.observed += one.observed;
  total.starts += one.starts;
  total.crashes += one.crashes;
  total.power_cuts += one.power_cuts;
  total.faults += one.faults;
  total.epochs += one.epochs;
  total.erased += one.erased;
  total.reduced += one.reduced;
}

std::filesystem::path scratch() {
  std::error_code failed;
  const std::filesystem::path memory = "/dev/shm";
  const auto base = std::filesystem::is_directory(memory, failed)
                        ? memory
                        : std::filesystem::temp_directory_path();
  return base / ("commonwatch-sim-" + std::to_string(::getpid()));
}

// True: it held.
bool run_seed(const Arguments& arguments, const char* program, std::uint64_t seed, Tally& total) {
  World world(seed, scratch(), arguments.verbose);
  try {
    world.run(arguments.steps);
    add(total, world.tally());
    return true;
  } catch (const Broken& broken) {
    std::printf("seed %llu breaks: %s\n  %s\nthe last steps:\n",
                static_cast<unsigned long long>(seed), broken.invariant().c_str(), broken.what());
  }
  for (const std::string& step : world.last_steps()) std::printf("  %s\n", step.c_str());
  std::printf("replay it with: %s --from %llu --seeds 1 --steps %zu --verbose\n", program,
              static_cast<unsigned long long>(seed), arguments.steps);
  return false;
}

int run(const Arguments& arguments, const char* program) {
  telemetry::set_log_level("error");
  const auto began = std::chrono::steady_clock::now();
  Tally total;
  for (std::uint64_t n = 0; n < arguments.seeds; ++n) {
    if (run_seed(arguments, program, arguments.from + n, total)) continue;
    std::printf("found by seed %llu of %llu\n", static_cast<unsigned long long>(n + 1),
                static_cast<unsigned long long>(arguments.seeds));
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf(
      "%llu seeds held, %.1f a second: %zu events, %zu changes shown (%zu of hotspots), "
      "%zu versions observed, %zu starts, %zu crashes, %zu power cuts, %zu faults, %zu reloads, "
      "%zu records erased, %zu reductions\n",
      static_cast<unsigned long long>(arguments.seeds),
      static_cast<double>(arguments.seeds) / took.count(), total.events, total.changes,
      total.hotspots, total.observed, total.starts, total.crashes, total.power_cuts, total.faults,
      total.epochs, total.erased, total.reduced);
  return 0;
}

}  // namespace
}  // namespace commonwatch::sim

int main(int count, char** values) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return commonwatch::sim::run(commonwatch::sim::parse(count, values), values[0]);
}
