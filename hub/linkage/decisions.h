// What operators decided on pairs of records, known or not. Not thread-safe; the room's own.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "hub/model/decision.h"
#include "hub/model/record.h"

namespace commonwatch::linkage {

class Decisions {
 public:
  using Pair = std::pair<model::RecordKey, model::RecordKey>;  // in order

  // False if it said so already. kByRules and kUnspecified take a decision back.
  bool set(const model::RecordKey& a, const model::RecordKey& b, model::PairVerdict verdict);
  // kByRules if nobody decided.
  model::PairVerdict find(const model::RecordKey& a, const model::RecordKey& b) const;
  // With whom `key` was decided on, rising.
  const std::vector<model::RecordKey>& others(const model::RecordKey& key) const;
  const std::map<Pair, model::PairVerdict>& all() const { return pairs_; }

 private:
  static Pair ordered(const model::RecordKey& a, const model::RecordKey& b);
  void insert(const model::RecordKey& key, const model::RecordKey& other);
  void erase(const model::RecordKey& key, const model::RecordKey& other);

  std::map<Pair, model::PairVerdict> pairs_;
  std::map<model::RecordKey, std::vector<model::RecordKey>> others_;
};

}  // namespace commonwatch::linkage
