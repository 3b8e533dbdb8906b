// Durable chunks that the indexes on disk do not have yet, so that lookups are exact without
// waiting for the indexes. Thread-safe: the log thread appends, the index follower takes away,
// readers look.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "hub/storage/indexes.h"
#include "hub/storage/record_table.h"

namespace commonwatch::storage {

// Of a record, or of one revision of it.
std::uint64_t record_hash(SourceNumber source, std::string_view record_id);
std::uint64_t revision_hash(std::uint64_t record_hash, std::uint32_t revision);

class Backlog {
 public:
  explicit Backlog(model::Offset indexed) : indexed_(indexed.value()) {}

  void append(const std::vector<NumberedChunk>& chunks);
  // Waits until the follower has left at most `events`, or failed.
  void wait_until_below(std::size_t events);
  // The follower lingers no longer over what is here.
  void hurry();

  // Everything below it can be found in the indexes, and is no longer here.
  model::Offset indexed() const { return model::Offset(indexed_.load()); }
  std::vector<NumberedChunk> snapshot() const;
  // The chunk that holds `offset`, if it waits here.
  SharedChunk chunk_at(model::Offset offset) const;
  std::optional<std::uint32_t> latest_revision(SourceNumber source,
                                               std::string_view record_id) const;
  // Why the follower gave up, if it did.
  std::optional<Error> failure() const;

  // --- the follower --------------------------------------------------------------------------
  // Waits for chunks, and then for more of them until there are `events`, but no longer than
  // `linger`: what goes into the indexes together goes in sorted. The oldest ones, about `events`
  // of them. Empty: it is over.
  std::vector<NumberedChunk> wait_for_chunks(std::size_t events, std::chrono::milliseconds linger);
  // The oldest chunks, up to `end`, are in the indexes.
  void drop_below(model::Offset end);
  void fail(Error error);
  // From here on nobody waits.
  void stop();

 private:
  const NumberedChunk* find(model::Offset offset) const;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable left_;
  std::deque<NumberedChunk> chunks_;
  RecordGenerations records_;
  std::size_t events_ = 0;
  std::size_t awaited_events_ = 1;  // with fewer there is no need to wake the follower
  bool stopped_ = false;
  std::optional<Error> failure_;
  std::atomic<std::uint64_t> indexed_;
};

}  // namespace commonwatch::storage
