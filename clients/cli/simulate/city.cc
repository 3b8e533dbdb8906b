#include "clients/cli/simulate/city.h"

#include <queue>
#include <utility>

#include "clients/cli/simulate/agencies.h"
#include "clients/cli/simulate/city_plan.h"
#include "clients/cli/simulate/incident.h"

namespace commonwatch::cli {
namespace {

struct Pending {
  SimulatedReport report;
  std::uint64_t order = 0;  // of making, for reports of the same second
};
struct Later {
  bool operator()(const Pending& a, const Pending& b) const {
    return std::pair(a.report.reported_at, a.order) > std::pair(b.report.reported_at, b.order);
  }
};

}  // namespace

struct City::State {
  explicit State(const CityOptions& options) : plan(options) {}

  // What happens on a day is reported on it or later, so whatever is due before the next day that
  // has not been made is complete.
  bool is_complete_until_top() const {
    if (next_day == plan.options().days) return true;
    return !pending.empty() && pending.top().report.reported_at <
                                   plan.options().start + std::chrono::hours(24 * next_day);
  }

  void make_day() {
    const auto incidents = incidents_of_day(plan, next_day, next_ordinal);
    next_ordinal += incidents.size();
    for (const Incident& incident : incidents) {
      for (SimulatedReport& report : reports_of(plan, incident)) {
        pending.push({std::move(report), made++});
      }
    }
    ++next_day;
  }

  CityPlan plan;
  std::priority_queue<Pending, std::vector<Pending>, Later> pending;
  int next_day = 0;
  std::uint64_t next_ordinal = 1;
  std::uint64_t made = 0;
};

City::City(CityOptions options) : state_(std::make_unique<State>(options)) {}
City::~City() = default;
City::City(City&&) noexcept = default;
City& City::operator=(City&&) noexcept = default;

std::optional<SimulatedReport> City::next() {
  while (!state_->is_complete_until_top()) state_->make_day();
  if (state_->pending.empty()) return std::nullopt;
  SimulatedReport report = state_->pending.top().report;
  state_->pending.pop();
  return report;
}

std::size_t City::pending() const { return state_->pending.size(); }

std::vector<Outbreak> City::outbreaks() const { return state_->plan.outbreaks(); }

const std::vector<std::string>& City::sources() {
  static const std::vector<std::string> kSources{kEmsSource, kPoliceSource, kHospitalSource};
  return kSources;
}

}  // namespace commonwatch::cli
