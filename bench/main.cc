// Measures the hub beside what the machine can do at best, in the same run. Workloads:
//
//   ingest_sync     8 partners, batches of 500 events of 200 bytes, as many as the credit allows,
//                   acknowledged after sync; beside RocksDB synced chunks and write + fdatasync of
//                   the same bytes, JetStream, PostgreSQL and Redis Streams
//   ingest_latency  one event a message, closed loop; beside one appending fdatasync, Redis,
//                   PostgreSQL and JetStream
//   fanout_1k       1,000 subscribers, 200 changed hotspots each tick of 100 ms: what a delivery
//                   costs the hub; beside raw loopback sends of the same bytes at the same times
//   fanout_10k      10,000 subscribers, ticks of a second: as many deliveries a second
//   fanout_full     1,000 subscribers, ticks of 10 ms, more than can be delivered: how much arrives; beside
//                   raw loopback sends without a pause
//   fanout_tiles    1,000 subscribers with different sections of the map: what 1 to 64 changed tiles
//                   of 64 cost
//   fanout_slow     1,000 subscribers, of whom a tenth read nothing: what the others notice
//   fanout_return   10,000 subscribers come back at once after a restart, while a partner publishes
//   idle_10k        10,000 subscribers, connected and quiet: memory of a connection, plain and TLS
//   replay_scan     a million stored events to one analyst at speed 0; beside a RocksDB iterator over
//                   the same log, the log's own reads, memcpy of the pages, and JetStream
//   replay_hotspots a year of a county, as it was shown, to one analyst at speed 0; beside the engine
//                   alone, asked the same, and the fold of the log alone
//   startup         100,000 incidents of a year, three audiences, ten million older events, a
//                   checkpoint a minute old: until the hub is ready after kill -9; beside a hub
//                   without the older events
//   mixed           ingest at half of its maximum, 1,000 subscribers and two analysts who replay, on
//                   one hub; beside ingest alone and subscribers alone
//   growth_*        how cost grows: with subscribers, changed hotspots, partners, audiences, the rate
//                   at which events are due, and the length of the log
//   engine_live     the hotspot engine alone, on one core: a county of 300 incidents a day at 1,500
//                   places with a year behind it, a tick behind every report and at every hour;
//                   beside a plain hash-map engine that finds the same
//   engine_burst    the same: a year's backlog in any order, 1,000 reports a tick
//   engine_city     1,000 incidents a day: memory an incident, the longest ticks
//
// A result that is not whole (an event not acknowledged, a delivery missing or different, a
// replay whose count or checksum is wrong) ends the run with status 1. No time is ever judged.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

#include "bench/incomplete.h"
#include "bench/plot.h"
#include "bench/report.h"
#include "bench/runner.h"

namespace commonwatch::bench {
namespace {

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {
      {"ingest_sync", "8 partners, batches of 500, acknowledged after sync", &make_ingest_sync},
      {"ingest_latency", "one event a message, closed loop", &make_ingest_latency},
      {"fanout_1k", "1,000 subscribers get every tick: cost of a delivery", &make_fanout_1k},
      {"fanout_10k", "10,000 subscribers get every tick", &make_fanout_10k},
      {"fanout_full", "every subscriber gets every tick: how many deliveries", &make_fanout_full},
      {"fanout_tiles", "1,000 subscribers of different sections", &make_fanout_tiles},
      {"fanout_slow", "a tenth of the subscribers read nothing", &make_fanout_slow},
      {"fanout_return", "10,000 subscribers come back at once", &make_fanout_return},
      {"idle_10k", "10,000 subscribers, connected and quiet", &make_idle_10k},
      {"replay_scan", "a stored log to one analyst at speed 0", &make_replay_scan},
      {"replay_hotspots", "a year of a county as it was shown", &make_replay_hotspots},
      {"startup", "until a hub is ready after kill -9", &make_startup},
      {"mixed", "ingest, subscribers and analysts together", &make_mixed},
      {"growth_subscribers", "what a tick costs with 10 to 10,000 subscribers",
       &make_growth_subscribers, "subscribers"},
      {"growth_hotspots", "what a tick costs with 10 to 10,000 changed hotspots",
       &make_growth_hotspots, "changed hotspots"},
      {"growth_partners", "200,000 events of 1 to 1,000 partners", &make_growth_partners,
       "partners"},
      {"growth_audiences", "80,000 events for 1 to 8 audiences", &make_growth_audiences,
       "audiences"},
      {"growth_load", "acknowledgements at 2,000 to 128,000 events/s", &make_growth_load,
       "events/s that are due"},
      {"growth_log", "ingest and start with 10,000 to 10,000,000 events behind", &make_growth_log,
       "events in the log"},
      {"engine_live", "the engine, a tick behind every report", &make_engine_live},
      {"engine_burst", "the engine, a backlog of a year", &make_engine_burst},
      {"engine_city", "the engine of a large city: memory and ticks", &make_engine_city},
  };
  return all;
}

struct Options {
  Setup setup;
  std::vector<std::string> names;
  unsigned rounds = 5;
  std::string table_file;
  std::string json_file;
  std::filesystem::path plots;
};

std::string describe_workloads() {
  std::string text = "Workloads (default: all):\n";
  for (const Workload& workload : workloads()) {
    text += "  " + workload.name + std::string(20 - workload.name.size(), ' ') + workload.summary +
            "\n";
  }
  return text;
}

void add_options(CLI::App& app, Options& options) {
  std::vector<std::string> names;
  for (const Workload& workload : workloads()) names.push_back(workload.name);
  app.add_option("workload", options.names, "which to run")->check(CLI::IsMember(names));
  app.add_option("--rounds", options.rounds, "measurements of each (default 5)")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--small", options.setup.small, "tiny sizes: whether it works, not how fast");
  app.add_option("--subscribers", options.setup.subscribers, "of fanout_1k; of fanout_10k ten times as many (default 1000)")
      ->check(CLI::Range(1, 2'000));
  app.add_option("--publishers", options.setup.publishers, "of ingest_latency (default 64)")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--events", options.setup.replay_events, "of replay_scan (default 1000000)")
      ->check(CLI::Range(1'000, 100'000'000));
  app.add_option("--older-events", options.setup.older_events,
                 "of startup and at most of growth_log, besides those of the last year (default 10000000)")
      ->check(CLI::Range(10'000, 1'000'000'000));
  app.add_option("--table", options.table_file, "file for the Markdown table, besides stdout");
  app.add_option("--json", options.json_file, "file for all figures of all rounds");
  app.add_option("--plots", options.plots, "directory for the curves as SVG");
  app.add_option("--hub", options.setup.hub, "the hub's binary (default: beside this program)");
  app.add_option("--peers", options.setup.peers,
                 "where other systems were unpacked by deploy/install-deps --bench (default: "
                 "build/peers)");
  app.add_option("--directory", options.setup.directory,
                 "where data is written, on the disk to be measured (default: beside the binary's "
                 "directory)");
  app.footer(describe_workloads());
}

// Thousands of sockets, here and in the hub, which inherits the limit.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void write_file(const std::string& file, const std::string& text) {
  if (file.empty()) return;
  std::ofstream stream(file);
  stream << text;
  require(stream.good(), "cannot write " + file);
}

void write_results(const Options& options, const std::vector<WorkloadResult>& results) {
  const Conditions conditions = read_conditions(options.setup, options.rounds);
  const std::string table = print_table(conditions, results) + print_curves(results);
  std::cout << table;
  write_file(options.table_file, table);
  write_file(options.json_file, print_json(conditions, results));
  if (!options.plots.empty()) write_plots(options.plots, results);
}

void run(const Options& options) {
  std::vector<WorkloadResult> results;
  for (const Workload& workload : workloads()) {
    const bool wanted =
        options.names.empty() ||
        std::find(options.names.begin(), options.names.end(), workload.name) != options.names.end();
    if (!wanted) continue;
    try {
      results.push_back(run_workload(workload, options.setup, options.rounds));
    } catch (const Incomplete&) {
      // What came before is whole.
      write_results(options, results);
      throw;
    }
  }
  write_results(options, results);
}

}  // namespace
}  // namespace commonwatch::bench

int main(int argc, char** argv) {
  using namespace commonwatch::bench;
  Options options;
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  options.setup.hub = here / "commonwatch-hub";
  options.setup.directory = here.parent_path();
  options.setup.peers = here.parent_path().parent_path() / "peers";
  CLI::App app("commonwatch-bench: measures the hub beside what the machine can do at best.");
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    raise_descriptor_limit();
    run(options);
  } catch (const std::exception& failure) {
    std::cerr << "commonwatch-bench: " << failure.what() << "\n";
    return 1;
  }
  return 0;
}
