#include "hub/storage/erasure_task.h"

#include <rocksdb/iterator.h>

#include <algorithm>

#include "hub/storage/backup_list.h"
#include "hub/storage/byte_codec.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kChunksMax = 32;
constexpr std::size_t kHubEventsMax = 256;
constexpr std::size_t kBatchBytesMax = 1U << 20U;

}  // namespace

std::string encode_erasing(const Erasing& erasing) {
  std::string value;
  put_little(value, kLogFormat);
  put_little(value, erasing.event.value());
  put_little(value, static_cast<std::uint8_t>(erasing.source.text().size()));
  value.append(erasing.source.text());
  value.append(encode_key(erasing.record));
  put_little(value, erasing.events);
  put_little(value, erasing.rewritten);
  put_little(value, static_cast<std::uint32_t>(erasing.entries.size()));
  for (const model::Offset entry : erasing.entries) put_little(value, entry.value());
  return value;
}

std::optional<Erasing> decode_erasing(std::string_view value) {
  Reader reader(value);
  const auto format = reader.little<std::uint8_t>();
  Erasing erasing;
  erasing.event = model::Offset(reader.little<std::uint64_t>());
  const auto source = model::SourceName::parse(reader.take(reader.little<std::uint8_t>()));
  erasing.record = decode_key(reader.take(kRecordKeyBytes));
  erasing.events = reader.little<std::uint64_t>();
  erasing.rewritten = reader.little<std::uint32_t>();
  const auto entries = reader.little<std::uint32_t>();
  for (std::uint32_t i = 0; i < entries && reader.good(); ++i) {
    erasing.entries.emplace_back(reader.little<std::uint64_t>());
  }
  if (!reader.good() || !reader.at_end() || format != kLogFormat || !source) return std::nullopt;
  if (erasing.rewritten > erasing.entries.size()) return std::nullopt;
  erasing.source = *source;
  return erasing;
}

ErasureTask::ErasureTask(const RewriteParts& parts, EraseRequest request)
    : parts_(parts), request_(std::move(request)) {
  erasing_.source = request_.source;
  erasing_.record = parts_.keys.of(request_.source, request_.record_id);
}

ErasureTask::ErasureTask(const RewriteParts& parts, Erasing begun)
    : parts_(parts), erasing_(std::move(begun)), stage_(Stage::kRewrite) {}

void ErasureTask::refuse(const Error& error) {
  if (request_.erased) request_.erased(error);
}

Result<TaskStep> ErasureTask::step() {
  switch (stage_) {
    case Stage::kScanSource:
      return scan_source();
    case Stage::kScanLinks:
      return scan_links();
    case Stage::kScanHub:
      return scan_hub();
    case Stage::kRewrite:
      return rewrite_some();
    case Stage::kClean:
      return clean();
    case Stage::kSweep:
      break;
  }
  return finish();
}

TaskStep ErasureTask::give_up(const Error& error) {
  refuse(error);
  return TaskStep::kOver;
}

bool ErasureTask::matches(const EntryView& entry) const {
  if (entry.is_whole()) return entry.record_id == request_.record_id;
  return !entry.key.empty() && decode_key(entry.key) == erasing_.record;
}

Result<void> ErasureTask::look_at(model::Offset first) {
  auto chunk = read_stored(parts_.log, first);
  if (!chunk) return chunk.error();
  if (!*chunk || (*chunk)->source() != request_.source.text()) return {};
  scanned_ = std::max(scanned_, (*chunk)->last_sequence());
  for (std::size_t index = 0; index < (*chunk)->size(); ++index) {
    if (!matches((*chunk)->entry(index))) continue;
    const model::Offset offset = (*chunk)->first().plus(index);
    if (own_scanned_ > offset) continue;
    own_scanned_ = offset.next();
    erasing_.entries.push_back(offset);
    ++erasing_.events;
  }
  return {};
}

// Over once it has come to the last event of the source, which nobody but this thread adds to.
TaskStep ErasureTask::scan_source() {
  const Source* const source = parts_.sources.find(request_.source);
  const model::Sequence before = scanned_;
  if (source != nullptr && scanned_ < source->last) {
    auto chunks = parts_.indexes.list_chunks(source->number, scanned_.next(), kChunksMax);
    if (!chunks) return give_up(chunks.error());
    for (const model::Offset first : *chunks) {
      if (auto looked = look_at(first); !looked) return give_up(looked.error());
    }
    if (scanned_ == before) {
      for (const auto& [sequence, first] : source->unindexed) {
        if (sequence <= scanned_) continue;
        if (auto looked = look_at(first); !looked) return give_up(looked.error());
      }
    }
    if (scanned_ == before) return TaskStep::kLater;
    if (scanned_ < source->last) return TaskStep::kMore;
  }
  if (erasing_.entries.empty()) {
    return give_up(make_error(ErrorCode::kNotFound,
                              "the log holds no such record of " + request_.source.text() +
                                  "; check source and record id (nothing was changed)",
                              "record"));
  }
  stage_ = links_scanned_ == model::Offset(0) ? Stage::kScanLinks : Stage::kScanHub;
  return TaskStep::kMore;
}

bool ErasureTask::is_skeleton_of_another(const EntryView& entry) const {
  return entry.form == EntryForm::kSkeleton && decode_key(entry.key) != erasing_.record;
}

std::optional<Skeleton> ErasureTask::unlinked(const EntryView& entry) const {
  if (!is_skeleton_of_another(entry)) return std::nullopt;
  if (entry.skeleton.find(encode_key(erasing_.record)) == entry.skeleton.npos) return std::nullopt;
  auto skeleton = decode_skeleton(entry.skeleton);
  if (!skeleton) return std::nullopt;
  std::size_t unlinked = 0;
  for (Links& links : skeleton->linked) unlinked += std::erase(links.records, erasing_.record);
  std::erase_if(skeleton->linked, [](const Links& links) { return links.records.empty(); });
  return unlinked > 0 ? skeleton : std::nullopt;
}

// Of any source, wherever retention has been.
TaskStep ErasureTask::scan_links() {
  const auto reduced = parts_.rewritten.reduced();
  const model::Offset end = reduced ? reduced->end : model::Offset(0);
  for (std::size_t looked = 0; links_scanned_ < end; ++looked) {
    if (looked == kChunksMax) return TaskStep::kMore;
    auto chunk = read_stored(parts_.log, links_scanned_);
    if (!chunk) return give_up(chunk.error());
    if (!*chunk) break;
    for (std::size_t index = 0; (*chunk)->has_forms() && index < (*chunk)->size(); ++index) {
      if (!unlinked((*chunk)->entry(index))) continue;
      erasing_.entries.push_back((*chunk)->first().plus(index));
    }
    links_scanned_ = (*chunk)->end();
  }
  stage_ = Stage::kScanHub;
  return TaskStep::kMore;
}

TaskStep ErasureTask::scan_hub() {
  // The source may have gone on meanwhile.
  const Source* const source = parts_.sources.find(request_.source);
  if (source != nullptr && scanned_ < source->last) return scan_source();
  const std::unique_ptr<rocksdb::Iterator> at(
      parts_.log.db().NewIterator({}, parts_.log.hub_events()));
  std::size_t looked = 0;
  for (at->Seek(offset_key(hub_scanned_)); at->Valid() && request_.names; at->Next()) {
    if (looked++ == kHubEventsMax) return TaskStep::kMore;
    const auto offset = decode_offset_key({at->key().data(), at->key().size()});
    if (!offset) {
      return give_up(
          make_error(ErrorCode::kInternal, "the list of the hub's own events is not readable"));
    }
    hub_scanned_ = offset->next();
    auto chunk = read_stored(parts_.log, *offset);
    if (!chunk) return give_up(chunk.error());
    if (!*chunk) continue;
    const EntryView entry = (*chunk)->entry_at(*offset);
    if (entry.is_stored() && request_.names(std::string(entry.payload))) {
      erasing_.entries.push_back(*offset);
    }
  }
  if (!at->status().ok()) return give_up(database_error("the log cannot be read", at->status()));
  std::sort(erasing_.entries.begin(), erasing_.entries.end());
  return name_chunks();
}

// In one step, so that nothing of the record can be appended meanwhile.
TaskStep ErasureTask::name_chunks() {
  for (std::uint32_t entry = 0; entry < erasing_.entries.size();) {
    const auto replacement = erase_at(entry);
    if (!replacement) return give_up(replacement.error());
    if (*replacement) named_.push_back((**replacement).name());
  }
  return TaskStep::kEvents;
}

std::vector<Operation> ErasureTask::events() {
  std::vector<Operation> events = name_rewritten(parts_.event, named_);
  events.emplace_back(
      ErasureEvent{request_.make(erasing_.record, erasing_.events), [this](model::Offset event) {
                     erasing_.event = event;
                     parts_.rewritten.set_last_erasure(event);
                     return encode_erasing(erasing_);
                   }});
  stage_ = Stage::kRewrite;
  return events;
}

std::optional<Reduction> ErasureTask::reduction_of(const EntryView& entry) const {
  if (!is_skeleton_of_another(entry)) return Reduction{};
  auto skeleton = unlinked(entry);
  if (!skeleton) return std::nullopt;
  return Reduction{EntryForm::kSkeleton, decode_key(entry.key), *std::move(skeleton)};
}

Result<std::optional<Replacement>> ErasureTask::erase_at(std::uint32_t& entry) const {
  const auto& entries = erasing_.entries;
  auto chunk = read_stored(parts_.log, entries[entry]);
  if (!chunk) return chunk.error();
  if (!*chunk) return make_error(ErrorCode::kInternal, "what is to be erased is gone");
  const model::Offset first = (*chunk)->first();
  auto erased = reduce_chunk(
      **chunk, [&](std::size_t index, const EntryView& one) -> std::optional<Reduction> {
        const bool named = std::binary_search(entries.begin(), entries.end(), first.plus(index));
        return named ? reduction_of(one) : std::nullopt;
      });
  while (entry < entries.size() && entries[entry] < (*chunk)->end()) ++entry;
  if (!erased) return std::optional<Replacement>();
  return std::optional(Replacement{std::move(*chunk), std::move(*erased)});
}

Result<TaskStep> ErasureTask::rewrite_some() {
  // What the follower has not indexed yet would come into the index later, and is read from the
  // backlog as it was.
  if (parts_.backlog.indexed() <= erasing_.event) {
    parts_.backlog.hurry();
    return TaskStep::kLater;
  }
  RewriteBatch batch(parts_);
  std::size_t bytes = 0;
  while (erasing_.rewritten < erasing_.entries.size() && bytes < kBatchBytesMax) {
    auto replacement = erase_at(erasing_.rewritten);
    if (!replacement) return replacement.error();
    if (!*replacement) continue;
    bytes += (**replacement).after.size();
    batch.put_chunk(std::move(**replacement));
  }
  batch.put_setting(kErasingKey, encode_erasing(erasing_));
  if (auto written = batch.write(); !written) return written.error();
  if (erasing_.rewritten == erasing_.entries.size()) stage_ = Stage::kClean;
  return TaskStep::kMore;
}

Result<TaskStep> ErasureTask::clean() {
  if (const auto number = parts_.sources.number(erasing_.source)) {
    if (auto dropped = parts_.indexes.drop_record(*number, erasing_.record, erasing_.event);
        !dropped) {
      return dropped.error();
    }
  }
  if (auto removed = parts_.checkpoints.remove_all(erasing_.event); !removed)
    return removed.error();
  if (auto removed = remove_cut_copies(parts_.directory, Instant::max()); !removed) {
    return removed.error();
  }
  std::vector<OffsetRange> ranges;
  for (const model::Offset entry : erasing_.entries) {
    auto chunk = read_stored(parts_.log, entry);
    if (!chunk) return chunk.error();
    const model::Offset first = (*chunk)->first();
    const bool erased = (*chunk)->entry_at(entry).form == EntryForm::kErased;
    if (erased && !first_erased_) first_erased_ = entry;
    if (ranges.empty() || ranges.back().first != first) ranges.emplace_back(first, first);
  }
  sweep_ =
      std::async(std::launch::async, [&parts = parts_, ranges] { return sweep(parts, ranges); });
  stage_ = Stage::kSweep;
  return TaskStep::kLater;
}

Result<TaskStep> ErasureTask::finish() {
  using namespace std::chrono_literals;
  if (sweep_.wait_for(0s) != std::future_status::ready) return TaskStep::kLater;
  if (auto swept = sweep_.get(); !swept) {
    if (swept.error().code != ErrorCode::kShuttingDown) return swept.error();
    return give_up(swept.error());  // the next start completes it
  }
  RewriteBatch batch(parts_);
  batch.delete_setting(kErasingKey);
  if (auto written = batch.write(); !written) return written.error();
  if (request_.erased) {
    request_.erased(
        Erased{erasing_.event, erasing_.events, backups_holding(parts_.directory, *first_erased_)});
  }
  return TaskStep::kOver;
}

}  // namespace commonwatch::storage
