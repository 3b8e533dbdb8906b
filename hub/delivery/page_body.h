// What a page says: the one place that makes it. Counts, places and times of an alert; no persons,
// no record ids, nothing that a partner wrote.
#pragma once

#include <string>
#include <string_view>

#include "hub/model/alert.h"
#include "hub/model/paging.h"

namespace commonwatch::delivery {

// One JSON object (docs/OPERATIONS.md, Being woken): the alert as it stands, and of `step` the
// page's id, its reason and the attempt.
std::string page_body(const model::Alert& alert, const model::Paging& step);

// `note`, `watch`, `alert`.
std::string_view level_name(model::Severity level);

// `once in 480 days`, `once in over 10 years`.
std::string interval_text(double interval_days);

}  // namespace commonwatch::delivery
