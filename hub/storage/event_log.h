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
#include "hub/storage/held_head.h"

namespace commonwatch::storage {

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

struct Entry {
  model::Sequence sequence;
  Disposition disposition = Disposition::kStored;
  model::EventKind kind = model::EventKind::kUnspecified;  // kUnspecified: the hub's own
  std::uint32_t revision = 0;
  std::string record_id;
  Instant occurred{};
  model::Cell cell;
  std::string payload;  // empty unless stored
  ErrorCode refusal{};  // with kRejected
};

// The events of one commit of one source.
struct Chunk {
  model::SourceName source;
  model::Offset first;
  Instant recorded{};
  std::vector<Entry> entries;  // offsets first, first + 1, ...

  model::Offset end() const { return first.plus(entries.size()); }
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
  // the older holder's later submissions are refused with kFenced. `acknowledged` above what is
  // durable: kLogRegressed, and the source is held by nobody.
  void open_source(const model::SourceName& source, model::Sequence acknowledged,
                   OpenedCallback opened);
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

  // --- reading -------------------------------------------------------------------------------

  DurableState durable() const;
  LogHead head() const;
  // The chunk that holds `offset`, or the first behind it; nothing at the end of what is durable.
  // kInternal names a chunk whose checksum does not hold.
  Result<std::optional<Chunk>> read(model::Offset offset) const;
  // The first chunk that was recorded at or after `recorded` starts here (or `durable().end`).
  Result<model::Offset> find_recorded(Instant recorded) const;
  // Chunks below `below` with a stored event that occurred in [from, to) and, unless the area is
  // everywhere, whose cell may intersect it: their first offsets, in order, from the index. Holds
  // for every durable event, indexed or not; may name chunks that turn out to hold no match.
  Result<std::vector<model::Offset>> find_occurred(Instant from, Instant to,
                                                   const model::Area& area,
                                                   model::Offset below) const;
  // Whether the entry is its record's latest stored revision, of all that is durable.
  Result<bool> is_latest(const model::SourceName& source, const Entry& entry) const;
  // Every source with a durable event, in order of name.
  std::vector<std::pair<model::SourceName, model::Sequence>> sources() const;
  // The newest event of the hub's own that is a configuration: its offset and payload. The caller
  // says which payloads are.
  Result<std::optional<std::pair<model::Offset, std::string>>> find_last_hub_event(
      const std::function<bool(const std::string& payload)>& matches) const;

  // --- checkpoints ---------------------------------------------------------------------------

  // Written whole and synced before it can be seen; keeps `keep` of each audience: the newest
  // ones, and older ones thinned out evenly in recorded time. Blocks: not on the log thread.
  Result<void> write_checkpoint(const std::string& audience, const Checkpoint& checkpoint,
                                std::size_t keep);
  // The newest one of `epoch` at or before `at`; damaged ones are passed over.
  std::optional<Checkpoint> read_checkpoint(const std::string& audience, model::EngineEpoch epoch,
                                            model::Version at) const;

  // Reads everything: checksums, density of offsets, rising recorded time, contiguous sequences,
  // hashes and chain, the list of the hub's own events, and where on the chain the given heads
  // stand. One that stands nowhere is a fault: what was behind it was rewritten or cut off. Any
  // thread, also while the log is written. Gives up when `is_wanted`, asked now and then, says no.
  VerifyReport verify(const std::vector<HeldHead>& held = {},
                      const std::function<bool()>& is_wanted = {}) const;

  // Makes durable what was submitted, answers everything, stops the thread. Called by the
  // destructor if nobody did.
  void close();

 private:
  class Impl;
  explicit EventLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonwatch::storage
