// A city and its alerts, tick by tick.
#pragma once

#include <catch2/catch.hpp>
#include <ostream>

#include "hub/alert/episodes.h"
#include "tests/alert/city.h"

namespace commonwatch::model {

inline std::ostream& operator<<(std::ostream& out, const Alert& alert) {
  return out << alert.id << " v" << alert.version << " state " << static_cast<int>(alert.state)
             << " " << alert.hotspot.id << " count " << alert.hotspot.count << " score "
             << alert.hotspot.score << " asks " << alert.asks;
}

}  // namespace commonwatch::model

namespace commonwatch::alert::test {

struct WatchedCity {
  explicit WatchedCity(Settings settings = {}) : episodes(settings) {}

  // A tick with what the city finds.
  std::vector<model::Alert> tick(Instant as_of) { return tick(as_of, city.findings(as_of)); }
  std::vector<model::Alert> tick(Instant as_of, const std::vector<Finding>& now,
                                 const std::vector<Finding>& late = {}) {
    version = version.next();
    return episodes.advance(version, as_of, now, late, city.touched(), city);
  }
  // A tick that must change just one alert.
  model::Alert only(Instant as_of) { return only(tick(as_of)); }
  static model::Alert only(const std::vector<model::Alert>& changed) {
    REQUIRE(changed.size() == 1);
    return changed.front();
  }
  // The cluster: so many persons at one place, ten minutes apart; gives the first one's number.
  std::size_t cluster(model::LatLng point, Instant from, int persons) {
    std::size_t first = 0;
    for (int i = 0; i < persons; ++i) {
      const std::size_t number = city.add({from + std::chrono::minutes(10 * i), point, 1});
      if (i == 0) first = number;
    }
    return first;
  }
  Answer acknowledge(const model::Alert& alert, model::AlertAction action,
                     const std::string& principal = "nurse") {
    return episodes.acknowledge(alert.id, {principal, action, alert.version, episodes.as_of()});
  }
  std::vector<model::Alert> open() const {
    std::vector<model::Alert> alerts = episodes.live();
    std::erase_if(
        alerts, [](const model::Alert& alert) { return alert.state != model::AlertState::kOpen; });
    return alerts;
  }

  City city;
  Episodes episodes;
  model::Version version;
};

}  // namespace commonwatch::alert::test
