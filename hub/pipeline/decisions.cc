#include "hub/pipeline/decisions.h"

#include <optional>
#include <utility>

#include "hub/alert/stray.h"

namespace commonwatch::pipeline {
namespace {

wire::AlertAcknowledged make_answer(const model::Alert& alert, const access::Principal& principal,
                                    const wire::AcknowledgeAlert& request) {
  wire::AlertAcknowledged answer{request.alert_id, request.alert_version, request.action,
                                 principal.name, principal.audience};
  answer.subject = alert::subject_of(alert);
  // What is over shows its strongest moment, which may be long ago.
  if (alert.state == model::AlertState::kOpen && request.alert_version == alert.version) {
    answer.level = alert.hotspot.severity;
    answer.count = alert.hotspot.count;
  }
  return answer;
}

std::optional<Error> find_fault(const std::optional<model::Alert>& alert,
                                const wire::AcknowledgeAlert& request) {
  if (!alert) {
    return make_error(ErrorCode::kNotFound,
                      "there is no alert " + request.alert_id + "; GET /v1/alerts lists them",
                      "acknowledge_alert.alert_id");
  }
  if (request.alert_version > alert->version) {
    return make_error(ErrorCode::kInvalidRequest,
                      "alert " + alert->id + " is at version " + std::to_string(alert->version) +
                          ", not yet at " + std::to_string(request.alert_version) +
                          "; answer a version that was shown",
                      "acknowledge_alert.alert_version");
  }
  return std::nullopt;
}

}  // namespace

void Decisions::acknowledge(const access::Principal& principal,
                            const wire::AcknowledgeAlert& request, RecordedCallback recorded) {
  if (const auto allowed = principal.may(access::Operation::kAcknowledge); !allowed) {
    return recorded(allowed.error());
  }
  const auto channel = channels_.find(principal.audience);
  if (!channel) return recorded(channel.error());
  const auto alert = (*channel)->alerts.find(request.alert_id);
  if (auto fault = find_fault(alert, request)) return recorded(*std::move(fault));
  append(make_answer(*alert, principal, request), std::move(recorded));
}

void Decisions::decide(const access::Principal& principal, const wire::Decide& request,
                       RecordedCallback recorded) {
  if (const auto allowed = principal.may(access::Operation::kOperate); !allowed) {
    return recorded(allowed.error());
  }
  append(wire::Decided{{principal.name, request.subject}, principal.audience}, std::move(recorded));
}

void Decisions::append(const wire::HubEvent& event, RecordedCallback recorded) {
  log_.append_hub_event(
      wire::encode_hub_event(event),
      [this, recorded = std::move(recorded)](const Result<storage::Published>& published) {
        if (published) {
          recorded(log_.durable().recorded);
        } else {
          recorded(published.error());
        }
      });
}

}  // namespace commonwatch::pipeline
