#include "hub/model/name_table.h"

#include <limits>

namespace commonwatch::model {

namespace {

constexpr NameIndex kOthers = std::numeric_limits<NameIndex>::max();

}  // namespace

NameIndex NameTable::index_of(std::string_view name) {
  const auto known = indexes_.find(std::string(name));
  if (known != indexes_.end()) return known->second;
  if (names_.size() > kOthers) return kOthers;
  const auto next = static_cast<NameIndex>(names_.size());
  names_.emplace_back(next == kOthers ? "(others)" : name);
  indexes_.emplace(names_.back(), next);
  return next;
}

}  // namespace commonwatch::model
