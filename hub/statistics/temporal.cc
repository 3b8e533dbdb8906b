#include "hub/statistics/temporal.h"

#include "hub/statistics/negative_binomial.h"

namespace commonwatch::statistics {

std::optional<TemporalJudgement> TemporalDetector::judge(std::uint32_t count) {
  const auto forecast = forecast_.next();
  forecast_.learn(count);
  if (!forecast) return std::nullopt;
  recent_[days_ % recent_.size()] = {count, forecast->mean};
  ++days_;
  TemporalJudgement judgement = judge_windows(forecast->variance);
  learn_windows();
  return judgement;
}

TemporalJudgement TemporalDetector::judge_windows(double today_variance) {
  const Day& today = recent_[(days_ - 1) % recent_.size()];
  TemporalJudgement judgement{today.expected, 1, 1, today.count, today.expected, false};
  if (static_cast<double>(today.count) <= today.expected) return judgement;
  const UpperTail tail = negative_binomial_tail(today.count, today.expected, today_variance);
  if (tail.middle >= kTemporalGate) return judgement;
  Day window;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kTemporalWindows.size() && kTemporalWindows[i] <= days_; ++i) {
    for (; length < kTemporalWindows[i]; ++length) {
      const Day& day = recent_[(days_ - 1 - length) % recent_.size()];
      window.count += day.count;
      window.expected += day.expected;
    }
    if (window.count < kTemporalCountMin) continue;
    const double p =
        negative_binomial_tail(window.count, window.expected, window.expected * factors_[i].value())
            .at_least;
    if (p >= judgement.p_value) continue;
    judgement.p_value = p;
    judgement.window_days = length;
    judgement.window_count = window.count;
    judgement.window_expected = window.expected;
  }
  judgement.alarm = judgement.p_value < kTemporalThreshold;
  return judgement;
}

void TemporalDetector::learn_windows() {
  double error = 0;
  double expected = 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kTemporalWindows.size() && kTemporalWindows[i] <= days_; ++i) {
    for (; length < kTemporalWindows[i]; ++length) {
      const Day& day = recent_[(days_ - 1 - length) % recent_.size()];
      error += static_cast<double>(day.count) - day.expected;
      expected += day.expected;
    }
    factors_[i].learn(error, expected);
  }
}

}  // namespace commonwatch::statistics
