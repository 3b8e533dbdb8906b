// A pager for each audience that is shown alerts.
#pragma once

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
  // Throws Failure if a target cannot be set up; pagers before it follow the new settings then.
  void set_settings(const Settings& settings);
  void stop();

 private:
  std::map<std::string, std::unique_ptr<Pager>> pagers_;
};

}  // namespace commonwatch::delivery
