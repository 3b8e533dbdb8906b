#include "hub/pipeline/calibrator.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <mutex>
#include <utility>

#include "hub/base/priority.h"
#include "hub/telemetry/log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

Result<void> append(storage::EventLog& log, const hotspot::Calibration& made,
                    const std::string& audience) {
  wire::Calibration event;
  event.audience = audience;
  event.jurisdiction = made.jurisdiction;
  event.due = model::Version(made.due);
  event.seed = made.seed;
  event.exposure_days = static_cast<std::uint32_t>(made.exposure_days);
  event.null_days = static_cast<std::uint32_t>(made.null_days);
  event.scores = made.scores;
  event.interval_days = made.interval_days;
  event.rate_per_day = made.rate_per_day;
  std::promise<Result<storage::Published>> promise;
  log.append_hub_event(wire::encode_hub_event(event),
                       [&promise](Result<storage::Published> result) {
                         promise.set_value(std::move(result));
                       });
  const auto published = promise.get_future().get();
  if (!published) return published.error();
  return {};
}

// Replicates are independent; the result does not depend on who made which.
std::vector<double> simulate(const hotspot::NullModel& model, unsigned threads,
                             const std::atomic<bool>& stop) {
  std::atomic<int> next{0};
  std::mutex mutex;
  std::vector<double> maxima;
  const auto work = [&] {
    for (int replicate = next++; replicate < model.replicates() && !stop; replicate = next++) {
      const std::vector<double> days = hotspot::simulate_null(model, replicate);
      const std::lock_guard lock(mutex);
      maxima.insert(maxima.end(), days.begin(), days.end());
    }
  };
  std::vector<std::thread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return maxima;
}

Result<void> make(const hotspot::NullModel& model, const std::string& audience, unsigned threads,
                  const std::atomic<bool>& stop, storage::EventLog& log) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<double> maxima = simulate(model, threads, stop);
  if (stop) return make_error(ErrorCode::kShuttingDown, "a calibration was ended with the hub");
  const hotspot::Calibration made = hotspot::calibrate(model, std::move(maxima));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  telemetry::log_info("pipeline", "calibrated " + made.jurisdiction + " for " + audience + ": " +
                                      std::to_string(made.null_days) + " null days at " +
                                      std::to_string(made.exposure_days) + " days of exposure, " +
                                      std::to_string(took.count()) + " s");
  return append(log, made, audience);
}

}  // namespace

bool Calibrator::start(hotspot::NullModel model, std::string audience) {
  const std::lock_guard lock(mutex_);
  if (stop_ || running_.exchange(true)) return false;
  if (thread_.joinable()) thread_.join();
  thread_ = std::thread([this, model = std::move(model), audience = std::move(audience)] {
    take_priority(Priority::kCalibration);
    if (auto made = make(model, audience, 1, stop_, log_); !made && !stop_) {
      telemetry::log_error("pipeline", "no calibration: " + made.error().message);
    }
    running_ = false;
  });
  return true;
}

Result<void> Calibrator::run(const hotspot::NullModel& model, const std::string& audience) {
  return make(model, audience, std::max(1U, std::thread::hardware_concurrency()), stop_, log_);
}

void Calibrator::stop() {
  stop_ = true;
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();
}

}  // namespace commonwatch::pipeline
