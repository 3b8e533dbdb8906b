#include "hub/storage/backlog.h"

#include <algorithm>
#include <functional>

namespace commonwatch::storage {
namespace {

constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15ULL;

std::uint64_t spread(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= kGoldenRatio;
  return hash ^ (hash >> 29U);
}

}  // namespace

std::uint64_t record_hash(SourceNumber source, std::string_view record_id) {
  return spread(std::hash<std::string_view>()(record_id) + source.value() * kGoldenRatio);
}

std::uint64_t revision_hash(std::uint64_t record_hash, std::uint32_t revision) {
  return spread(record_hash + revision);
}

void Backlog::append(const std::vector<NumberedChunk>& chunks) {
  bool awaited = false;
  {
    const std::lock_guard lock(mutex_);
    for (const NumberedChunk& numbered : chunks) {
      const StoredChunk& chunk = *numbered.chunk;
      for (std::size_t index = 0; index < chunk.size(); ++index) {
        const EntryView entry = chunk.entry(index);
        if (!entry.is_stored()) continue;
        records_.insert(record_hash(numbered.source, entry.record_id), chunk.first().plus(index));
      }
      chunks_.push_back(numbered);
      events_ += chunk.size();
    }
    awaited = events_ >= awaited_events_;
  }
  if (awaited) arrived_.notify_one();
}

void Backlog::wait_until_below(std::size_t events) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return events_ <= events || failure_ || stopped_; });
}

void Backlog::hurry() {
  {
    const std::lock_guard lock(mutex_);
    awaited_events_ = 1;
  }
  arrived_.notify_one();
}

std::vector<NumberedChunk> Backlog::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {chunks_.begin(), chunks_.end()};
}

SharedChunk Backlog::chunk_at(model::Offset offset) const {
  const std::lock_guard lock(mutex_);
  const NumberedChunk* const numbered = find(offset);
  return numbered == nullptr ? nullptr : numbered->chunk;
}

const NumberedChunk* Backlog::find(model::Offset offset) const {
  const auto behind = std::upper_bound(
      chunks_.begin(), chunks_.end(), offset,
      [](model::Offset at, const NumberedChunk& chunk) { return at < chunk.chunk->first(); });
  if (behind == chunks_.begin() || offset >= std::prev(behind)->chunk->end()) return nullptr;
  return &*std::prev(behind);
}

std::optional<std::uint32_t> Backlog::latest_revision(SourceNumber source,
                                                      std::string_view record_id) const {
  const std::lock_guard lock(mutex_);
  std::optional<std::uint32_t> latest;
  records_.any_of(record_hash(source, record_id), [&](model::Offset offset) {
    const NumberedChunk* const numbered = find(offset);
    if (numbered == nullptr || numbered->source != source) return false;
    const EntryView entry = numbered->chunk->entry_at(offset);
    if (entry.record_id == record_id) latest = std::max(latest.value_or(0), entry.revision);
    return false;
  });
  return latest;
}

std::optional<Error> Backlog::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::vector<NumberedChunk> Backlog::wait_for_chunks(std::size_t events,
                                                    std::chrono::milliseconds linger) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return !chunks_.empty() || stopped_; });
  awaited_events_ = events;
  arrived_.wait_for(lock, linger, [&] { return events_ >= awaited_events_ || stopped_; });
  awaited_events_ = 1;
  std::vector<NumberedChunk> taken;
  std::size_t count = 0;
  for (auto it = chunks_.begin(); it != chunks_.end() && count < events; ++it) {
    taken.push_back(*it);
    count += it->chunk->size();
  }
  return taken;
}

void Backlog::drop_below(model::Offset end) {
  {
    const std::lock_guard lock(mutex_);
    while (!chunks_.empty() && chunks_.front().chunk->end() <= end) {
      events_ -= chunks_.front().chunk->size();
      chunks_.pop_front();
    }
    records_.drop_below(end);
    indexed_.store(end.value());
  }
  left_.notify_all();
}

void Backlog::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
  }
  left_.notify_all();
}

void Backlog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  arrived_.notify_all();
  left_.notify_all();
}

}  // namespace commonwatch::storage
