#include "hub/app/vital_signs.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "hub/storage/backup_list.h"
#include "hub/telemetry/log.h"

namespace commonwatch::app {
namespace {

// From here on the wall clock is said to differ from recorded time.
constexpr auto kClockOffsetMax = std::chrono::seconds(10);

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

VitalSigns::VitalSigns(std::filesystem::path data, const storage::EventLog& log,
                       const pipeline::Channels& channels,
                       const pipeline::Aggregation& aggregation,
                       const Clock& clock, telemetry::Metrics& metrics,
                       std::function<bool()> is_ready)
    : data_(std::move(data)),
      log_(log),
      channels_(channels),
      aggregation_(aggregation),
      clock_(clock),
      metrics_(metrics),
      is_ready_(std::move(is_ready)) {
  metrics_.start_timestamp_seconds.Set(seconds_of(clock_.wall().time_since_epoch()));
}

void VitalSigns::refresh() const {
  const auto durable = log_.durable();
  // Hotspots of the audience that sees most; memory is of all.
  const auto hotspots = channels_.widest().feed.usage().hotspots;
  std::size_t ring_bytes = 0;
  for (const auto& channel : channels_.all()) ring_bytes += channel->feed.usage().ring_bytes;
  metrics_.log_events.Set(static_cast<double>(durable.end.value()));
  metrics_.fold_lag_events.Set(
      static_cast<double>(durable.end.value() - aggregation_.folded().value()));
  metrics_.fold_age_seconds.Set(seconds_of(aggregation_.age()));
  metrics_.queued_bytes.Set(static_cast<double>(log_.queued_bytes()));
  metrics_.hotspots.Set(static_cast<double>(hotspots));
  metrics_.ring_bytes.Set(static_cast<double>(ring_bytes));
  metrics_.ready.Set(is_ready_() ? 1 : 0);
  metrics_.clock_offset_seconds.Set(seconds_of(clock_offset()));
  std::error_code unknown;
  const auto space = std::filesystem::space(data_, unknown);
  metrics_.disk_free_bytes.Set(unknown ? 0 : static_cast<double>(space.available));
  refresh_process();
  const auto backup = storage::last_backup(data_);
  metrics_.last_backup_timestamp_seconds.Set(backup ? seconds_of(backup->time_since_epoch()) : 0);
}

void VitalSigns::refresh_process() const {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  if (statm >> pages >> pages) {
    metrics_.resident_bytes.Set(static_cast<double>(pages) *
                                static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  std::error_code unknown;
  const std::filesystem::directory_iterator open("/proc/self/fd", unknown);
  // What lists them is one of them.
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    metrics_.descriptors_max.Set(static_cast<double>(limit.rlim_cur));
  }
  // Where none can be opened to look, all are taken.
  metrics_.descriptors.Set(unknown
                               ? static_cast<double>(limit.rlim_cur)
                               : static_cast<double>(std::distance(begin(open), end(open)) - 1));
}

// 0 where recorded time follows the data.
Duration VitalSigns::clock_offset() const {
  if (log_.clock_mode() != storage::ClockMode::kWall) return Duration{};
  return clock_.wall() - log_.recorded_now();
}

void VitalSigns::watch_clock() {
  const Duration offset = clock_offset();
  const bool differs = offset > kClockOffsetMax || offset < -kClockOffsetMax;
  if (differs && !clock_differs_) {
    telemetry::log_warning("app", "the wall clock differs from recorded time by " +
                                      std::to_string(offset.count() / 1'000'000) +
                                      " s; it is not followed while the hub runs: check NTP");
  }
  clock_differs_ = differs;
}

}  // namespace commonwatch::app
