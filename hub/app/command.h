// A command of `commonwatch-hub`, written once: it runs inside the running hub, for whoever asks
// over the operator's socket, or on a data directory that no hub has open.
//
// A new command is a function `int NAME(OperatorContext&, const Arguments&, OperatorOutput&)` in
// hub/app/commands, declared in commands.h, and a row of the table in commands.cc.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/app/configuration.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/model/audit.h"
#include "hub/server/operator_output.h"
#include "hub/server/operator_socket.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

struct RunningHub;

struct Argument {
  enum class Kind {
    kFlag,    // --name
    kText,    // --name TEXT
    kTexts,   // --name TEXT, as often as there are
    kNumber,  // --name N, whole and not negative
    kPlace,   // NAME, by its place on the command line; required
  };
  std::string name;  // `expires-days`; of kPlace as it stands in the help
  Kind kind = Kind::kFlag;
  std::string help;
  bool required = false;
};

// What was given, checked against a command's arguments. Names are of that command: any other
// throws, as a programmer's fault.
class Arguments {
 public:
  // kInvalidRequest: not a JSON object, an unknown or missing argument, a value of another kind.
  static Result<Arguments> read(const std::vector<Argument>& known, std::string_view json);

  bool flag(std::string_view name) const;
  // Empty if it was not given.
  std::string text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::optional<std::uint64_t> number(std::string_view name) const;

 private:
  const boost::json::value* find(std::string_view name, Argument::Kind kind) const;

  std::vector<Argument> known_;
  boost::json::object given_;
};

// What a command works on.
struct OperatorContext {
  // As it is in force: of the running hub, or of the command line.
  std::shared_ptr<const Configuration> configuration;
  const Clock& clock;
  storage::EventLog* log = nullptr;    // there, unless the command needs the audit log alone
  storage::AuditLog* audit = nullptr;  // there, unless it needs the log alone
  RunningHub* running = nullptr;       // nothing: no hub runs on the data directory
  // The account that asks, as the kernel tells: `root`, `commonwatch`, `uid 1000`.
  std::string by;
};

// What the account did, in the audit log; `name` and `count`: on what, and how much of it. The
// command needs the audit log.
void record(const OperatorContext& context, model::AuditKind kind, std::string action,
            std::string name, std::uint64_t count = 0);

struct Command {
  enum class Needs {
    kLog,    // the running hub's, or a data directory opened for it
    kLogs,   // and the audit log, to record what it does
    kAudit,  // the audit log alone, though either be damaged
    kHub,    // fails where none runs
    kNothing,  // never asks a hub: no data directory need be there
  };
  std::string name;  // one word, or group and word: `token create`
  std::string help;  // a line
  std::vector<Argument> arguments;
  Needs needs = Needs::kLog;
  // May block, and runs beside others. The exit status (0 done, 1 failed), or an error to tell,
  // with status 1.
  std::function<Result<int>(OperatorContext&, const Arguments&, server::OperatorOutput&)> run;
};

// The table, in the order of the help.
const std::vector<Command>& commands();
// What the commands of a group have in common, in a line; the group is the first word of a name.
std::string_view group_help(std::string_view group);
// Nothing: there is none of this name.
const Command* find_command(std::string_view name);

// Runs a command by what was sent or given: `arguments` is a JSON object. An unknown command or
// argument gives status 2 and says what is there.
server::OperatorReply run_command(std::string_view name, std::string_view arguments,
                                  OperatorContext& context, server::OperatorOutput& output);
// Likewise, an error that names the nearest.
Error unknown_command(const std::string& name);

// Writes a JSON value as a line.
bool write_line(server::OperatorOutput& output, const boost::json::object& object);

}  // namespace commonwatch::app
