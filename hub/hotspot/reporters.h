// Which partners reported an incident, as a small number: few sets, many incidents.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hub/model/record.h"

namespace commonwatch::hotspot {

using ReporterSet = std::uint16_t;

// Sets in order of first appearance. Not thread-safe.
class ReporterSets {
 public:
  // Rising, each once. From 65,535 sets on, further ones are taken for the first partner alone.
  ReporterSet index_of(const std::vector<model::NameIndex>& partners);
  const std::vector<model::NameIndex>& partners(ReporterSet set) const { return sets_[set]; }
  std::size_t size() const { return sets_.size(); }

 private:
  std::vector<std::vector<model::NameIndex>> sets_;
  std::map<std::vector<model::NameIndex>, ReporterSet> indexes_;
};

}  // namespace commonwatch::hotspot
