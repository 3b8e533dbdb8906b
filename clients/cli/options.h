// What was asked for on the command line, as plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "clients/cli/input/event_reader.h"
#include "clients/cli/simulate/city.h"
#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

using Milliseconds = std::chrono::milliseconds;

// Valid for every command.
struct GlobalOptions {
  std::string server = "ws://127.0.0.1:8710";
  std::filesystem::path token_file;
  std::string token;  // from the environment only
  std::filesystem::path ca;
  std::filesystem::path cert;
  std::filesystem::path key;
  Milliseconds timeout{10'000};
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
};

// Which part of the map: at most one of the three.
struct AreaOptions {
  std::string box;    // south,west,north,east
  std::string cells;  // S2 tokens, comma-separated
  std::filesystem::path polygon;
};

struct PublishOptions {
  std::string source;
  std::vector<std::string> inputs;
  std::optional<std::filesystem::path> mapping;
  Format format = Format::kAuto;
  bool follow = false;
  bool from_start = false;
  bool accept_loss = false;
  std::filesystem::path rejects;
  std::uint32_t batch = 500;
  double rate = 0;  // events a second; 0: as fast as it goes
  std::optional<Milliseconds> retry_max;
  std::filesystem::path state_dir;
};

enum class MinSeverity : std::uint8_t { kNote = 1, kWatch = 2, kAlert = 3 };

struct WatchOptions {
  AreaOptions area;
  std::uint32_t top = 10;
  MinSeverity min_severity = MinSeverity::kNote;
  std::uint64_t count = 0;  // 0: no end
  Milliseconds duration{0};
  std::filesystem::path resume;
};

struct ReplayCommandOptions {
  bool hotspots = false;
  std::optional<Instant> from;
  std::optional<Instant> to;
  bool by_occurred = false;
  std::string cursor;
  std::vector<std::string> partners;
  std::vector<std::string> sources;
  std::vector<std::string> kinds;  // overdose, area_count, retraction
  AreaOptions area;
  bool knowledge_now = false;
  double speed = 0;
  bool follow = false;
};

enum class ExportFormat : std::uint8_t { kNdjson, kCsv, kGeojson };

struct ExportOptions {
  ExportFormat format = ExportFormat::kNdjson;
  std::string output = "-";
  std::optional<Instant> from;
  std::optional<Instant> to;
  AreaOptions area;
  std::vector<std::string> sources;
};

struct CheckOptions {
  std::string source;
  std::vector<std::string> inputs;
  std::optional<std::filesystem::path> mapping;
  Format format = Format::kAuto;
};

struct StatusOptions {
  std::vector<std::string> sources;
};

struct AlertsOptions {
  std::optional<Instant> from;  // recorded time
  std::optional<Instant> to;    // not included
};

struct ExplainOptions {
  std::string alert;  // its id, or a part of it
};

struct AcknowledgeOptions {
  std::string alert;         // its id, or a part of it
  std::uint32_t version = 0;  // 0: as it stands
  std::vector<v1::AlertAction> actions;  // one
};

struct DecideOptions {
  std::string verb;                   // link, split, by-rules, facility, placeholder, ordinary
  std::vector<std::string> subjects;  // two records, or one place
  std::string name;
};

struct SimulateOptions {
  CityOptions city;
  bool start_given = false;
  double speed = 0;  // 0: as fast as it goes
  std::vector<std::string> agencies;
};

struct CompletionOptions {
  std::string shell;
};

struct VersionOptions {};

struct Invocation {
  GlobalOptions global;
  std::variant<PublishOptions, WatchOptions, ReplayCommandOptions, ExportOptions, CheckOptions,
               StatusOptions, AlertsOptions, ExplainOptions, AcknowledgeOptions, DecideOptions,
               SimulateOptions, CompletionOptions, VersionOptions>
      command;
};

}  // namespace commonwatch::cli
