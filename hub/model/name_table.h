// Names as small numbers, in order of first appearance. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/model/record.h"

namespace commonwatch::model {

class NameTable {
 public:
  // 65,535 names, each with an index of its own; all that come later are one, called "(others)".
  NameIndex index_of(std::string_view name);
  const std::string& name(NameIndex index) const { return names_.at(index); }
  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, NameIndex> indexes_;
};

}  // namespace commonwatch::model
