#include "hub/model/name_table.h"

#include <limits>

#include "hub/base/error.h"

namespace commonwatch::model {

NameIndex NameTable::index_of(std::string_view name) {
  const auto next = static_cast<NameIndex>(names_.size());
  const auto [at, is_new] = indexes_.try_emplace(std::string(name), next);
  if (!is_new) return at->second;
  if (names_.size() > std::numeric_limits<NameIndex>::max()) {
    throw Failure(make_error(ErrorCode::kInternal, "more than 65536 sources have reported; group "
                                                   "small sources under one partner"));
  }
  names_.emplace_back(name);
  return next;
}

}  // namespace commonwatch::model
