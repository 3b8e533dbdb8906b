#include "hub/model/publication.h"

namespace commonwatch::model {

std::string published_count_id(const PublishedCount& count) {
  return count.shared_with + '/' + count.cell.token() + '/' + to_rfc3339(count.period_start);
}

}  // namespace commonwatch::model
