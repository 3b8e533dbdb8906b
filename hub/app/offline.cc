#include "hub/app/offline.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace commonwatch::app {

namespace {

std::unique_ptr<storage::EventLog> open_log(const Configuration& configuration,
                                            const Clock& clock) {
  storage::LogOptions options;
  options.directory = configuration.data;
  options.clock_mode = configuration.clock;
  options.limits = configuration.limits;
  auto log = storage::EventLog::open(options, clock);
  if (!log) throw Failure(log.error());
  return *std::move(log);
}

// One that is damaged opens for those who want to look at it.
std::unique_ptr<storage::AuditLog> open_audit(const Configuration& configuration,
                                              Command::Needs needs) {
  const bool looks_at_it = needs == Command::Needs::kAudit;
  const auto directory = configuration.data / "audit";
  if (!std::filesystem::exists(directory)) {
    if (!looks_at_it) return nullptr;
    throw Failure(make_error(ErrorCode::kNotFound,
                             "there is no audit log in " + configuration.data.string() +
                                 "; name the data directory with --data"));
  }
  auto log = storage::AuditLog::open(
      {directory, configuration.limits.audit_queued_bytes_max, looks_at_it});
  if (!log) throw Failure(log.error());
  return *std::move(log);
}

}  // namespace

server::OperatorReply run_offline(const Command& command, const std::string& arguments,
                                  Configuration configuration, server::OperatorOutput& output) {
  std::error_code missing;
  if (!std::filesystem::exists(configuration.data / "lock", missing)) {
    throw Failure(make_error(ErrorCode::kNotFound, "there is no log in " +
                                                       configuration.data.string() +
                                                       "; name the data directory with --data"));
  }
  const SystemClock clock;
  OperatorContext context{std::make_shared<const Configuration>(std::move(configuration)), clock};
  context.by = account_name(::getuid());
  std::unique_ptr<storage::EventLog> log;
  if (command.needs == Command::Needs::kLog) log = open_log(*context.configuration, clock);
  context.log = log.get();
  const auto audit = open_audit(*context.configuration, command.needs);
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
