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

std::function<void()> Pagers::prepare(const Settings& settings) {
  std::vector<std::function<void()>> all;
  for (const auto& [audience, pager] : pagers_) all.push_back(pager->prepare(settings));
  return [all = std::move(all)] {
    for (const auto& go_over : all) go_over();
  };
}

void Pagers::stop() {
  for (const auto& [audience, pager] : pagers_) pager->stop();
}

}  // namespace commonwatch::delivery
