#include "hub/app/offline.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "hub/app/open_logs.h"

namespace commonwatch::app {

server::OperatorReply run_offline(const Command& command, const std::string& arguments,
                                  Configuration configuration, server::OperatorOutput& output) {
  const bool needs_nothing = command.needs == Command::Needs::kNothing;
  std::error_code missing;
  if (!needs_nothing && !std::filesystem::exists(configuration.data / "lock", missing)) {
    throw Failure(make_error(ErrorCode::kNotFound, "there is no log in " +
                                                       configuration.data.string() +
                                                       "; name the data directory with --data"));
  }
  const SystemClock clock;
  OperatorContext context{std::make_shared<const Configuration>(std::move(configuration)),
                          clock,
                          nullptr,
                          nullptr,
                          nullptr,
                          account_name(::getuid())};
  std::unique_ptr<storage::EventLog> log;
  std::unique_ptr<storage::AuditLog> audit;
  if (!needs_nothing && command.needs != Command::Needs::kAudit) {
    log = open_event_log(*context.configuration, clock);
  }
  // One that is damaged opens for those who want to look at it.
  if (!needs_nothing && command.needs != Command::Needs::kLog) {
    audit = open_audit_log(*context.configuration, command.needs == Command::Needs::kAudit);
  }
  context.log = log.get();
  context.audit = audit.get();
  return run_command(command.name, arguments, context, output);
}

std::string account_name(uid_t uid) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  return found ? std::string(entry.pw_name) : "uid " + std::to_string(uid);
}

}  // namespace commonwatch::app
