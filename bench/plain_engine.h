// The engine as one would write it first: a hash map of zones, each with its persons by hour; after
// every report every touched zone is scored in every window by the formula. It gives the findings
// of hotspot::Engine, for one jurisdiction and one partner: what that is measured against.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/hotspot/baseline.h"
#include "hub/hotspot/calibration.h"
#include "hub/model/record.h"

namespace commonwatch::bench {

struct PlainFinding {
  std::string id;
  std::uint32_t window_hours = 0;
  std::uint32_t count = 0;
  double expected = 0;
  double score = 0;
  friend auto operator<=>(const PlainFinding&, const PlainFinding&) = default;
};

class PlainEngine {
 public:
  explicit PlainEngine(hotspot::Settings settings);

  void apply(const model::RecordKey& key, const std::optional<model::Incident>& now);
  void apply(const hotspot::Calibration& calibration);
  void advance(Instant as_of);
  // In order of id.
  const std::vector<PlainFinding>& findings() const { return findings_; }

 private:
  // A cell's id; with the last bit, the block around it; 0: everything.
  using Key = std::uint64_t;
  struct Zone {
    std::vector<std::pair<hotspot::Hour, std::uint32_t>> hours;  // rising
    std::uint32_t trailing = 0;
  };
  struct Scored {
    std::size_t window = 0;
    double score = 0;
  };
  std::vector<Key> keys_of(model::Cell cell) const;
  void count(const model::Incident& incident, bool add);
  void count_zone(Key key, hotspot::Hour hour, std::uint32_t persons);
  void start_day();
  void start_hour();
  void renew_baseline();
  std::uint32_t persons_in(const Zone& zone, int hours) const;
  double expected(const Zone& zone, std::size_t window) const;
  void score(Key key, const Zone& zone);
  void select();

  hotspot::Settings settings_;
  std::unordered_map<model::RecordKey, model::Incident> incidents_;
  std::unordered_map<Key, Zone> zones_;
  hotspot::ReporterSets reporters_;
  hotspot::Totals totals_;
  hotspot::Baseline baseline_;
  std::vector<double> factors_;
  std::optional<hotspot::Hour> now_;
  bool baseline_stale_ = true;
  bool changed_ = true;
  double score_min_ = 0;
  std::map<Key, Scored> exceeding_;
  std::vector<PlainFinding> findings_;
};

}  // namespace commonwatch::bench
