#include "hub/storage/ordering.h"

#include <algorithm>

#include "hub/storage/record_keys.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kReadBeforeMax = 8;

std::uint64_t hash_of(const Source& source, const Candidate& candidate) {
  return revision_hash(record_hash(source.number, candidate.record_id), candidate.revision);
}

Error conflict(const Source& source, model::Sequence sequence) {
  return make_error(ErrorCode::kConflict,
                    source.name.text() + " sent sequence " + std::to_string(sequence.value()) +
                        " before with other content; the first one stands; number new events "
                        "onwards from the last acknowledged sequence",
                    "sequence");
}

Error revision_conflict(const Candidate& candidate) {
  return make_error(ErrorCode::kRevisionConflict,
                    "revision " + std::to_string(candidate.revision) +
                        " of this record came before with other content; the first one stands; "
                        "send the correction with a higher revision",
                    "revision");
}

Error first_refusal(const EntryView& entry) {
  if (!entry.is_whole()) {
    return make_error(entry.refusal, "it was refused when it came; why is not kept any more");
  }
  return make_error(entry.refusal, std::string(entry.refusal_message),
                    std::string(entry.refusal_field));
}

// The entry stands for this record and this revision of it.
bool is_of(const EntryView& entry, const Submission& submission, std::size_t index) {
  const Candidate& candidate = submission.events[index];
  if (!entry.is_of_record() || entry.revision != candidate.revision) return false;
  return entry.is_whole() ? entry.record_id == candidate.record_id
                          : decode_key(entry.key) == submission.keys[index];
}

bool holds(const SharedChunk& chunk, model::Offset offset) {
  return offset >= chunk->first() && offset < chunk->end();
}

}  // namespace

void Ordering::remember(Source& source, const SharedChunk& chunk) {
  source.unindexed.emplace_back(chunk->first_sequence(), chunk->first());
  recent_.push_back(chunk);
  for (std::size_t index = 0; index < chunk->size(); ++index) {
    const EntryView entry = chunk->entry(index);
    if (!entry.is_stored()) continue;
    records_.insert(revision_hash(record_hash(source.number, entry.record_id), entry.revision),
                    chunk->first().plus(index));
  }
}

void Ordering::forget_indexed() {
  const model::Offset indexed = backlog_.indexed();
  while (!recent_.empty() && recent_.front()->end() <= indexed) recent_.pop_front();
  records_.drop_below(indexed);
}

void Ordering::forget_read() { read_before_.clear(); }

Result<SharedChunk> Ordering::find_chunk(model::Offset offset) {
  if (!recent_.empty() && offset >= recent_.front()->first()) {
    const auto behind = std::upper_bound(
        recent_.begin(), recent_.end(), offset,
        [](model::Offset at, const SharedChunk& chunk) { return at < chunk->first(); });
    const SharedChunk& chunk = *std::prev(behind);
    return holds(chunk, offset) ? chunk : SharedChunk();
  }
  for (const SharedChunk& chunk : read_before_) {
    if (holds(chunk, offset)) return chunk;
  }
  auto chunk = read_stored(log_, offset);
  if (!chunk || !*chunk) return chunk;
  if (read_before_.size() == kReadBeforeMax) read_before_.pop_back();
  read_before_.push_front(*chunk);
  return chunk;
}

Result<SharedChunk> Ordering::find_consumed(const Source& source, model::Sequence sequence) {
  const auto behind =
      std::upper_bound(source.unindexed.begin(), source.unindexed.end(), sequence,
                       [](model::Sequence at, const auto& first) { return at < first.first; });
  std::optional<model::Offset> at;
  if (behind != source.unindexed.begin()) {
    at = std::prev(behind)->second;
  } else {
    const auto indexed = indexes_.find_sequence(source.number, sequence);
    if (!indexed) return indexed.error();
    at = *indexed;
  }
  if (at) {
    auto chunk = find_chunk(*at);
    if (!chunk) return chunk;
    if (*chunk && (*chunk)->source() == source.name.text() &&
        sequence >= (*chunk)->first_sequence() && sequence <= (*chunk)->last_sequence()) {
      return chunk;
    }
  }
  return make_error(ErrorCode::kInternal,
                    "the log does not find sequence " + std::to_string(sequence.value()) + " of " +
                        source.name.text() + "; run verify, then restart the hub");
}

Result<void> Ordering::compare_consumed(const Source& source, const Submission& submission,
                                        std::size_t count, Published& published) {
  SharedChunk chunk;
  for (std::size_t index = 0; index < count; ++index) {
    const model::Sequence sequence = submission.first.plus(index);
    if (!chunk || sequence > chunk->last_sequence()) {
      auto found = find_consumed(source, sequence);
      if (!found) return found.error();
      chunk = *found;
    }
    const EntryView entry = chunk->entry(sequence.value() - chunk->first_sequence().value());
    const bool of_another = entry.is_of_record() && !is_of(entry, submission, index);
    if (of_another || !same_content(entry, submission.events[index])) {
      published.rejections.push_back({sequence, conflict(source, sequence)});
      continue;
    }
    ++published.repeated;
    if (entry.disposition == Disposition::kRejected) {
      published.rejections.push_back({sequence, first_refusal(entry)});
    }
  }
  return {};
}

// Nothing: the entry at `at` is of another record or revision. Else whether the content is the
// same.
Result<std::optional<bool>> Ordering::compare_record(const Source& source,
                                                     const Submission& submission,
                                                     std::size_t index, std::size_t from,
                                                     model::Offset base, model::Offset at) {
  using Compared = std::optional<bool>;
  const Candidate& candidate = submission.events[index];
  if (at >= base) {
    const std::size_t earlier = from + (at.value() - base.value());
    if (earlier >= index) return Compared();
    const Candidate& other = submission.events[earlier];
    if (other.record_id != candidate.record_id || other.revision != candidate.revision) {
      return Compared();
    }
    return Compared(other.kind == candidate.kind && other.payload == candidate.payload);
  }
  auto chunk = find_chunk(at);
  if (!chunk) return chunk.error();
  if (!*chunk || !holds(*chunk, at) || (*chunk)->source() != source.name.text()) return Compared();
  const EntryView entry = (*chunk)->entry_at(at);
  if (!is_of(entry, submission, index)) return Compared();
  return Compared(same_content(entry, candidate));
}

Result<std::vector<Verdict>> Ordering::judge_new(const Source& source, const Submission& submission,
                                                 std::size_t from, model::Offset base) {
  const std::vector<Candidate>& events = submission.events;
  std::vector<std::string> keys;
  keys.reserve(events.size() - from);
  for (std::size_t index = from; index < events.size(); ++index) {
    keys.push_back(record_key(source.number, submission.keys[index], events[index].revision));
  }
  auto indexed = indexes_.find_records(keys);
  if (!indexed) return indexed.error();

  std::vector<Verdict> verdicts(events.size() - from);
  RecordTable own;  // of this submission
  for (std::size_t index = from; index < events.size(); ++index) {
    const Candidate& candidate = events[index];
    Verdict& verdict = verdicts[index - from];
    if (candidate.refusal) {
      verdict = {Disposition::kRejected, candidate.refusal};
      continue;
    }
    std::optional<bool> same;
    std::optional<Error> failed;
    const auto compare = [&](model::Offset at) {
      auto compared = compare_record(source, submission, index, from, base, at);
      if (!compared) {
        failed = compared.error();
      } else {
        same = *compared;
      }
      return failed || same;
    };
    const std::uint64_t hash = hash_of(source, candidate);
    const auto& on_disk = (*indexed)[index - from];
    if (!own.any_of(hash, compare) && !records_.any_of(hash, compare) && on_disk) {
      compare(*on_disk);
    }
    if (failed) return *failed;
    if (!same) {
      own.insert(hash, base.plus(index - from));
    } else if (*same) {
      verdict.disposition = Disposition::kRepeat;
    } else {
      verdict = {Disposition::kRejected, revision_conflict(candidate)};
    }
  }
  return verdicts;
}

}  // namespace commonwatch::storage
