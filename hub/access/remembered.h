// What is remembered of many: a bounded table that forgets whoever was idle longest. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace commonwatch::access {

// `Entry` has a member `held`: while it is not 0 the entry is not forgotten.
template <class Entry>
class Remembered {
 public:
  explicit Remembered(std::size_t entries_max) : entries_max_(entries_max) {}

  // The entry of the key, new if there was none. Nothing: the table is full of entries that are
  // held. Valid until the next call.
  Entry* find_or_add(const std::string& key) {
    if (const auto found = index_.find(key); found != index_.end()) {
      const auto at = found->second;
      if (at->entry.held == 0) idle_.splice(idle_.begin(), idle_, at);
      return &at->entry;
    }
    if (index_.size() >= entries_max_ && !forget_one()) return nullptr;
    idle_.push_front({key, {}});
    index_.emplace(key, idle_.begin());
    return &idle_.front().entry;
  }
  void hold(const std::string& key) {
    const auto at = index_.at(key);
    if (at->entry.held++ == 0) held_.splice(held_.begin(), idle_, at);
  }
  void release(const std::string& key) {
    const auto at = index_.at(key);
    if (--at->entry.held == 0) idle_.splice(idle_.begin(), held_, at);
  }
  std::size_t size() const { return index_.size(); }

 private:
  struct Node {
    std::string key;
    Entry entry;
  };
  bool forget_one() {
    if (idle_.empty()) return false;
    index_.erase(idle_.back().key);
    idle_.pop_back();
    return true;
  }

  std::size_t entries_max_;
  std::list<Node> idle_;  // the one that was asked for last first
  std::list<Node> held_;
  std::unordered_map<std::string, typename std::list<Node>::iterator> index_;
};

}  // namespace commonwatch::access
