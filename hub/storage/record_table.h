// Records that were ordered or made durable but are not in the index on disk yet: from a hash of
// the record to the offsets of its entries. A hash may be shared, so that whoever asks looks at the
// entry itself. Generations are dropped whole once the index has caught up. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "hub/model/ids.h"

namespace commonwatch::storage {

class RecordTable {
 public:
  void insert(std::uint64_t hash, model::Offset offset) {
    if (nodes_.size() >= heads_.size()) grow();
    const std::size_t bucket = hash & (heads_.size() - 1);
    nodes_.push_back({hash, offset, heads_[bucket]});
    heads_[bucket] = static_cast<std::uint32_t>(nodes_.size());
  }

  // Calls `visit(offset)` for each entry of this hash, newest first, until it returns true.
  template <class Visit>
  bool any_of(std::uint64_t hash, Visit visit) const {
    if (heads_.empty()) return false;
    for (std::uint32_t at = heads_[hash & (heads_.size() - 1)]; at != 0;) {
      const Node& node = nodes_[at - 1];
      if (node.hash == hash && visit(node.offset)) return true;
      at = node.next;
    }
    return false;
  }

  std::size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    std::uint64_t hash;
    model::Offset offset;
    std::uint32_t next;  // 1 + its place in nodes_; 0: none
  };

  void grow() {
    heads_.assign(heads_.empty() ? 64 : heads_.size() * 2, 0);
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      const std::size_t bucket = nodes_[at].hash & (heads_.size() - 1);
      nodes_[at].next = heads_[bucket];
      heads_[bucket] = static_cast<std::uint32_t>(at + 1);
    }
  }

  std::vector<std::uint32_t> heads_;
  std::vector<Node> nodes_;
};

class RecordGenerations {
 public:
  void insert(std::uint64_t hash, model::Offset offset) {
    if (generations_.empty() || generations_.back().table.size() >= kGenerationEntries) {
      generations_.emplace_back();
    }
    generations_.back().table.insert(hash, offset);
    generations_.back().end = offset.next();
  }

  template <class Visit>
  bool any_of(std::uint64_t hash, Visit visit) const {
    for (auto it = generations_.rbegin(); it != generations_.rend(); ++it) {
      if (it->table.any_of(hash, visit)) return true;
    }
    return false;
  }

  // Everything below `indexed` can be found on disk.
  void drop_below(model::Offset indexed) {
    while (!generations_.empty() && generations_.front().end <= indexed) {
      generations_.pop_front();
    }
  }

 private:
  static constexpr std::size_t kGenerationEntries = 65'536;
  struct Generation {
    RecordTable table;
    model::Offset end;
  };
  std::deque<Generation> generations_;
};

}  // namespace commonwatch::storage
