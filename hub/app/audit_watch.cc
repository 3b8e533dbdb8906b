#include "hub/app/audit_watch.h"

#include <array>
#include <cstdio>
#include <utility>

#include "hub/telemetry/log.h"

namespace commonwatch::app {
namespace {

using model::AuditKind;
using telemetry::log_error;
using telemetry::log_info;

constexpr Duration kHeadsPeriod = std::chrono::hours(1);
constexpr Duration kForgetPeriod = std::chrono::days(1);

std::string text_of(model::EngineEpoch epoch) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(epoch.value()));
  return text;
}

}  // namespace

std::string heads_line(const storage::LogHead& events, const storage::AuditHead& audit) {
  return "chain heads: events " + std::to_string(events.end.value()) + ":" +
         storage::to_hex(events.hash) + " audit " + std::to_string(audit.sequence.value()) + ":" +
         storage::to_hex(audit.hash);
}

void audit_page(pipeline::AuditTrail& trail, const model::Paging& step) {
  static constexpr std::array<const char*, 6> kActions = {"unknown", "intended", "sent",
                                                          "failed",  "given-up", "held-back"};
  pipeline::AuditActor actor;
  actor.principal = step.target;
  actor.audience = step.audience;
  model::AuditObject object;
  object.name = step.alert_id + "/" + std::to_string(step.alert_version);
  object.count = step.count;
  trail.record(actor, model::AuditKind::kAlertPush,
               kActions.at(static_cast<std::size_t>(step.phase)), std::move(object));
}

AuditWatch::AuditWatch(storage::AuditLog& audit, pipeline::AuditTrail& trail,
                       const storage::EventLog& events, const Clock& clock)
    : audit_(audit), trail_(trail), events_(events), clock_(clock) {}

void AuditWatch::begin(const pipeline::Epoch& epoch) {
  // First, so that every record bears the epoch.
  trail_.set_agreement(text_of(epoch.id));
  model::AuditObject hub;
  hub.name = pipeline::kHubName;
  trail_.record({}, AuditKind::kOperation, "start", std::move(hub));
  note_epoch(epoch);
}

void AuditWatch::note_epoch(const pipeline::Epoch& epoch) {
  epoch_ = epoch.id;
  trail_.set_agreement(text_of(epoch.id));
  model::AuditObject configuration;
  configuration.name = text_of(epoch.id);
  trail_.record({}, AuditKind::kConfiguration, "in-force", std::move(configuration));
}

bool AuditWatch::watch(const pipeline::Epoch& epoch, std::uint32_t keep_days) {
  if (audit_.failed()) {
    log_error("audit", "the audit log failed: nobody is served unrecorded; restart the hub");
    return false;
  }
  if (epoch.id != epoch_) note_epoch(epoch);
  trail_.flush_refusals();
  if (const std::uint64_t lost = trail_.lost(); lost != lost_said_) {
    log_error("audit", std::to_string(lost - lost_said_) +
                           " audit records found no room in the queue and are lost; the disk does "
                           "not keep up");
    lost_said_ = lost;
  }
  const Duration now = clock_.boot();
  if (now >= heads_due_) {
    heads_due_ = now + kHeadsPeriod;
    hand_out_heads();
  }
  if (now >= forget_due_) {
    forget_due_ = now + kForgetPeriod;
    forget_old(keep_days);
  }
  return true;
}

void AuditWatch::hand_out_heads() { log_info("audit", heads_line(events_.head(), audit_.head())); }

void AuditWatch::forget_old(std::uint32_t keep_days) {
  const Instant before = clock_.wall() - std::chrono::days(keep_days);
  const auto forgotten = audit_.forget_before(before);
  if (!forgotten) {
    log_error("audit", "old audit records are kept: " + forgotten.error().message);
    return;
  }
  if (*forgotten == 0) return;
  model::AuditObject object;
  object.to = before;
  object.count = *forgotten;
  trail_.record({}, AuditKind::kRetention, "forget", std::move(object));
}

void AuditWatch::end() {
  trail_.flush_refusals(/*all=*/true);
  model::AuditObject hub;
  hub.name = pipeline::kHubName;
  trail_.record({}, AuditKind::kOperation, "stop", std::move(hub));
  if (const auto flushed = audit_.flush(); !flushed) {
    log_error("audit", flushed.error().message);
    return;
  }
  hand_out_heads();
}

}  // namespace commonwatch::app
