#include "hub/alert/settings.h"

#include <string>

#include "hub/base/error.h"

namespace commonwatch::alert {
namespace {

template <class Number>
void require(Number value, Number low, Number high, const char* name) {
  if (value >= low && value <= high) return;  // not for NaN
  const std::string field = std::string("alert.") + name;
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           field + " must be from " + std::to_string(low) + " to " +
                               std::to_string(high) + "; correct the configuration",
                           field));
}

}  // namespace

void require_valid(const Settings& settings) {
  require(settings.close_after_hours, 1U, 24U * 28, "close_after_hours");
  require(settings.late_after_hours, 1U, 24U * 28, "late_after_hours");
  require(settings.rescored_days, 0U, 400U, "rescored_days");
  require(settings.shown_days, 1U, 400U, "shown_days");
  require(settings.kept_days, settings.shown_days, 36'500U, "kept_days");
  require(settings.score_step_nats, 0.0, 100.0, "score_step_nats");
  require(settings.open_max, 1U, 10'000U, "open_max");
  require(settings.zones_max, 1U, 1'000U, "zones_max");
  require(settings.acknowledgements_max, 1U, 100'000U, "acknowledgements_max");
}

}  // namespace commonwatch::alert
