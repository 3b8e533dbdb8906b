// `backup` and `restore`.
#include <filesystem>
#include <mutex>

#include "hub/app/audit_commands.h"
#include "hub/app/commands/commands.h"
#include "hub/app/open_logs.h"
#include "hub/app/running_hub.h"
#include "hub/storage/backup_directory.h"

namespace commonwatch::app {
namespace {

constexpr std::uint64_t kKeptUsual = 7;

// The hub that answers has another working directory than whoever asks.
Result<std::filesystem::path> read_directory(const std::string& text,
                                             const std::filesystem::path& data) {
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  if (!path.is_absolute()) {
    return make_error(ErrorCode::kInvalidRequest, "DIR is an absolute path");
  }
  const auto inside = path.lexically_relative(std::filesystem::absolute(data).lexically_normal());
  if (!inside.empty() && *inside.begin() != "..") {
    return make_error(ErrorCode::kInvalidRequest,
                      "DIR lies in the data directory, and would be lost with it; name a "
                      "directory on another disk");
  }
  return path;
}

std::string describe(const storage::BackupContent& content) {
  return "backup " + std::to_string(content.number) + " of " + to_rfc3339(content.taken) +
         ": every event below offset " + std::to_string(content.end.value()) + ", head " +
         std::to_string(content.end.value()) + ":" + storage::to_hex(content.chain_head) + ", " +
         std::to_string(content.bytes) + " bytes of log\n";
}

}  // namespace

Result<int> backup(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const auto& data = context.configuration->data;
  const std::uint64_t keep = given.number("keep").value_or(kKeptUsual);
  if (keep < 1 || keep > storage::kBackupsKeptMax) {
    return make_error(ErrorCode::kInvalidRequest, "--keep is 1 to 10000");
  }
  const auto path = read_directory(given.text("DIR"), data);
  if (!path) return path.error();
  auto directory = storage::BackupDirectory::open(*path);
  if (!directory) return directory.error();
  std::unique_lock<std::mutex> no_erasure;
  if (context.running) no_erasure = std::unique_lock(context.running->backups_mutex);
  const auto content =
      (*directory)->take(*context.log, *context.audit, data, context.clock.wall(), [&output] {
        return output.is_wanted();
      });
  if (!content) return content.error();
  const auto kept = (*directory)->keep_newest(static_cast<std::uint32_t>(keep), data);
  if (!kept) return kept.error();
  // The running hub records each command itself.
  if (!context.running) {
    record(context, model::AuditKind::kOperation, "backup", path->string(), content->end.value());
  }
  output.write(describe(*content));
  return 0;
}

Result<int> list_backups(OperatorContext&, const Arguments& given, OperatorOutput& output) {
  const auto contents = storage::list_backups(given.text("DIR"));
  if (!contents) return contents.error();
  for (const storage::BackupContent& content : *contents) output.write(describe(content));
  return 0;
}

Result<int> restore(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const std::filesystem::path path = given.text("DIR");
  const auto contents = storage::list_backups(path);
  if (!contents) return contents.error();
  const std::uint64_t number = given.number("backup").value_or(contents->back().number);
  const auto restored = storage::restore_backup(path, static_cast<std::uint32_t>(number),
                                                context.configuration->data);
  if (!restored) return restored.error();
  output.write("restored " + describe(*restored));
  const auto log = open_event_log(*context.configuration, context.clock);
  const auto audit = open_audit_log(*context.configuration, false);
  context.audit = audit.get();
  record(context, model::AuditKind::kOperation, "restore", path.string(), restored->end.value());
  storage::HeldHead head;
  head.hash = restored->chain_head;
  head.place = restored->end.value();
  std::vector<storage::HeldHead> heads;
  if (restored->end.value() > 0) heads.push_back(head);
  const auto sound = verify_events(*log, heads, output);
  if (!sound) return sound.error();
  return *sound && verify_audit(*audit, {}, {}, output) ? 0 : 1;
}

}  // namespace commonwatch::app
