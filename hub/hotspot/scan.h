// One jurisdiction: what is counted in every zone and window, and which are beyond expectation.
//
// Counts are sums of integers over the current set of incidents; what is beyond expectation is a
// function of that set, of the hour, of who is silent and of the score asked for, and of nothing
// else. Not thread-safe.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "hub/hotspot/baseline.h"
#include "hub/hotspot/hours.h"
#include "hub/hotspot/zone_table.h"

namespace commonwatch::hotspot {

// One incident, as it is counted.
struct Item {
  SiteIndex site = 0;
  std::uint32_t persons = 1;
  std::uint32_t fatal = 0;
  std::uint16_t second = 0;  // within its hour
  ReporterSet reporters = 0;
  std::uint8_t delay = 0;  // delay_bin
  friend auto operator<=>(const Item&, const Item&) = default;
};

// A zone and its best window.
struct Exceedance {
  ZoneIndex zone = 0;
  std::uint8_t window = 0;  // of Settings::windows_hours
  double score = 0;
  friend bool operator==(const Exceedance&, const Exceedance&) = default;
};

class Scan {
 public:
  // `reporters` and `settings` outlive the scan. `zones`: to begin with, nothing counted.
  Scan(const Settings& settings, const ReporterSets& reporters, model::TimeZone zone,
       ZoneTable zones);

  SiteIndex site_of(const SitePlace& place) { return zones_.site_of(place); }
  void add(Hour hour, const Item& item);
  // Of what was added before.
  void remove(Hour hour, const Item& item);
  // Moves on; time never falls. What occurs in a later hour is not counted yet.
  void roll_to(Hour now);
  void set_silences(std::vector<Silence> silences);

  // Every zone whose best window reaches `score_min`, in order of zone; none while the exposure is
  // too short. Only what changed is looked at, unless the hour, the baseline or `score_min` did.
  const std::vector<Exceedance>& exceedances(double score_min);
  // Rises whenever `exceedances` may have become other ones, or what was counted in them.
  std::uint64_t revision() const { return revision_; }
  // The highest score among them; 0: none.
  double maximum(double score_min);

  // As of the last `exceedances`.
  const Baseline& baseline() const { return baseline_; }
  // Whether its reporters have been observed for long enough to be counted in windows.
  bool counts(const Item& item) const { return weight(item.reporters).counted; }
  // Of a window that ends with hour `end`.
  struct Expectation {
    double of_one = 0;  // persons, of one person of baseline
    double profile_days = 0;
    double completeness = 1;
  };
  Expectation expectation(int window_hours, Hour end) const;
  // Expected persons of a zone with this baseline count (`sixteenths`: as Counts::kBaseline).
  double expected(std::uint32_t sixteenths, double of_one) const;
  // The same of one of the last `exceedances`, sooner.
  double expected(const Exceedance& exceedance) const;

  const ZoneTable& zones() const { return zones_; }
  const Totals& totals() const { return totals_; }
  TrailingDays trailing() const { return trailing_days(settings_, day_of(*now_)); }
  const ReporterSets& reporters() const { return reporters_; }
  const model::TimeZone& time_zone() const { return time_zone_; }
  std::optional<Hour> now() const { return now_; }
  std::size_t bytes() const;

  // Visits what occurred in [from, to), hour by hour.
  template <class Visit>
  void for_each(Hour from, Hour to, Visit visit) const {
    for (Hour hour = from; hour < to; ++hour) {
      const auto at = items_.find(hour);
      if (at == items_.end()) continue;
      for (const Item& item : at->second) visit(hour, item);
    }
  }
  // Drops what occurred before; it must lie before the trailing period.
  void forget(Hour before);
  // The counts and totals made anew from the items: the same, unless something is wrong.
  Counts recount(ZoneIndex zone) const;

 private:
  // What an item adds to each of its zones as of `now`.
  Counts contribution(Hour hour, const Item& item, Hour now) const;
  void bump(const Item& item, const Counts& change);
  void total(Hour hour, const Item& item, bool add);
  void total_trailing(Hour hour, const Item& item, bool add);
  void step(Hour to);
  void shift(Hour hour, Hour from, Hour to);
  Weight weight(ReporterSet set) const;
  // Of the longest window's hours.
  std::uint8_t& bin(Hour hour);

  double factor(double known_hours) const;
  void refresh_baseline();
  void apply_weights(std::vector<Weight> weights);
  void refresh_factors(double score_min);
  void evaluate(ZoneIndex zone);
  void evaluate_live();
  void evaluate_changed();
  void sort_exceedances();

  const Settings& settings_;
  const ReporterSets& reporters_;
  model::TimeZone time_zone_;
  ZoneTable zones_;
  boost::unordered_flat_map<Hour, std::vector<Item>> items_;
  Totals totals_;
  std::optional<Hour> now_;
  std::vector<Silence> silences_;

  Baseline baseline_;
  std::vector<Weight> weights_;  // that the counts were made with
  bool baseline_stale_ = true;
  bool factors_stale_ = true;
  double score_min_ = -1;

  std::array<std::uint8_t, kAgesMax> bins_{};  // hours of the week, by hour modulo kAgesMax
  // By window: expected persons of one person of baseline; by count: above which expectation it
  // does not reach score_min_ (a little more, so that what may reach it is scored exactly).
  static constexpr std::size_t kCountsTabled = 64;
  std::array<double, kWindowsMax> factors_{};
  std::array<double, kCountsTabled> expectation_max_{};
  double expectations_score_ = -1;
  double expectations_dispersion_ = -1;

  enum Mark : std::uint8_t { kLive = 1, kChanged = 2, kExceeds = 4 };
  std::vector<std::uint8_t> marks_;   // by zone
  std::vector<ZoneIndex> live_;       // with count_min persons or more in the longest window
  std::vector<ZoneIndex> changed_;
  std::vector<Exceedance> exceedances_;
  std::uint64_t revision_ = 0;
};

}  // namespace commonwatch::hotspot
