#include <boost/json/array.hpp>

#include "hub/app/commands/commands.h"
#include "hub/app/running_hub.h"

namespace commonwatch::app {
namespace {

namespace json = boost::json;

json::array list(const std::vector<std::string>& names) {
  return json::array(names.begin(), names.end());
}

}  // namespace

Result<int> reload(OperatorContext& context, const Arguments& arguments, OperatorOutput& output) {
  const auto report = context.running->reload(context.by);
  if (!report) return report.error();
  if (arguments.flag("json")) {
    write_line(output, {{"applied", list(report->applied)},
                        {"needs_restart", list(report->needs_restart)},
                        {"new_epoch", report->new_epoch}});
    return 0;
  }
  for (const std::string& name : report->applied) output.write("applied: " + name + "\n");
  for (const std::string& name : report->needs_restart) {
    output.write("needs a restart: " + name + "\n");
  }
  if (report->new_epoch) output.write("a new engine epoch began\n");
  if (report->applied.empty() && report->needs_restart.empty()) output.write("nothing changed\n");
  return 0;
}

Result<int> print_running_configuration(OperatorContext& context, const Arguments&,
                                        OperatorOutput& output) {
  output.write(print_configuration(*context.configuration));
  return 0;
}

}  // namespace commonwatch::app
