// What an alert is about, without its id: each engine epoch names the same event otherwise.
#pragma once

#include <string>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

struct AlertSubject {
  std::string jurisdiction;
  Zone zone;      // that it had then
  LatLng center;  // of the zone
  Instant last_occurred{};  // of the incidents that it counted then
  friend bool operator==(const AlertSubject&, const AlertSubject&) = default;
};

}  // namespace commonwatch::model
