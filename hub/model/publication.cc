#include "hub/model/publication.h"

namespace commonwatch::model {

std::string published_count_id(const PublishedCount& count) {
  return count.shared_with + '/' + count.cell.token() + '/' + to_rfc3339(count.period_start);
}

std::string published_alert_id(const PublishedAlert& alert) { return "alert:" + alert.figure; }

std::string banded_health_id(const BandedHealth& health) { return "health:" + health.name; }

}  // namespace commonwatch::model
