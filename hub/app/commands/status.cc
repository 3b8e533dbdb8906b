#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "hub/app/commands/commands.h"
#include "hub/app/running_hub.h"
#include "hub/pipeline/configuration.h"

namespace commonwatch::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Checkpoints {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

// Files may go while they are counted.
Checkpoints count_checkpoints(const fs::path& data) {
  Checkpoints found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(data / "checkpoints", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    if (!at->is_regular_file(gone) || gone) continue;
    const auto bytes = at->file_size(gone);
    if (gone) continue;
    ++found.count;
    found.bytes += bytes;
  }
  return found;
}

std::string_view state_name(model::HealthState state) {
  switch (state) {
    case model::HealthState::kOnTime:
      return "on_time";
    case model::HealthState::kLate:
      return "late";
    case model::HealthState::kSilent:
      return "silent";
    default:
      return "starting";
  }
}

// Of the audience that sees most.
const pipeline::Channel& widest(const OperatorContext& context) {
  return context.running->services.channels.widest();
}

json::array describe_sources(const OperatorContext& context) {
  const auto [delivery, content] = widest(context).feed.content();
  json::array sources;
  for (const auto& [source, last] : context.log->sources()) {
    if (source == model::SourceName::hub()) continue;
    json::object one = {{"source", source.text()},
                        {"last_sequence", last.value()},
                        {"open", context.log->is_open(source)}};
    for (const model::SourceHealth& health : content.sources) {
      if (health.name != source.text()) continue;
      one["state"] = std::string(state_name(health.state));
      one["last_received"] = to_rfc3339(health.last_received);
      one["received_24h"] = health.received;
      one["expected_24h"] = health.expected;
    }
    sources.push_back(std::move(one));
  }
  return sources;
}

json::object describe_log(const OperatorContext& context) {
  const storage::DurableState durable = context.log->durable();
  std::error_code error;
  const auto space = fs::space(context.configuration->data, error);
  const Checkpoints checkpoints = count_checkpoints(context.configuration->data);
  return {{"durable_events", durable.end.value()},
          {"folded_events", context.running->aggregation.folded().value()},
          {"last_recorded", to_rfc3339(durable.recorded)},
          {"queued_bytes", context.log->queued_bytes()},
          {"accepts", context.log->accepts()},
          {"disk_free_bytes", error ? 0 : space.available},
          {"checkpoints", checkpoints.count},
          {"checkpoint_bytes", checkpoints.bytes}};
}

// When the settings that are in force became known.
json::object describe_epoch(const OperatorContext& context) {
  const pipeline::Epoch epoch = *widest(context).epoch.get();
  json::object described = {{"engine_epoch", std::to_string(epoch.id.value())}, {"offset", epoch.offset.value()}};
  const auto chunk = context.log->read(epoch.offset);
  if (chunk && *chunk) described["recorded"] = to_rfc3339((**chunk).recorded);
  return described;
}

json::object describe(const OperatorContext& context) {
  std::uint64_t sessions = 0;
  for (const auto& shard : context.running->shards) sessions += shard->sessions();
  const model::Position position = widest(context).feed.position();
  return {{"hub", pipeline::kHubName},
          {"ready", context.running->services.is_ready()},
          {"version", position.version.value()},
          {"log", describe_log(context)},
          {"configuration", describe_epoch(context)},
          {"sessions", sessions},
          {"replays", context.running->services.replays.all()},
          {"sources", describe_sources(context)}};
}

// A value as a person reads it.
std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  return json::serialize(value);
}

std::string to_text(const json::object& object, const std::string& indent) {
  std::string text;
  for (const auto& [key, value] : object) {
    std::string name(key.data(), key.size());
    for (char& c : name) c = c == '_' ? ' ' : c;
    if (value.is_object()) {
      text += indent + name + "\n" + to_text(value.get_object(), indent + "  ");
    } else if (value.is_array()) {
      text += indent + name + ": " + std::to_string(value.get_array().size()) + "\n";
    } else {
      text += indent + name + ": " + text_of(value) + "\n";
    }
  }
  return text;
}

std::string to_line(const json::object& source) {
  std::string line = "  " + text_of(source.at("source")) + ": sequence " +
                     text_of(source.at("last_sequence")) +
                     (source.at("open").get_bool() ? ", open" : ", closed");
  if (source.contains("state")) {
    line += ", " + text_of(source.at("state")) + ", " + text_of(source.at("received_24h")) +
            " events in 24 h (usual " + text_of(source.at("expected_24h")) + ")";
  }
  return line + "\n";
}

}  // namespace

Result<int> print_status(OperatorContext& context, const Arguments& arguments,
                         OperatorOutput& output) {
  const json::object status = describe(context);
  if (arguments.flag("json")) {
    write_line(output, status);
    return 0;
  }
  std::string text = to_text(status, "");
  for (const json::value& source : status.at("sources").get_array()) {
    text += to_line(source.get_object());
  }
  output.write(text);
  return 0;
}

}  // namespace commonwatch::app
