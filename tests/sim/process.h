// One run of the hub's rooms, from its start to its end, as hub/app puts them together, but
// stepped: nothing happens unless the simulation asks for it. Its sockets are Lines, its disk is a
// Disk.
//
// Not here: hub/server, hub/app, hub/delivery; the loop of pipeline::Aggregation (when it wakes),
// of which `seal`, `fold` and `retain` are the body; how calibrations are made.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hub/pipeline/live_fold.h"
#include "hub/session/session.h"
#include "hub/storage/log_steps.h"
#include "tests/access/memory_token_file.h"
#include "tests/sim/disk_env.h"
#include "tests/sim/line.h"

namespace commonwatch::sim {

// What a run of the hub stands on; outlives it.
struct Ground {
  std::shared_ptr<Disk> disk;
  DiskEnv& env;
  std::filesystem::path directory;
  const Clock& clock;
  Limits limits;
  model::TickLength tick;
  std::vector<access::Account> accounts;
  // Told of each tick that the log promised to leave alone, and of what was durable then.
  std::function<void(model::Version, storage::DurableState)> sealed;
};

class Process {
 public:
  // kInternal: it could not start.
  static Result<std::unique_ptr<Process>> start(const Ground& ground,
                                                const pipeline::PictureSettings& settings);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Ends as SIGTERM ends it: what was taken is committed, sessions are told, checkpoints written.
  void stop();
  // Ends as it stands: nothing more reaches the disk, or anybody.
  void kill();

  // Somebody of the audience.
  void connect(std::shared_ptr<Line> line, const std::string& audience);
  // Runs what the sessions can do now.
  void poll();
  // What a shard does once a second.
  void check_clock();

  // Steps of the log, the audit log, the indexes, RocksDB.
  bool commit();
  bool commit_audit();
  bool index();
  void keep_house();
  bool run_background();
  // A step of retention or erasure, with what it waits for; false: there is nothing to do, or an
  // epoch is about to begin, whose second fold is to read what the first one read. When a record is
  // erased, the epochs end that it concerns.
  bool rewrite();

  // Asks for the last tick that has passed; false: it was asked for already.
  bool seal();
  // Gives out what was sealed since; false: nothing was.
  bool fold();
  void write_checkpoints();
  // Goes over to other settings, as a reload does, by folds made before or not; false: a record is
  // being erased, or the log failed.
  bool reload(const pipeline::PictureSettings& settings, bool prepared);
  // Whether a record may be erased: none is being, and no epoch is about to begin.
  bool may_alter() const { return !altering_ && !is_epoch_asked(); }
  void erase(const std::string& source, const std::string& record,
             const storage::EventLog::ErasedCallback& erased);
  // A pass of retention, by the time up to which things are shown; nothing: one is under way.
  std::optional<Instant> retain(
      const storage::Retention& retention,
      std::function<void(Instant now, const Result<storage::RetentionPass>&)> reduced);
  // Appends an event of the hub's own.
  void say(std::string payload);

  bool failed() const { return failed_ || log_->failed() || audit_log_->failed(); }
  storage::EventLog& log() { return *log_; }
  storage::AuditLog& audit_log() { return *audit_log_; }
  const pipeline::Channels& channels() const { return *channels_; }
  // The first offset that the channel's fold has not read.
  model::Offset read_to(const pipeline::Channel& channel) const;
  const pipeline::ReplaySources& replay_sources() const { return *replay_sources_; }
  std::size_t sessions() const { return sessions_.size(); }

 private:
  Process(const Ground& ground, std::unique_ptr<storage::AuditLog> audit_log,
          std::unique_ptr<storage::EventLog> log);
  Result<void> begin(const pipeline::PictureSettings& settings);
  void listen(pipeline::Channel& channel);
  void notice(const pipeline::Channel& channel);
  void end_sessions();
  bool is_epoch_asked() const;
  // Runs what blocks until the log answers, on a thread of its own, and the log's steps on this
  // one: one of the two waits for the other at any time.
  template <class Work>
  auto run_blocking(Work work);

  Ground ground_;
  std::unique_ptr<storage::AuditLog> audit_log_;
  std::unique_ptr<storage::EventLog> log_;
  storage::LogSteps steps_{*log_};
  storage::AuditSteps audit_steps_{*audit_log_};
  pipeline::AuditTrail trail_{*audit_log_, ground_.clock, ground_.limits};
  std::unique_ptr<pipeline::Channels> channels_;
  std::unique_ptr<pipeline::ReplaySources> replay_sources_;
  pipeline::Ingest ingest_;
  session::LiveLimits live_limits_{ground_.limits};
  access::MemoryTokenFile tokens_;
  access::Identity identity_{ground_.accounts, {}, tokens_, ground_.limits};
  std::unique_ptr<pipeline::Decisions> decisions_;
  std::unique_ptr<session::Services> services_;
  std::vector<std::unique_ptr<pipeline::LiveFold>> folds_;
  std::unique_ptr<session::SharedSending> shared_;
  boost::asio::io_context context_{1};
  std::set<std::shared_ptr<session::Session>> sessions_;
  std::vector<std::shared_ptr<void>> listening_;
  std::size_t names_ = 0;
  bool ready_ = false;
  bool failed_ = false;
  bool ended_ = false;
  pipeline::PictureSettings settings_;
  bool altering_ = false;
  bool altered_ = false;  // a record was erased, and what is shown still rests on it
  bool retaining_ = false;
  // Of the seal under way: asked for, and answered.
  std::optional<model::Version> asked_;
  std::optional<model::Version> sealed_;
};

}  // namespace commonwatch::sim
