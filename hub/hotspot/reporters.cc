#include "hub/hotspot/reporters.h"

#include <limits>

namespace commonwatch::hotspot {

ReporterSet ReporterSets::index_of(const std::vector<model::NameIndex>& partners) {
  // Most are reported by whoever reported the last one.
  if (!sets_.empty() && sets_.front() == partners) return 0;
  const auto known = indexes_.find(partners);
  if (known != indexes_.end()) return known->second;
  if (sets_.size() >= std::numeric_limits<ReporterSet>::max()) {
    return index_of({partners.front()});
  }
  const auto index = static_cast<ReporterSet>(sets_.size());
  sets_.push_back(partners);
  indexes_.emplace(partners, index);
  return index;
}

}  // namespace commonwatch::hotspot
