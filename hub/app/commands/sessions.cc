#include <algorithm>
#include <boost/json/array.hpp>

#include "hub/app/commands/commands.h"
#include "hub/app/running_hub.h"

namespace commonwatch::app {
namespace {

namespace json = boost::json;

std::vector<session::SessionReport> collect(const RunningHub& hub) {
  std::vector<session::SessionReport> all;
  for (const auto& shard : hub.shards) {
    for (auto& report : shard->describe()) all.push_back(std::move(report));
  }
  const auto by_age = [](const auto& a, const auto& b) {
    return std::pair(a.since, a.name) < std::pair(b.since, b.name);
  };
  std::sort(all.begin(), all.end(), by_age);
  return all;
}

std::string describe_work(const session::SessionReport& report) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const std::string& source : report.sources) add("publishes " + source);
  if (report.subscriptions != 0) add(std::to_string(report.subscriptions) + " subscriptions");
  if (report.replays != 0) add(std::to_string(report.replays) + " replays");
  return text.empty() ? "nothing yet" : text;
}

std::string pad(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

json::object to_json(const session::SessionReport& report) {
  return {{"session", report.name},
          {"principal", report.principal},
          {"audience", report.audience},
          {"address", report.peer},
          {"since", to_rfc3339(report.since)},
          {"sources", json::array(report.sources.begin(), report.sources.end())},
          {"subscriptions", report.subscriptions},
          {"replays", report.replays}};
}

}  // namespace

Result<int> list_sessions(OperatorContext& context, const Arguments& arguments,
                          OperatorOutput& output) {
  const auto all = collect(*context.running);
  for (const auto& report : all) {
    if (arguments.flag("json")) {
      if (!write_line(output, to_json(report))) break;
      continue;
    }
    const std::string who = report.principal.empty() ? "(no hello yet)" : report.principal;
    output.write(pad(report.name, 6) + pad(who, 20) + pad(report.peer, 21) +
                 to_rfc3339(report.since) + "  " + describe_work(report) + "\n");
  }
  if (all.empty() && !arguments.flag("json")) output.write("nobody is connected\n");
  return 0;
}

Result<int> close_session(OperatorContext& context, const Arguments& arguments,
                          OperatorOutput& output) {
  const std::string name = arguments.text("SESSION");
  for (const auto& shard : context.running->shards) {
    if (!shard->close(name, "the hub's operator closed this connection")) continue;
    output.write("session " + name + " is closed\n");
    return 0;
  }
  return make_error(ErrorCode::kNotFound,
                    "there is no session " + name + "; commonwatch-hub sessions lists them");
}

}  // namespace commonwatch::app
