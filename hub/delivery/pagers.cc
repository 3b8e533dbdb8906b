#include "hub/delivery/pagers.h"

#include <utility>

namespace commonwatch::delivery {

Pagers::Pagers(const std::vector<std::string>& audiences, const Settings& settings,
               storage::EventLog& log, const Clock& clock, telemetry::Metrics& metrics,
               StepListener noted) {
  for (const std::string& audience : audiences) {
    pagers_.emplace(audience, std::make_unique<Pager>(audience, settings, log, clock, metrics, noted));
  }
}

void Pagers::begin(const std::string& audience, Alerts alerts, alert::Ledger ledger,
                   model::Offset next) {
  const auto pager = pagers_.find(audience);
  if (pager != pagers_.end()) pager->second->begin(std::move(alerts), std::move(ledger), next);
}

void Pagers::notice(const std::string& audience, Alerts alerts) {
  const auto pager = pagers_.find(audience);
  if (pager != pagers_.end()) pager->second->notice(std::move(alerts));
}

void Pagers::set_settings(const Settings& settings) {
  for (const auto& [audience, pager] : pagers_) pager->set_settings(settings);
}

void Pagers::stop() {
  for (const auto& [audience, pager] : pagers_) pager->stop();
}

}  // namespace commonwatch::delivery
