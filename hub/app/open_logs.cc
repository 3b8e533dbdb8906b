#include "hub/app/open_logs.h"

#include "hub/pipeline/own_events.h"
#include "hub/telemetry/log.h"

namespace commonwatch::app {

model::TickLength tick_of(const Configuration& configuration) {
  return model::TickLength(std::chrono::milliseconds(configuration.tick_ms));
}

std::unique_ptr<storage::EventLog> open_event_log(const Configuration& configuration,
                                                  const Clock& clock) {
  storage::LogOptions options;
  options.directory = configuration.data;
  options.clock_mode = configuration.clock;
  options.tick = tick_of(configuration);
  options.step_max = std::chrono::seconds(configuration.step_max_s);
  options.limits = configuration.limits;
  pipeline::set_own_events(options);
  auto log = storage::EventLog::open(options, clock);
  if (!log) throw Failure(log.error());
  const storage::OpenReport& report = (*log)->open_report();
  if (!report.description.empty()) telemetry::log_warning("storage", report.description);
  return *std::move(log);
}

std::unique_ptr<storage::AuditLog> open_audit_log(const Configuration& configuration,
                                                  bool open_damaged) {
  storage::AuditLogOptions options;
  options.directory = configuration.data / "audit";
  options.queued_bytes_max = configuration.limits.audit_queued_bytes_max;
  options.open_damaged = open_damaged;
  // When events stop, what else is done can go on to be recorded for a while.
  options.disk_free_bytes_min = configuration.limits.disk_free_bytes_min / 2;
  auto audit = storage::AuditLog::open(options);
  if (!audit) throw Failure(audit.error());
  return *std::move(audit);
}

pipeline::PictureSettings picture_settings(const Configuration& configuration) {
  return {configuration.hotspot, configuration.sharing, {}};
}

std::vector<pipeline::Epoch> open_epochs(storage::EventLog& log,
                                         const Configuration& configuration) {
  auto epochs =
      pipeline::recover_epochs(log, picture_settings(configuration), tick_of(configuration));
  if (!epochs) throw Failure(epochs.error());
  return *std::move(epochs);
}

}  // namespace commonwatch::app
