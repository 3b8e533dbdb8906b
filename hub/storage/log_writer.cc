#include "hub/storage/log_writer.h"

#include <rocksdb/file_system.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// The follower may lag this far; then the log waits for it.
constexpr std::size_t kBacklogEventsMax = 1'000'000;
// A tick further ahead than this is a mistake of the caller.
constexpr Duration kSealAheadMax = std::chrono::minutes(1);
constexpr std::size_t kProtectionBytesPerKey = 8;
constexpr std::size_t kChunkBytesFixed = 200;
constexpr std::size_t kEntryBytesFixed = 48;

}  // namespace

LogWriter::LogWriter(const WriterParts& parts, bool ended)
    : parts_(parts),
      rewrite_parts_{parts.options.directory, parts.log,         parts.indexes,
                     parts.backlog,           parts.sources,     parts.keys,
                     parts.rewritten,         parts.checkpoints, parts.options.rewrite_event,
                     rewriting_ended_},
      ordering_(parts.log, parts.indexes, parts.backlog),
      end_(parts.durable.state().end),
      chain_head_(parts.durable.chain_head()),
      ended_(ended) {
  keep_house();
}

LogWriter::~LogWriter() = default;

void LogWriter::commit_once(std::vector<Operation>& group, const std::function<void()>& settled) {
  if (!failed()) {
    parts_.backlog.wait_until_below(kBacklogEventsMax);
    if (const auto failure = parts_.backlog.failure()) fail(*failure);
    ordering_.forget_indexed();
  }
  for (Operation& operation : group) {
    if (failed()) {
      refuse(operation, failure_);
    } else {
      order_unless_held(operation);
    }
  }
  if (!failed()) {
    auto written = parts_.indexes.check();
    if (written) written = write_group();
    if (!written) {
      fail(written.error());
    } else {
      announce();
    }
  }
  settled();
  const std::optional<Error> failure = failed() ? std::optional(failure_) : std::nullopt;
  if (failure) {
    for (Operation& operation : barrier_.take_held()) refuse(operation, *failure);
    refuse_tasks(*failure);
  }
  const std::vector<Answer> answers = std::move(answers_);
  answers_.clear();
  for (const Answer& answer : answers) answer(failure);
  if (!failure && (!chunks_.empty() || barrier_.wanted())) {
    const std::lock_guard lock(listener_mutex_);
    if (listener_) listener_(parts_.durable.state());
  }
  chunks_.clear();
  touched_.clear();
  settings_.clear();
  sealed_ = false;
  events_ceiling_.reset();
}

void LogWriter::order_unless_held(Operation& operation) {
  const bool follows_events = parts_.time.mode() == ClockMode::kEvents;
  if (follows_events && barrier_.holds(operation, parts_.time.events(), parts_.sources)) return;
  std::visit([this](auto& asked) { order(asked); }, operation);
}

void LogWriter::order(HoldRequest& request) {
  for (Operation& operation : barrier_.move_to(request.barrier)) order_unless_held(operation);
}

std::optional<Error> LogWriter::refusal_of(const Submission& submission,
                                           const Source* source) const {
  if (submission.refused) return submission.refused;
  const std::string& name = submission.handle.source.text();
  if (source == nullptr || !source->open || source->fence != submission.handle.fence) {
    return make_error(ErrorCode::kFenced, name +
                                              " was opened by somebody else, or was closed; "
                                              "open it again to go on");
  }
  if (!has_room()) {
    return make_error(ErrorCode::kNoSpace,
                      "the hub has no room for events at the moment; send again later");
  }
  const model::Sequence expected = source->last.next();
  if (submission.first > expected || submission.first.value() == 0) {
    return make_error(ErrorCode::kSequenceGap,
                      name + " sent sequence " + std::to_string(submission.first.value()) +
                          ", expected is " + std::to_string(expected.value()) +
                          "; nothing was consumed; send from there",
                      "first_sequence");
  }
  return std::nullopt;
}

void LogWriter::order(Submission& submission) {
  Source* const source = parts_.sources.find(submission.handle.source);
  if (const auto refusal = refusal_of(submission, source)) {
    submission.ordered(*refusal);
    return;
  }
  const std::size_t consumed_before = std::min<std::size_t>(
      submission.events.size(), source->last.next().value() - submission.first.value());
  while (!source->unindexed.empty() &&
         source->unindexed.front().second < parts_.backlog.indexed()) {
    source->unindexed.pop_front();
  }
  Published published;
  if (auto compared = ordering_.compare_consumed(*source, submission, consumed_before, published);
      !compared) {
    submission.ordered(compared.error());
    return;
  }
  auto verdicts = ordering_.judge_new(*source, submission, consumed_before, end_);
  if (!verdicts) {
    submission.ordered(verdicts.error());
    return;
  }
  append_new(*source, submission, consumed_before, *verdicts, published);
  submission.ordered({});
  published.last = source->last;
  published.chain_head = chain_head_;
  answers_.push_back([published = std::move(published),
                      answer = std::move(submission.published)](const auto& failure) mutable {
    if (failure) {
      answer(*failure);
    } else {
      answer(std::move(published));
    }
  });
}

void LogWriter::append_new(Source& source, const Submission& submission, std::size_t from,
                           std::vector<Verdict>& verdicts, Published& published) {
  if (verdicts.empty()) return;
  std::size_t bytes = kChunkBytesFixed;
  for (std::size_t index = from; index < submission.events.size(); ++index) {
    const Candidate& event = submission.events[index];
    bytes += kEntryBytesFixed + event.payload.size() + event.record_id.size();
  }
  const auto begin_chunk = [&](std::size_t index) {
    return ChunkEncoder(source.name.text(), end_, submission.first.plus(index), bytes);
  };
  const bool follows_events = parts_.time.mode() == ClockMode::kEvents;
  EventsRecordedClock& clock = parts_.time.events();
  ChunkEncoder encoder = begin_chunk(from);
  for (std::size_t index = from; index < submission.events.size(); ++index) {
    const Candidate& event = submission.events[index];
    Verdict& verdict = verdicts[index - from];
    const Instant before = clock.next();
    if (follows_events && verdict.disposition == Disposition::kStored) {
      clock.observe(source.number, event.kind, event.occurred);
    }
    const bool next_tick = follows_events && clock.tick_of(clock.next()) != clock.tick_of(before);
    if (encoder.size() > 0 &&
        (next_tick || encoder.size() >= parts_.options.limits.batch_events_max)) {
      if (follows_events) clock.stamp(before);
      close_chunk(source, encoder, follows_events ? parts_.time.show(before) : parts_.time.stamp());
      encoder = begin_chunk(index);
    }
    encoder.add(verdict.disposition, event, verdict.refusal ? &*verdict.refusal : nullptr,
                std::string_view(submission.salts).substr(index * kSaltBytes, kSaltBytes),
                std::string_view(submission.hashes).substr(index * kHashBytes, kHashBytes));
    published.stored += verdict.disposition == Disposition::kStored ? 1U : 0U;
    published.repeated += verdict.disposition == Disposition::kRepeat ? 1U : 0U;
    if (verdict.refusal) {
      published.rejections.push_back({submission.first.plus(index), *verdict.refusal});
    }
  }
  close_chunk(source, encoder, parts_.time.stamp());
}

void LogWriter::close_chunk(Source& source, ChunkEncoder& encoder, Instant recorded) {
  const SharedChunk chunk = encoder.finish(recorded, chain_head_);
  end_ = chunk->end();
  source.last = chunk->last_sequence();
  ended_ = false;
  ordering_.remember(source, chunk);
  chunks_.push_back({source.number, chunk});
  if (std::find(touched_.begin(), touched_.end(), &source) == touched_.end()) {
    touched_.push_back(&source);
  }
}

void LogWriter::order(HubAppend& append) {
  const bool behind_end = ended_ && end_.value() > 0;
  append_hub_payload(std::move(append.payload), false);
  Published published;
  published.last = chunks_.back().chunk->last_sequence();
  published.stored = 1;
  published.chain_head = chain_head_;
  // Nobody else would move time beyond its tick.
  if (parts_.time.mode() == ClockMode::kEvents && behind_end) {
    append_hub_payload(parts_.options.end_payload, true);
  }
  answers_.push_back([published = std::move(published),
                      answer = std::move(append.published)](const auto& failure) {
    if (failure) {
      answer(*failure);
    } else {
      answer(published);
    }
  });
}

void LogWriter::append_hub_payload(std::string payload, bool is_end) {
  Source& source = parts_.sources.find_or_add(model::SourceName::hub());
  Candidate candidate;
  candidate.payload = std::move(payload);
  std::vector<Candidate> events;
  events.push_back(std::move(candidate));
  const Submission one =
      prepare_submission(parts_.keys, {source.name, 0}, source.last.next(), std::move(events));
  ChunkEncoder encoder(source.name.text(), end_, one.first,
                       kChunkBytesFixed + one.events.front().payload.size());
  encoder.add(Disposition::kStored, one.events.front(), nullptr, one.salts, one.hashes);
  const Instant recorded =
      is_end ? parts_.time.show(parts_.time.events().stamp_end()) : parts_.time.stamp();
  close_chunk(source, encoder, recorded);
  ended_ = is_end;
}

void LogWriter::order(SealRequest& request) {
  if (parts_.time.mode() == ClockMode::kWall) {
    if (request.tick > parts_.time.now() + kSealAheadMax) {
      request.sealed(make_error(ErrorCode::kInvalidRequest,
                                "a tick more than a minute ahead cannot be sealed; ask later"));
      return;
    }
    parts_.time.wall().seal(request.tick);
    parts_.time.show(request.tick);
    sealed_ = true;
  } else if (barrier_.wanted() && request.tick > parts_.time.events().last()) {
    parts_.time.events().seal(request.tick);
    events_ceiling_ = request.tick;
  }
  answers_.push_back([this, answer = std::move(request.sealed)](const auto& failure) {
    if (failure) {
      answer(*failure);
    } else {
      answer(parts_.durable.state());
    }
  });
}

Result<void> LogWriter::write_group() {
  const auto ceiling = !chunks_.empty() || sealed_
                           ? parts_.time.ceiling_due(/*must=*/chunks_.empty())
                           : std::nullopt;
  if (chunks_.empty() && !ceiling && !events_ceiling_) return {};
  std::size_t bytes = kChunkBytesFixed;
  for (const NumberedChunk& numbered : chunks_) {
    bytes += numbered.chunk->value().size() + kEntryBytesFixed;
  }
  rocksdb::WriteBatch batch(bytes, 0, kProtectionBytesPerKey, 0);
  LogDatabase& log = parts_.log;
  const model::SourceName hub = model::SourceName::hub();
  for (const NumberedChunk& numbered : chunks_) {
    const std::string key = offset_key(numbered.chunk->first());
    batch.Put(log.chunks(), key, numbered.chunk->value());
    if (numbered.chunk->source() == hub.text()) batch.Put(log.hub_events(), key, encode_presence());
  }
  for (const Source* one : touched_) {
    batch.Put(log.sources(), one->name.text(), encode_source_state({one->number, one->last}));
  }
  for (const auto& [key, value] : settings_) batch.Put(log.meta(), key, value);
  if (const auto promised = ceiling ? ceiling : events_ceiling_) {
    batch.Put(log.meta(), kCeilingKey,
              encode_number(static_cast<std::uint64_t>(to_micros(*promised))));
  }
  if (auto written = write_synced(batch); !written) return written;
  if (ceiling) parts_.time.wall().raise(*ceiling);
  return {};
}

Result<void> LogWriter::write_synced(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = parts_.log.db().Write(options, &batch);
  if (!status.ok()) return database_error("the log cannot be written", status);
  return {};
}

void LogWriter::announce() {
  if (chunks_.empty()) return;
  watermark_behind_ = true;
  parts_.backlog.append(chunks_);
  parts_.durable.set({end_, chunks_.back().chunk->recorded()}, chain_head_);
  for (const Source* source : touched_) parts_.sources.set_durable(*source);
  if (auto noted = parts_.watermark.note(watermark()); !noted) fail(noted.error());
}

Watermark LogWriter::watermark() const {
  Watermark mark;
  mark.epoch = parts_.epoch;
  mark.end = end_;
  mark.chain_head_prefix = chain_head_.substr(0, kChainHeadPrefixBytes);
  std::unique_ptr<rocksdb::LogFile> wal;
  if (parts_.log.db().GetCurrentWalFile(&wal).ok() && wal) {
    mark.wal_number = wal->LogNumber();
    mark.wal_bytes = wal->SizeFileBytes();
  }
  return mark;
}

void LogWriter::keep_house() {
  has_room_ = storage::has_room(parts_.log.db(), parts_.options.limits.disk_free_bytes_min);
  if (failed() || !watermark_behind_) return;
  if (auto synced = parts_.watermark.sync(watermark()); !synced) {
    fail(synced.error());
  } else {
    watermark_behind_ = false;
  }
}

void LogWriter::finish() {
  const Error shutting_down = make_error(
      ErrorCode::kShuttingDown, "the log is being closed; send again when the hub is back");
  for (Operation& operation : barrier_.take_held()) refuse(operation, shutting_down);
  refuse_tasks(shutting_down);
  if (failed()) return;
  if (parts_.time.mode() == ClockMode::kWall) {
    const Instant ceiling = parts_.time.wall().floor();
    rocksdb::WriteBatch batch(0, 0, kProtectionBytesPerKey, 0);
    batch.Put(parts_.log.meta(), kCeilingKey,
              encode_number(static_cast<std::uint64_t>(to_micros(ceiling))));
    if (auto written = write_synced(batch); !written) return fail(written.error());
  }
  if (auto synced = parts_.watermark.sync(watermark()); !synced) fail(synced.error());
}

void LogWriter::fail(const Error& error) {
  if (failed()) return;
  failure_ = make_error(ErrorCode::kInternal,
                        "the log takes nothing more until the hub is restarted: " + error.message);
  failed_ = true;
}

}  // namespace commonwatch::storage
