// The sources that the log knows. `Source` belongs to the log thread; what others may ask for is
// kept beside it under a lock.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/storage/log_keys.h"

namespace commonwatch::storage {

// The log thread's.
struct Source {
  model::SourceName name;
  SourceNumber number;
  model::Sequence last;  // ordered; durable once the commit is
  std::uint64_t fence = 0;
  bool open = false;
  // First sequences of the chunks that the index may not have yet, with their offsets.
  std::deque<std::pair<model::Sequence, model::Offset>> unindexed;
};

class SourceTable {
 public:
  // At start.
  void load(const model::SourceName& name, const SourceState& state);

  // --- the log thread ------------------------------------------------------------------------
  Source& find_or_add(const model::SourceName& name);
  Source* find(const model::SourceName& name);
  void open(Source& source) { set_open(source, true); }
  // Of a source that the log has nothing of, nothing is kept: the reference ends.
  void close(Source& source);
  // What was ordered of it is durable.
  void set_durable(const Source& source);
  std::size_t open_count() const { return open_count_; }

  // --- any thread ----------------------------------------------------------------------------
  model::Sequence last_sequence(const model::SourceName& name) const;
  bool is_open(const model::SourceName& name) const;
  std::optional<SourceNumber> number(const model::SourceName& name) const;
  std::vector<std::pair<model::SourceName, model::Sequence>> durable_sources() const;

 private:
  struct Shown {
    SourceNumber number;
    model::Sequence last;
    bool open = false;
  };

  void set_open(Source& source, bool open);

  std::unordered_map<model::SourceName, std::unique_ptr<Source>> sources_;
  std::uint32_t numbers_ = 0;
  std::size_t open_count_ = 0;
  mutable std::mutex mutex_;
  std::map<model::SourceName, Shown> shown_;
};

}  // namespace commonwatch::storage
