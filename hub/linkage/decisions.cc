#include "hub/linkage/decisions.h"

#include <algorithm>

namespace commonwatch::linkage {

using model::PairVerdict;
using model::RecordKey;

Decisions::Pair Decisions::ordered(const RecordKey& a, const RecordKey& b) {
  return a < b ? Pair(a, b) : Pair(b, a);
}

bool Decisions::set(const RecordKey& a, const RecordKey& b, PairVerdict verdict) {
  const Pair pair = ordered(a, b);
  const bool decides = verdict == PairVerdict::kLinked || verdict == PairVerdict::kSplit;
  if (!decides) {
    if (pairs_.erase(pair) == 0) return false;
    erase(a, b);
    erase(b, a);
    return true;
  }
  const auto [entry, is_new] = pairs_.try_emplace(pair, verdict);
  if (is_new) {
    insert(a, b);
    insert(b, a);
    return true;
  }
  return std::exchange(entry->second, verdict) != verdict;
}

PairVerdict Decisions::find(const RecordKey& a, const RecordKey& b) const {
  const auto found = pairs_.find(ordered(a, b));
  return found == pairs_.end() ? PairVerdict::kByRules : found->second;
}

const std::vector<RecordKey>& Decisions::others(const RecordKey& key) const {
  static const std::vector<RecordKey> kNobody;
  const auto found = others_.find(key);
  return found == others_.end() ? kNobody : found->second;
}

void Decisions::insert(const RecordKey& key, const RecordKey& other) {
  std::vector<RecordKey>& list = others_[key];
  list.insert(std::lower_bound(list.begin(), list.end(), other), other);
}

void Decisions::erase(const RecordKey& key, const RecordKey& other) {
  const auto found = others_.find(key);
  std::vector<RecordKey>& list = found->second;
  list.erase(std::lower_bound(list.begin(), list.end(), other));
  if (list.empty()) others_.erase(found);
}

}  // namespace commonwatch::linkage
