#include "hub/app/commands/commands.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <map>

#include "hub/model/audit.h"

namespace commonwatch::app {
namespace {

using Kind = Argument::Kind;

const Argument kHead = {"head", Kind::kTexts,
                        "a head that somebody kept, which must stand on the chain: HASH, "
                        "PLACE:HASH or PARTNER/SOURCE:SEQUENCE:HASH"};
const Argument kHeads = {"heads", Kind::kText,
                         "file with a head a line, or of the system log; by its absolute path, "
                         "readable for the hub"};

std::vector<Argument> audit_filter() {
  return {{"principal", Kind::kText, "of this principal only"},
          {"audience", Kind::kText, "of this audience only"},
          {"kind", Kind::kText, "of this kind only: " + model::audit_kind_names()},
          {"from", Kind::kText, "from this time on, such as 2026-03-11T09:00:00Z"},
          {"to", Kind::kText, "before this time"}};
}

const Argument kJson = {"json", Kind::kFlag, "JSON instead of text"};

std::vector<Command> make_commands() {
  return {
      {"status",
       "how the hub is: ready, log, sources, sessions, disk",
       {kJson},
       Command::Needs::kHub,
       print_status},
      {"sessions",
       "who is connected, since when, and what they do",
       {kJson},
       Command::Needs::kHub,
       list_sessions},
      {"close-session",
       "end a connection; its client may come back",
       {{"SESSION", Kind::kPlace, "its number, from sessions", true}},
       Command::Needs::kHub,
       close_session},
      {"reload",
       "read the configuration again and apply what can be, as SIGHUP does",
       {kJson},
       Command::Needs::kHub,
       reload},
      {"print-config",
       "print the whole configuration, explained",
       {{"running", Kind::kFlag, "of the running hub, not of the file"}},
       Command::Needs::kHub,
       print_running_configuration},
      {"explain-access",
       "what an audience can see, who has seen a record, what an account has seen",
       {{"audience", Kind::kText, "what it can see, from whom, how precise, by which agreement"},
        {"source", Kind::kText, "with --record: PARTNER/SOURCE"},
        {"record", Kind::kText, "who can see it, and everybody who asked since it came"},
        {"principal", Kind::kText, "what the account can see, and whatever it asked for"}},
       Command::Needs::kLogs,
       explain_access},
      {"verify",
       "check every chunk of the log: checksums, order, hashes and chain",
       {kHead, kHeads},
       Command::Needs::kLog,
       verify},
      {"repair",
       "say what a damaged log, of a hub that is stopped, would lose; with --drop, repair it",
       {{"drop", Kind::kFlag, "do it: what it was stays in cut/"}},
       Command::Needs::kNothing,
       repair},
      {"erase",
       "take a record, in every revision, out of the log for good",
       {{"SOURCE", Kind::kPlace, "PARTNER/SOURCE", true},
        {"RECORD", Kind::kPlace, "its id, as the source sent it", true}},
       Command::Needs::kLogs,
       erase},
      {"backup",
       "copy what is new of the log and the audit log, while the hub runs",
       {{"DIR", Kind::kPlace, "where backups are kept, by its absolute path; made if absent", true},
        {"keep", Kind::kNumber, "how many of the newest stay; 1 to 10000, default 7"}},
       Command::Needs::kLogs,
       backup},
      {"list-backups",
       "every backup of a directory, oldest first",
       {{"DIR", Kind::kPlace, "where backups are kept", true}},
       Command::Needs::kNothing,
       list_backups},
      {"restore",
       "make the data directory, which must not be there, from a backup, and verify it",
       {{"DIR", Kind::kPlace, "where backups are kept", true},
        {"backup", Kind::kNumber, "its number, from list-backups; the newest if not given"}},
       Command::Needs::kNothing,
       restore},
      {"token create",
       "make a token and print it, once",
       {{"ACCOUNT", Kind::kPlace, "id of the [[partner]] or [[viewer]] that it is for", true},
        {"days", Kind::kNumber, "how long it is valid; 1 to 3650, default 365"},
        {"note", Kind::kText, "what it is for: a program or place, never a person"}},
       Command::Needs::kAudit,
       create_token},
      {"token list", "every token, without its secret", {}, Command::Needs::kAudit, list_tokens},
      {"token revoke",
       "end a token, and every connection that uses it",
       {{"ID", Kind::kPlace, "as token list names it", true}},
       Command::Needs::kAudit,
       revoke_token},
      {"audit show", "print its records, a line each", audit_filter(), Command::Needs::kAudit,
       show_audit_log},
      {"audit export", "write its records as NDJSON", audit_filter(), Command::Needs::kAudit,
       export_audit_log},
      {"audit verify",
       "check its chain, against heads that were kept",
       {kHead, kHeads},
       Command::Needs::kAudit,
       verify_audit_log},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = make_commands();
  return all;
}

std::string_view group_help(std::string_view group) {
  static const std::map<std::string_view, std::string_view> all = {
      {"token", "tokens of people, programs and devices"},
      {"audit", "the audit log"},
  };
  const auto found = all.find(group);
  return found == all.end() ? std::string_view() : found->second;
}

const Command* find_command(std::string_view name) {
  const auto& all = commands();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool write_line(OperatorOutput& output, const boost::json::object& object) {
  return output.write(boost::json::serialize(object) + "\n");
}

}  // namespace commonwatch::app
