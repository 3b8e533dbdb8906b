// The health of one flow at one minute. Pure.
#pragma once

#include <string_view>

#include "hub/health/usual.h"
#include "hub/model/source_health.h"

namespace commonwatch::health {

struct Judgement {
  model::SourceHealth health;
  // When time alone may give another judgement: the next hour, step of the watermark, or silence.
  Minute next_change = kNever;
};

// `flow` is not empty, and holds nothing of minute `now` or later; `usual` was learnt from it for
// the day of `now`.
Judgement judge(std::string_view name, const FlowContent& flow, const Usual& usual, Minute now,
                const Settings& settings);

}  // namespace commonwatch::health
