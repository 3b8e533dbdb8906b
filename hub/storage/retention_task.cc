#include "hub/storage/retention_task.h"

#include <algorithm>

#include "hub/storage/byte_codec.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kChunksMax = 256;
constexpr std::size_t kBatchBytesMax = 1U << 20U;
// More is for ever, as far as a log goes, and times can be added to it.
constexpr std::uint32_t kDaysMax = 36'500;
// A pass wrote, and what it overwrote may not be out of the files yet.
constexpr const char* kSweepKey = "sweep";

std::string encode_progress(model::Sequence reduced, model::Sequence stubs) {
  std::string value;
  put_little(value, kLogFormat);
  put_little(value, reduced.value());
  put_little(value, stubs.value());
  return value;
}

}  // namespace

std::string encode_reduced(const ReducedUpTo& reduced) {
  std::string value;
  put_little(value, kLogFormat);
  put_little(value, reduced.end.value());
  put_little(value, to_micros(reduced.recorded));
  return value;
}

std::optional<ReducedUpTo> decode_reduced(std::string_view value) {
  Reader reader(value);
  const auto format = reader.little<std::uint8_t>();
  ReducedUpTo reduced;
  reduced.end = model::Offset(reader.little<std::uint64_t>());
  reduced.recorded = instant_from_micros(reader.little<std::int64_t>());
  if (!reader.good() || !reader.at_end() || format != kLogFormat) return std::nullopt;
  return reduced;
}

RetentionTask::RetentionTask(const RewriteParts& parts, ReduceRequest request)
    : parts_(parts), request_(std::move(request)) {
  for (const auto& [name, last] : parts_.sources.durable_sources()) {
    if (name != model::SourceName::hub()) sources_.push_back(name);
  }
  const auto pending = read_setting(parts_.log, kSweepKey);
  sweep_all_ = !pending || pending->has_value();
}

Result<TaskStep> RetentionTask::step() {
  const auto erasure = parts_.rewritten.last_erasure();
  if (erasure && *erasure >= request_.clean_below) {
    return give_up(make_error(ErrorCode::kConflict,
                              "a record was erased since the pass was asked for; the next one "
                              "reduces what this one would have"));
  }
  if (stage_ == Stage::kSweep) return finish();
  if (at_ == sources_.size()) {
    const auto step = begin_sweep();
    return step == TaskStep::kMore ? finish() : step;
  }
  if (prepared_) return write_prepared();
  if (begun_) return prepare_some();
  begin_source();
  return TaskStep::kMore;
}

TaskStep RetentionTask::give_up(const Error& error) {
  request_.reduced(error);
  stage_ = Stage::kOver;
  return TaskStep::kOver;
}

TaskStep RetentionTask::begin_sweep() {
  stage_ = Stage::kSweep;
  std::vector<OffsetRange> ranges;
  for (const auto& [source, range] : ranges_) ranges.push_back(range);
  const auto reduced = parts_.rewritten.reduced();
  if (sweep_all_ && reduced) ranges = {{model::Offset(0), reduced->end}};
  if (ranges.empty()) return TaskStep::kMore;
  sweep_ =
      std::async(std::launch::async, [&parts = parts_, ranges] { return sweep(parts, ranges); });
  return TaskStep::kLater;
}

void RetentionTask::begin_source() {
  const model::SourceName& name = sources_[at_];
  const auto kept = request_.retention.of(name.partner());
  const auto number = parts_.sources.number(name);
  if (!kept || !number) {
    ++at_;
    return;
  }
  progress_ = {};
  // Without it the source is looked through from its beginning, which changes nothing twice.
  const auto value = read_setting(parts_.log, kReductionPrefix + name.text());
  if (value && *value) {
    Reader reader(**value);
    reader.little<std::uint8_t>();
    progress_.reduced = model::Sequence(reader.little<std::uint64_t>());
    progress_.stubs = model::Sequence(reader.little<std::uint64_t>());
  }
  kept_ = {std::min(kept->keep_days, kDaysMax), std::min(kept->skeleton_days, kDaysMax)};
  number_ = *number;
  stage_ = Stage::kReduce;
  begun_ = true;
}

bool RetentionTask::is_due(Instant recorded) const {
  const auto days =
      stage_ == Stage::kReduce ? kept_.keep_days : std::max(kept_.keep_days, kept_.skeleton_days);
  return recorded + std::chrono::days(days) < request_.now;
}

Reduction RetentionTask::reduction_of(const Chunk& chunk, std::size_t index,
                                      const EntryView& entry) {
  Reduction reduction;
  reduction.form = EntryForm::kStub;
  if (!entry.key.empty()) reduction.key = decode_key(entry.key);
  if (entry.is_whole() && entry.disposition == Disposition::kStored) {
    reduction.key = parts_.keys.of(chunk.source, entry.record_id);
    const auto skeleton_days = std::chrono::days(kept_.skeleton_days);
    if (kept_.skeleton_days > kept_.keep_days && chunk.recorded + skeleton_days >= request_.now) {
      reduction.form = EntryForm::kSkeleton;
      reduction.skeleton = request_.make(chunk, chunk.entries[index]);
    }
  }
  ++(reduction.form == EntryForm::kSkeleton ? pass_.skeletons : pass_.stubs);
  return reduction;
}

Result<std::optional<std::string>> RetentionTask::rewrite(const SharedChunk& chunk) {
  auto shown = to_chunk(chunk, &parts_.keys);
  if (!shown) return shown.error();
  const auto reduce = [&](std::size_t index, const EntryView& entry) -> std::optional<Reduction> {
    const bool due =
        stage_ == Stage::kReduce ? entry.is_whole() : entry.form == EntryForm::kSkeleton;
    if (!due) return std::nullopt;
    return reduction_of(*shown, index, entry);
  };
  try {
    return reduce_chunk(*chunk, reduce);
  } catch (const Failure& failure) {
    return failure.error();
  }
}

void RetentionTask::note(const StoredChunk& chunk) {
  ++pass_.chunks;
  const auto [range, fresh] =
      ranges_.try_emplace(sources_[at_].text(), chunk.first(), chunk.first());
  if (!fresh) {
    range->second.first = std::min(range->second.first, chunk.first());
    range->second.second = std::max(range->second.second, chunk.first());
  }
  if (!reduced_ || reduced_->end < chunk.end()) reduced_ = {chunk.end(), chunk.recorded()};
}

void RetentionTask::next_stage() {
  if (stage_ == Stage::kReduce) {
    stage_ = Stage::kStub;
    return;
  }
  begun_ = false;
  ++at_;
}

Result<TaskStep> RetentionTask::prepare_some() {
  model::Sequence& done = stage_ == Stage::kReduce ? progress_.reduced : progress_.stubs;
  const model::Sequence before = done;
  const bool ahead = stage_ == Stage::kStub && done >= progress_.reduced;
  auto chunks = parts_.indexes.list_chunks(number_, done.next(), kChunksMax);
  if (!chunks) return give_up(chunks.error());
  Prepared prepared;
  prepared.is_last = ahead || chunks->empty();
  std::size_t bytes = 0;
  for (const model::Offset first : *chunks) {
    if (prepared.is_last || bytes >= kBatchBytesMax) break;
    auto chunk = read_stored(parts_.log, first);
    if (!chunk) return give_up(chunk.error());
    prepared.is_last =
        !*chunk || (*chunk)->last_sequence() <= done || !is_due((*chunk)->recorded());
    if (prepared.is_last) break;
    auto rewritten = rewrite(*chunk);
    if (!rewritten) return give_up(rewritten.error());
    done = (*chunk)->last_sequence();
    if (!*rewritten) continue;
    note(**chunk);
    bytes += (**rewritten).size();
    prepared.replacements.push_back({std::move(*chunk), std::move(**rewritten)});
  }
  if (done == before) {
    if (prepared.is_last) next_stage();
    return TaskStep::kMore;
  }
  prepared_ = std::move(prepared);
  return prepared_->replacements.empty() ? TaskStep::kMore : TaskStep::kEvents;
}

std::vector<Operation> RetentionTask::events() {
  std::vector<RewrittenChunk> chunks;
  for (const Replacement& one : prepared_->replacements) chunks.push_back(one.name());
  return name_rewritten(parts_.event, chunks);
}

Result<TaskStep> RetentionTask::write_prepared() {
  RewriteBatch batch(parts_);
  batch.put_setting(kReductionPrefix + sources_[at_].text(),
                    encode_progress(progress_.reduced, progress_.stubs));
  if (!prepared_->replacements.empty()) {
    batch.put_setting(kSweepKey, encode_number(1));
    const auto known = parts_.rewritten.reduced();
    const ReducedUpTo up_to = known && known->end > reduced_->end ? *known : *reduced_;
    batch.put_setting(kReducedKey, encode_reduced(up_to));
    // Before a reader can meet what is reduced.
    parts_.rewritten.set_reduced(up_to);
  }
  for (Replacement& one : prepared_->replacements) batch.put_chunk(std::move(one));
  if (auto written = batch.write(); !written) return written.error();
  if (prepared_->is_last) next_stage();
  prepared_.reset();
  return TaskStep::kMore;
}

Result<TaskStep> RetentionTask::finish() {
  using namespace std::chrono_literals;
  if (sweep_.valid()) {
    if (sweep_.wait_for(0s) != std::future_status::ready) return TaskStep::kLater;
    if (auto swept = sweep_.get(); !swept) return give_up(swept.error());
    RewriteBatch batch(parts_);
    batch.delete_setting(kSweepKey);
    if (auto written = batch.write(); !written) return written.error();
  }
  std::optional<std::uint32_t> days;
  if (request_.retention.others) days = request_.retention.others->keep_days;
  for (const auto& [partner, kept] : request_.retention.partners) {
    days = std::min(days.value_or(kept.keep_days), kept.keep_days);
  }
  if (days) {
    const Instant before = request_.now - std::chrono::days(std::min(*days, kDaysMax));
    if (auto removed = remove_cut_copies(parts_.directory, before); !removed) {
      return give_up(removed.error());
    }
  }
  // A fold that went on from before would meet what its state was not made from.
  if (reduced_) parts_.checkpoints.remove_before(reduced_->end);
  request_.reduced(pass_);
  stage_ = Stage::kOver;
  return TaskStep::kOver;
}

std::optional<KeptFor> Retention::of(std::string_view partner) const {
  const auto named = partners.find(std::string(partner));
  return named == partners.end() ? others : std::optional(named->second);
}

}  // namespace commonwatch::storage
