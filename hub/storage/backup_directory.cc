#include "hub/storage/backup_directory.h"

#include <fcntl.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "hub/storage/backup_content.h"
#include "hub/storage/backup_list.h"
#include "hub/storage/database.h"
#include "hub/storage/recovery.h"
#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

constexpr const char* kEvents = "events";
constexpr const char* kAudit = "audit";

Error backup_error(const std::filesystem::path& path, const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    path.string() + ": " + what + "; check the disk and the rights");
}

// How the list names a backup.
std::string place_of(const std::filesystem::path& path, std::uint32_t number) {
  return path.string() + " number " + std::to_string(number);
}

template <class Engine>
Result<std::unique_ptr<Engine>> open_engine(const std::filesystem::path& path) {
  Engine* opened = nullptr;
  const auto status = Engine::Open(rocksdb::BackupEngineOptions(path.string()),
                                   rocksdb::Env::Default(), &opened);
  std::unique_ptr<Engine> engine(opened);
  if (!status.ok()) return backup_error(path, status.ToString());
  return engine;
}

// Whole ones alone, oldest first: what the log's engine and the audit log's have in common.
std::vector<BackupContent> contents(const std::vector<rocksdb::BackupInfo>& events,
                                    const std::vector<rocksdb::BackupInfo>& audits) {
  std::map<std::uint32_t, BackupCompletion> completed;
  for (const auto& audit : audits) {
    const auto completion = decode_backup_completion(audit.app_metadata);
    if (completion) completed[completion->number] = *completion;
  }
  std::vector<BackupContent> whole;
  for (const auto& info : events) {
    const auto record = decode_backup_record(info.app_metadata);
    const auto completion = completed.find(info.backup_id);
    if (!record || completion == completed.end()) continue;
    whole.push_back({info.backup_id, record->taken, record->end, record->chain_head,
                     completion->second.end_max, info.size});
  }
  return whole;
}

template <class Engine>
std::vector<rocksdb::BackupInfo> infos_of(const Engine& engine) {
  std::vector<rocksdb::BackupInfo> infos;
  engine.GetBackupInfo(&infos);
  return infos;
}

// Engines that only read, of a directory that somebody may be writing to.
struct Opened {
  std::unique_ptr<rocksdb::BackupEngineReadOnly> events;
  std::unique_ptr<rocksdb::BackupEngineReadOnly> audit;
};

Result<Opened> open_to_read(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path / kEvents)) {
    return make_error(ErrorCode::kNotFound,
                      path.string() + " holds no backup; name the directory that backup wrote to");
  }
  auto events = open_engine<rocksdb::BackupEngineReadOnly>(path / kEvents);
  if (!events) return events.error();
  auto audit = open_engine<rocksdb::BackupEngineReadOnly>(path / kAudit);
  if (!audit) return audit.error();
  return Opened{std::move(*events), std::move(*audit)};
}

// Of whose files the audit log's backup is.
std::optional<std::uint32_t> audit_number(const Opened& opened, std::uint32_t number) {
  for (const auto& info : infos_of(*opened.audit)) {
    const auto completion = decode_backup_completion(info.app_metadata);
    if (completion && completion->number == number) return info.backup_id;
  }
  return std::nullopt;
}

Result<void> copy_out(const rocksdb::BackupEngineReadOnly& engine, std::uint32_t number,
                      const std::filesystem::path& to) {
  std::error_code failed;
  std::filesystem::create_directories(to, failed);
  if (failed) return backup_error(to, failed.message());
  const auto status = engine.RestoreDBFromBackup(number, to.string(), to.string());
  if (!status.ok()) {
    return make_error(ErrorCode::kInternal, "backup " + std::to_string(number) + " is damaged: " +
                                                status.ToString() +
                                                "; restore an older one with --backup");
  }
  return {};
}

Result<void> fill(const std::filesystem::path& path, const Opened& opened,
                  const BackupContent& content, const std::filesystem::path& staging) {
  rocksdb::BackupInfo info;
  const auto status = opened.events->GetBackupInfo(content.number, &info);
  const auto record = decode_backup_record(info.app_metadata);
  const auto audit = audit_number(opened, content.number);
  if (!status.ok() || !record || !audit) {
    return backup_error(path, "backup " + std::to_string(content.number) + " went meanwhile");
  }
  if (auto done = copy_out(*opened.events, content.number, staging / kEvents); !done) return done;
  if (auto done = copy_out(*opened.audit, *audit, staging / kAudit / "records"); !done) return done;
  if (auto done = write_whole_file(staging / "record.key", record->record_key); !done) return done;
  if (!record->tokens.empty()) {
    if (auto done = write_whole_file(staging / "tokens", record->tokens); !done) return done;
  }
  if (auto done = begin_restored(staging); !done) return done;
  AuditLogOptions options;
  options.directory = staging / kAudit;
  options.restored = true;
  if (auto opened_log = AuditLog::open(options); !opened_log) return opened_log.error();
  // So that an erasure in the restored log names them.
  for (const BackupContent& other : contents(infos_of(*opened.events), infos_of(*opened.audit))) {
    const auto listed = list_backup(
        staging, {other.end_max, other.taken, place_of(path, other.number)});
    if (!listed) return listed;
  }
  return {};
}

bool is_free(const std::filesystem::path& data) {
  std::error_code failed;
  return !std::filesystem::exists(data, failed) ||
         (std::filesystem::is_directory(data, failed) && std::filesystem::is_empty(data, failed));
}

}  // namespace

class BackupDirectory::Impl {
 public:
  Impl(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  ~Impl() { ::close(lock_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> open() {
    auto events = open_engine<rocksdb::BackupEngine>(path_ / kEvents);
    if (!events) return events.error();
    auto audit = open_engine<rocksdb::BackupEngine>(path_ / kAudit);
    if (!audit) return audit.error();
    events_ = std::move(*events);
    audit_ = std::move(*audit);
    return remove_incomplete();
  }
  std::vector<BackupContent> list() const { return contents(infos_of(*events_), infos_of(*audit_)); }

  // What a crash left.
  Result<void> remove_incomplete() {
    const auto whole = list();
    for (const auto& info : infos_of(*events_)) {
      const bool is_whole = std::any_of(whole.begin(), whole.end(), [&](const auto& content) {
        return content.number == info.backup_id;
      });
      if (is_whole) continue;
      const auto status = events_->DeleteBackup(info.backup_id);
      if (!status.ok()) return backup_error(path_, status.ToString());
    }
    return {};
  }

  std::filesystem::path path_;
  int lock_;
  std::unique_ptr<rocksdb::BackupEngine> events_;
  std::unique_ptr<rocksdb::BackupEngine> audit_;
};

BackupDirectory::BackupDirectory(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BackupDirectory::~BackupDirectory() = default;

Result<std::unique_ptr<BackupDirectory>> BackupDirectory::open(const std::filesystem::path& path) {
  std::error_code failed;
  if (std::filesystem::create_directories(path, failed)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
  }
  if (failed) return backup_error(path, failed.message());
  const auto file = path / "lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock < 0) return backup_error(file, "cannot be opened");
  auto impl = std::make_unique<Impl>(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorCode::kInternal, "another backup to " + path.string() +
                                                " is under way; wait until it is done");
  }
  if (auto opened = impl->open(); !opened) return opened.error();
  return std::unique_ptr<BackupDirectory>(new BackupDirectory(std::move(impl)));
}

Result<BackupContent> BackupDirectory::take(const EventLog& log, const AuditLog& audit,
                                            const std::filesystem::path& data, Instant now,
                                            const std::function<bool()>& is_wanted) {
  const LogHead head = log.head();
  const auto key = read_whole_file(data / "record.key");
  if (!key) return key.error();
  if (!*key) return backup_error(data / "record.key", "is gone, and the log needs it");
  const auto tokens = read_whole_file(data / "tokens");
  if (!tokens) return tokens.error();
  const BackupRecord record{now, head.end, head.hash, **key, tokens->value_or("")};
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  std::atomic<bool> ended = is_wanted && !is_wanted();
  options.progress_callback = [&] {
    if (is_wanted && !is_wanted()) ended = true;
    if (ended) impl_->events_->StopBackup();
  };
  const auto end = [] {
    return make_error(ErrorCode::kShuttingDown, "the backup was ended before it was whole");
  };
  if (ended) return end();
  rocksdb::BackupID number = 0;
  const auto copied = impl_->events_->CreateNewBackupWithMetadata(
      options, &log.database().db(), encode_backup_record(record), &number);
  if (ended) return end();
  if (!copied.ok()) return backup_error(impl_->path_, copied.ToString());
  const model::Offset end_max = log.durable().end;
  const auto listed = list_backup(data, {end_max, now, place_of(impl_->path_, number)});
  if (!listed) return listed.error();
  const auto completed = impl_->audit_->CreateNewBackupWithMetadata(
      options, &audit.database().db(), encode_backup_completion({number, end_max}));
  if (!completed.ok()) return backup_error(impl_->path_, completed.ToString());
  return impl_->list().back();
}

Result<void> BackupDirectory::keep_newest(std::uint32_t count, const std::filesystem::path& data) {
  const auto before = impl_->list();
  for (const auto* engine : {&impl_->events_, &impl_->audit_}) {
    const auto purged = (*engine)->PurgeOldBackups(count);
    if (!purged.ok()) return backup_error(impl_->path_, purged.ToString());
  }
  for (std::size_t i = 0; i + count < before.size(); ++i) {
    const auto unlisted = unlist_backup(data, place_of(impl_->path_, before[i].number));
    if (!unlisted) return unlisted;
  }
  return {};
}

Result<std::vector<BackupContent>> list_backups(const std::filesystem::path& path) {
  const auto opened = open_to_read(path);
  if (!opened) return opened.error();
  auto whole = contents(infos_of(*opened->events), infos_of(*opened->audit));
  if (whole.empty()) {
    return make_error(ErrorCode::kNotFound, path.string() + " holds no whole backup");
  }
  return whole;
}

Result<BackupContent> restore_backup(const std::filesystem::path& path, std::uint32_t number,
                                     const std::filesystem::path& data) {
  ::umask(S_IRWXG | S_IRWXO);
  if (!is_free(data)) {
    return make_error(ErrorCode::kInvalidRequest,
                      data.string() + " is not empty; move it away first, and keep it");
  }
  const auto opened = open_to_read(path);
  if (!opened) return opened.error();
  const auto whole = contents(infos_of(*opened->events), infos_of(*opened->audit));
  const auto content = std::find_if(whole.begin(), whole.end(), [&](const BackupContent& one) {
    return one.number == number;
  });
  if (content == whole.end()) {
    return make_error(ErrorCode::kNotFound,
                      path.string() + " holds no whole backup " + std::to_string(number));
  }
  std::filesystem::path staging = data;
  staging += ".restoring";
  std::error_code failed;
  std::filesystem::remove_all(staging, failed);
  std::filesystem::create_directories(staging, failed);
  if (failed) return backup_error(staging, failed.message());
  if (auto filled = fill(path, *opened, *content, staging); !filled) return filled.error();
  if (auto synced = sync_directory(staging); !synced) return synced.error();
  std::filesystem::rename(staging, data, failed);
  if (failed) return backup_error(data, failed.message());
  if (auto synced = sync_directory(std::filesystem::absolute(data).parent_path()); !synced) {
    return synced.error();
  }
  return *content;
}

}  // namespace commonwatch::storage
