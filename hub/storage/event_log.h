// The event log: what partners sent, in the order in which it became durable.
//
// One thread writes (the log thread, started by `open`). Everything here may be called from any
// thread; callbacks run on the log thread, must not block, and must not call back into the log
// but for its non-blocking calls (all those that take a callback). What a callback refers to must
// live until it has run. What is asked after `close` began is answered with kShuttingDown, on the
// thread that asks.
//
// A failed write or sync is final: every later call answers kInternal, `failed()` is true, and the
// process has to be restarted. No sync is ever tried again.
//
// The format on disk: docs/LOG_FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/model/area.h"
#include "hub/model/cell.h"
#include "hub/model/event.h"
#include "hub/model/ids.h"
#include "hub/model/record.h"
#include "hub/storage/held_head.h"
#include "hub/storage/rewrite_event.h"

namespace commonwatch::storage {

class LogDatabase;
class RecordKeys;

// What recorded time follows. Fixed when the data directory is created.
enum class ClockMode : std::uint8_t { kWall = 0, kEvents = 1 };

struct LogOptions {
  std::filesystem::path directory;  // created if absent, mode 0700
  ClockMode clock_mode = ClockMode::kWall;
  model::TickLength tick{std::chrono::milliseconds(250)};
  // With ClockMode::kEvents: how far one event may move recorded time beyond the slowest open
  // source.
  Duration step_max = std::chrono::days(1);
  // With ClockMode::kEvents: the hub's own event that is appended when the last open source is
  // closed, so that the remaining tick is given out.
  std::string end_payload;
  RewriteEvent rewrite_event;  // of a log that is reduced, erased from or verified
  Limits limits;
};

// One event of a submission: decoded and validated, or refused with `refusal`.
struct Candidate {
  std::string payload;  // canonical encoding; of a refused one, the bytes as they came
  std::string record_id;
  std::uint32_t revision = 0;
  model::EventKind kind = model::EventKind::kUnspecified;
  Instant occurred{};
  model::Cell cell;  // of model::kLeafLevel; none: no location
  std::optional<Error> refusal;
};

// Proof of holding a source; the next `open_source` of the same source makes it worthless.
struct SourceHandle {
  model::SourceName source;
  std::uint64_t fence = 0;
};

struct SourceOpened {
  SourceHandle handle;
  model::Sequence last;  // consumed and durable
};

struct Rejection {
  model::Sequence sequence;
  Error error;
};

// A submission has become durable.
struct Published {
  model::Sequence last;  // everything up to here is consumed and durable
  std::vector<Rejection> rejections;
  std::uint32_t stored = 0;
  std::uint32_t repeated = 0;  // sequences or records that were there before
  Hash chain_head;
};

// What became of one event.
enum class Disposition : std::uint8_t { kStored = 0, kRepeat = 1, kRejected = 2 };

// What is left of an event.
enum class EntryForm : std::uint8_t {
  kWhole = 0,
  kSkeleton = 1,  // after the partner's `keep_days`: what the fold needs, and no more
  kStub = 2,      // after its `skeleton_days`: which record and revision it was
  kErased = 3,    // by an erasure: that there was one
};

// Records that describe the same incident, as an audience's fold saw it; named as RecordKeys names
// them, at most 255.
struct Links {
  std::string audience;
  std::vector<model::RecordKey> records;
  friend bool operator==(const Links&, const Links&) = default;
};

// What is kept of a stored event when its payload goes, beside its kind, revision and hour. Filled
// in by the caller of `reduce_before`.
struct Skeleton {
  model::Cell cell;  // as coarse as the caller makes it
  std::uint32_t persons = 1;
  std::uint32_t fatal = 0;
  model::LocationKind location = model::LocationKind::kUnspecified;
  bool has_area_code = false;
  std::uint32_t accuracy_m = 0;  // 0: not stated
  std::uint32_t delay_s = 0;     // from occurrence to recording, as coarse as the caller makes it
  std::vector<Links> linked;     // in order of audience, at most 255; empty ones are left out
  friend bool operator==(const Skeleton&, const Skeleton&) = default;
};

// Part of a chunk, whose bytes it refers to. Of a reduced entry, what its form does not keep is
// empty: the payload always, the record id too; `occurred` is the hour.
struct Entry {
  model::Sequence sequence;
  EntryForm form = EntryForm::kWhole;
  Disposition disposition = Disposition::kStored;
  model::EventKind kind = model::EventKind::kUnspecified;  // kUnspecified: the hub's own
  std::uint32_t revision = 0;
  std::string_view record_id;
  Instant occurred{};
  model::Cell cell;
  std::string_view payload;  // empty unless stored
  ErrorCode refusal{};       // with kRejected
  model::RecordKey key;      // of a skeleton or stub: as RecordKeys names the record
  std::shared_ptr<const Skeleton> skeleton;  // of a skeleton

  bool is_whole() const { return form == EntryForm::kWhole; }
  // Stored, and there with all it said.
  bool is_stored() const { return is_whole() && disposition == Disposition::kStored; }
};

// The events of one commit of one source.
struct Chunk {
  model::SourceName source;
  model::Offset first;
  Instant recorded{};
  std::vector<Entry> entries;  // offsets first, first + 1, ...
  // How the log's skeletons name records; nullptr in a log without any. The log's own.
  const RecordKeys* keys = nullptr;
  // Keeps what the entries refer to.
  std::shared_ptr<const void> bytes;

  model::Offset end() const { return first.plus(entries.size()); }
};

// How long events are kept from their recorded time on: whole, then (if that is longer) as a
// skeleton, then as a stub. Days of 24 hours.
struct KeptFor {
  std::uint32_t keep_days = 0;
  std::uint32_t skeleton_days = 0;
};
struct Retention {
  std::map<std::string, KeptFor> partners;
  // Of partners that are not named; nothing: kept whole for ever.
  std::optional<KeptFor> others;

  std::optional<KeptFor> of(std::string_view partner) const;
};

// What a pass of retention did.
struct RetentionPass {
  std::uint64_t skeletons = 0;
  std::uint64_t stubs = 0;
  std::uint64_t chunks = 0;  // rewritten
};

// What an erasure did.
struct Erased {
  model::Offset event;       // of the erasure, an event of the hub's own
  std::uint64_t events = 0;  // that were of the record, below it
  // Of the list of backups, those that still hold it: taken after the first of them was recorded.
  std::vector<std::string> backups;
};

// Up to where retention has reduced anything: every whole event that it took lay below.
struct ReducedUpTo {
  model::Offset end;
  Instant recorded{};
};

// What a reader may see: everything below `end` is durable.
struct DurableState {
  model::Offset end;
  Instant recorded{};  // of the last chunk
};

// The chain behind everything below `end`. An empty log: zeros.
struct LogHead {
  model::Offset end;
  Hash hash;
};

// What `EventLog::open` found and did.
struct OpenReport {
  bool created = false;
  // A torn last record was cut off (a power cut): the log has a new epoch.
  bool tail_cut = false;
  std::string description;  // a sentence for the operator; empty when nothing happened
};

struct VerifyReport {
  std::uint64_t chunks = 0;
  std::uint64_t events = 0;
  Hash chain_head;
  std::vector<std::string> faults;  // each names the file or offset; empty: sound
  std::vector<FoundHead> held;      // of the heads that were given, in their order
  // Chunks that a hub rewrote before the log named those: of their reduced events, the chain covers
  // the hashes and nothing else.
  std::uint64_t unnamed = 0;
  bool given_up = false;            // before the end, because nobody wanted it any more
};

// Engine state on disk, named by the audience and the version it stands at.
struct Checkpoint {
  model::EngineEpoch epoch;
  model::Version version;
  model::Offset next;  // first offset that is not folded in
  std::string state;
};

class EventLog {
 public:
  using OpenedCallback = std::function<void(Result<SourceOpened>)>;
  using OrderedCallback = std::function<void(Result<void>)>;
  using PublishedCallback = std::function<void(Result<Published>)>;
  using SealedCallback = std::function<void(Result<DurableState>)>;
  using DurableListener = std::function<void(DurableState)>;
  // What to keep of an event of a partner, whole and stored. On the log thread; must not block.
  using SkeletonMaker = std::function<Skeleton(const Chunk& chunk, const Entry& entry)>;
  using ReducedCallback = std::function<void(Result<RetentionPass>)>;
  // The payload of the erasure's own event.
  using ErasureMaker =
      std::function<std::string(const model::RecordKey& record, std::uint64_t events)>;
  // Whether an event of the hub's own names the record, and goes with it.
  using NamesRecord = std::function<bool(const std::string& payload)>;
  using ErasedCallback = std::function<void(Result<Erased>)>;

  // Opens or creates. Refuses (kInternal, names the file or offset) a directory that is in use, of
  // another format or clock mode, or damaged other than by a power cut. `clock` outlives the log.
  static Result<std::unique_ptr<EventLog>> open(const LogOptions& options, const Clock& clock);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  const OpenReport& open_report() const;
  model::LogEpoch epoch() const;
  ClockMode clock_mode() const;
  bool failed() const;

  // --- writing -------------------------------------------------------------------------------

  // Takes hold of the source. Answered when everything that an older holder submitted is durable;
  // the older holder's later submissions are refused with kFenced. `only_if_free`: kSourceBusy, and
  // an older holder keeps it. `acknowledged` above what is durable: kLogRegressed, nobody holds it.
  void open_source(const model::SourceName& source, model::Sequence acknowledged,
                   OpenedCallback opened, bool only_if_free = false);
  // Lets go, if the handle is still worth anything.
  void close_source(const SourceHandle& handle);
  // The position of a source that may be held by anybody; 0 if it is unknown. Durable.
  model::Sequence last_sequence(const model::SourceName& source) const;
  bool is_open(const model::SourceName& source) const;

  // Appends events first, first + 1, ... `ordered` is called once, as soon as their place in the
  // log is fixed or the submission is refused as a whole (kFenced, kSequenceGap, kNoSpace,
  // kRateLimited: too much is queued, kShuttingDown, kInternal); then `published` is called once,
  // when they are durable, or not at all if `ordered` got an error. Callbacks of one source come in
  // the order of submission. Sequences that were consumed before are repeats (same content) or
  // rejected with kConflict.
  void submit(const SourceHandle& handle, model::Sequence first, std::vector<Candidate> events,
              OrderedCallback ordered, PublishedCallback published);
  // Appends an event of the hub's own (source SourceName::hub()) and calls back when it is durable.
  void append_hub_event(std::string payload, PublishedCallback published);

  // Wall clock: promises that no chunk will be stamped at or before `tick`, also after a crash, and
  // calls back when every chunk that is, is durable. With ClockMode::kEvents: calls back with what
  // is durable, and promises the same only while events are held back (`hold_at`).
  void seal(Instant tick, SealedCallback sealed);
  // ClockMode::kEvents: events that would move recorded time to `barrier` or beyond wait, until a
  // later call moves the barrier; the hub's own events are appended all the same. Until the first
  // call nothing waits.
  void hold_at(Instant barrier);
  // Where the first event that waits for the barrier would move recorded time; nothing waits:
  // nothing. The durable listener is called when something begins to wait.
  std::optional<Instant> waiting_for() const;
  // What recorded time would be now: never ahead of what may be stamped, never goes back.
  Instant recorded_now() const;

  // Bytes of submissions that are not yet durable, and whether the log takes more right now (not
  // stalled, room on the disk). A log that takes no more still answers; give no new credit.
  std::size_t queued_bytes() const;
  bool accepts() const;

  // Called on the log thread after every commit from now on. Set once.
  void set_durable_listener(DurableListener listener);

  // --- retention and erasure -----------------------------------------------------------------
  // Both rewrite chunks in the background, a few at a time, when nothing waits to be appended and
  // what was there when they were asked is indexed; the chain holds. One after the other, in the
  // order of asking. What goes is then compacted out of every file of `events/`, before the
  // callback, which runs on the log thread. Refused with kShuttingDown when the log is closed
  // meanwhile; what was begun goes on with the next start (an erasure) or the next pass
  // (retention).

  // Reduces what was recorded so long before `now`. The hub's own events stay. A repeat or a
  // rejection becomes a stub where an event becomes a skeleton. A record that came whole again
  // under a revision that is reduced is a repeat, whatever it says: its content is not known any
  // more. Copies in `cut/` older than the shortest `keep_days` are removed. Answered with
  // kConflict, and nothing reduced, if anything was erased from `clean_below` on: `make` may name
  // it.
  void reduce_before(Retention retention, Instant now, model::Offset clean_below,
                     SkeletonMaker make, ReducedCallback reduced);
  std::optional<ReducedUpTo> reduced() const;

  // Erases every entry of the record, of whatever form: payload, salt, skeleton and key go, the
  // hash stays; skeletons of others are not linked to it any more; the record leaves the indexes;
  // every checkpoint and every copy in `cut/` goes. The erasure's event comes first, and is
  // completed at the next start after a crash. kNotFound: the log holds nothing of that record.
  // kInvalidRequest: the id is empty. What the source reports under this record id later is a
  // record of its own.
  void erase(const model::SourceName& source, std::string record_id, ErasureMaker make,
             NamesRecord names, ErasedCallback erased);
  // The offset of the last erasure's event.
  std::optional<model::Offset> last_erasure() const;

  // --- reading -------------------------------------------------------------------------------

  DurableState durable() const;
  LogHead head() const;
  // The chunk that holds `offset`, or the first behind it; nothing at the end of what is durable.
  // kInternal names a chunk whose checksum does not hold.
  Result<std::optional<Chunk>> read(model::Offset offset) const;
  // The first chunk that was recorded at or after `recorded` starts here (or `durable().end`).
  Result<model::Offset> find_recorded(Instant recorded) const;
  // Of the chunks that begin in [begin, end), with a stored event of [from, to) whose cell may
  // intersect the area: the lowest `count_max` first offsets, in order. Reads the index of those
  // hours; holds for every durable event; may name chunks that turn out to hold no match.
  Result<std::vector<model::Offset>> find_occurred(Instant from, Instant to,
                                                   const model::Area& area, model::Offset begin,
                                                   model::Offset end, std::size_t count_max) const;
  // Whether the whole entry is its record's latest stored revision, of all that is durable.
  Result<bool> is_latest(const model::SourceName& source, const Entry& entry) const;
  // How records are named where their own names may not stand. The log's own.
  const RecordKeys& record_keys() const;
  // Every source with a durable event, in order of name.
  std::vector<std::pair<model::SourceName, model::Sequence>> sources() const;
  // The newest event of the hub's own that matches, of those below an offset: its own and payload.
  Result<std::optional<std::pair<model::Offset, std::string>>> find_last_hub_event(
      const std::function<bool(const std::string& payload)>& matches,
      std::optional<model::Offset> below = std::nullopt) const;

  // --- checkpoints ---------------------------------------------------------------------------

  // Written whole and synced before it can be seen; keeps `keep` of each audience: the newest
  // ones, and older ones thinned out evenly in recorded time. Nothing is written if a record was
  // erased at or behind `clean_below`: the state may rest on it still. kInvalidRequest: the
  // audience's name cannot be that of a folder. Blocks: not on the log thread.
  Result<void> write_checkpoint(const std::string& audience, const Checkpoint& checkpoint,
                                model::Offset clean_below, std::size_t keep);
  // The newest one of `epoch` at or before `at`; damaged ones are passed over.
  std::optional<Checkpoint> read_checkpoint(const std::string& audience, model::EngineEpoch epoch,
                                            model::Version at) const;

  // Reads everything: checksums, density of offsets, rising recorded time, contiguous sequences,
  // hashes and chain, that what was rewritten is as the log says, the list of the hub's own events,
  // and where on the chain the given heads stand. One that stands nowhere is a fault: what was
  // behind it was rewritten or cut off. Gives up when `is_wanted`, asked now and then, says no.
  VerifyReport verify(const std::vector<HeldHead>& held = {},
                      const std::function<bool()>& is_wanted = {}) const;

  // Retention and erasure end, with kShuttingDown; the next `open` completes an erasure that began.
  void end_rewriting();
  // Makes durable what was submitted, answers everything, stops the thread; as the destructor does.
  void close();

 private:
  friend class BackupDirectory;
  friend class LogSteps;
  const LogDatabase& database() const;

  class Impl;
  explicit EventLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonwatch::storage
