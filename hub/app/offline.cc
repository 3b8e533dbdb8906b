#include "hub/app/offline.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace commonwatch::app {

server::OperatorReply run_offline(const Command& command, const std::string& arguments,
                                  Configuration configuration, server::OperatorOutput& output) {
  std::error_code missing;
  if (!std::filesystem::exists(configuration.data / "lock", missing)) {
    throw Failure(make_error(ErrorCode::kNotFound, "there is no log in " +
                                                       configuration.data.string() +
                                                       "; name the data directory with --data"));
  }
  storage::LogOptions options;
  options.directory = configuration.data;
  options.clock_mode = configuration.clock;
  options.limits = configuration.limits;
  const SystemClock clock;
  const auto log = storage::EventLog::open(options, clock);
  if (!log) throw Failure(log.error());
  OperatorContext context{std::make_shared<const Configuration>(std::move(configuration)), clock,
                          **log, nullptr, account_name(::getuid())};
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
