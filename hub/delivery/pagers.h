// A pager for each audience that is shown alerts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/delivery/pager.h"

namespace commonwatch::delivery {

class Pagers {
 public:
  // As Pager's.
  Pagers(const std::vector<std::string>& audiences, const Settings& settings,
         storage::EventLog& log, const Clock& clock, telemetry::Metrics& metrics,
         StepListener noted);

  // As Pager's, of the audience; of one that is not among them nobody is woken.
  void begin(const std::string& audience, Alerts alerts, alert::Ledger ledger, model::Offset next);
  void notice(const std::string& audience, Alerts alerts);
  // As Pager's.
  std::function<void()> prepare(const Settings& settings);
  void stop();

 private:
  std::map<std::string, std::unique_ptr<Pager>> pagers_;
};

}  // namespace commonwatch::delivery
