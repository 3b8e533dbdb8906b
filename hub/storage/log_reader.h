// Reads chunks back. Any thread.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "hub/storage/backlog.h"
#include "hub/storage/chunk_codec.h"
#include "hub/storage/database.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/rewritten.h"

namespace commonwatch::storage {

// What is durable, and the head of the chain there.
class DurableEnd {
 public:
  DurableEnd(DurableState state, Hash chain_head)
      : state_(state), chain_head_(std::move(chain_head)) {}
  void set(DurableState state, const Hash& chain_head) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    chain_head_ = chain_head;
  }
  DurableState state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  Hash chain_head() const {
    const std::lock_guard lock(mutex_);
    return chain_head_;
  }
  LogHead head() const {
    const std::lock_guard lock(mutex_);
    return {state_.end, chain_head_};
  }

 private:
  mutable std::mutex mutex_;
  DurableState state_;
  Hash chain_head_;
};

// The chunk that holds `offset`, whatever is durable; nothing if none does.
Result<SharedChunk> read_stored(const LogDatabase& log, model::Offset offset);
// The last chunk of all.
Result<SharedChunk> read_last(const LogDatabase& log);

class LogReader {
 public:
  // All outlive it.
  LogReader(const LogDatabase& log, const Indexes& indexes, const Backlog& backlog,
            const DurableEnd& durable, const RecordKeys& keys, const Rewritten& rewritten)
      : log_(log),
        indexes_(indexes),
        backlog_(backlog),
        durable_(durable),
        keys_(keys),
        rewritten_(rewritten) {}

  // As the functions of EventLog.
  Result<std::optional<Chunk>> read(model::Offset offset) const;
  Result<model::Offset> find_recorded(Instant recorded) const;
  Result<std::vector<model::Offset>> find_occurred(Instant from, Instant to,
                                                   const model::Area& area, model::Offset begin,
                                                   model::Offset end, std::size_t count_max) const;
  Result<bool> is_latest(const model::SourceName& name, SourceNumber source,
                         const Entry& entry) const;
  Result<std::optional<std::pair<model::Offset, std::string>>> find_last_hub_event(
      const std::function<bool(const std::string& payload)>& matches,
      std::optional<model::Offset> below) const;

 private:
  const LogDatabase& log_;
  const Indexes& indexes_;
  const Backlog& backlog_;
  const DurableEnd& durable_;
  const RecordKeys& keys_;
  const Rewritten& rewritten_;
};

}  // namespace commonwatch::storage
