// The writer's retention and erasure.
#include <thread>
#include <utility>

#include "hub/storage/log_writer.h"
#include "hub/storage/open_hooks.h"

namespace commonwatch::storage {
namespace {

using std::chrono::milliseconds;

// How often to look whether another thread is done.
constexpr milliseconds kLater(10);

}  // namespace

void LogWriter::order(ReduceRequest& request) {
  tasks_begin_at_ = end_;
  tasks_.emplace_back(std::in_place_type<RetentionTask>, rewrite_parts_, std::move(request));
}

void LogWriter::order(EraseRequest& request) {
  tasks_begin_at_ = end_;
  tasks_.emplace_back(std::in_place_type<ErasureTask>, rewrite_parts_, std::move(request));
}

void LogWriter::order(ErasureEvent& event) {
  const model::Offset offset = end_;
  settings_.emplace_back(kErasingKey, event.erasing(offset));
  settings_.emplace_back(kLastErasureKey, encode_number(offset.value()));
  HubAppend append{std::move(event.payload), [](const auto&) {}};
  order(append);
}

Result<TaskStep> LogWriter::step_task() {
  auto step = std::visit([](auto& task) { return task.step(); }, tasks_.front());
  if (step && *step == TaskStep::kEvents) {
    auto events = std::visit([](auto& task) { return task.events(); }, tasks_.front());
    commit_once(events, [] {});  // if it fails, the task was refused with all others
    return TaskStep::kMore;
  }
  // A write that failed may have left bytes that no mark may count.
  if (!step) return step;
  if (*step == TaskStep::kOver) tasks_.pop_front();
  // What it wrote has moved the write-ahead log, and what was read before may be another now.
  ordering_.forget_read();
  watermark_behind_ = true;
  if (auto noted = parts_.watermark.note(watermark()); !noted) return noted.error();
  return step;
}

std::optional<milliseconds> LogWriter::rewrite_some() {
  if (tasks_.empty() || failed()) return std::nullopt;
  const bool sweeps =
      std::visit([](const auto& task) { return task.is_sweeping(); }, tasks_.front());
  if (rewriting_ended_ && !sweeps) {
    refuse_tasks(make_error(ErrorCode::kShuttingDown, "the hub stops; ask again when it is back"));
    return std::nullopt;
  }
  if (parts_.backlog.indexed() < tasks_begin_at_) {
    if (const auto failure = parts_.backlog.failure()) {
      fail(*failure);
      refuse_tasks(failure_);
      return std::nullopt;
    }
    parts_.backlog.hurry();
    return kLater;
  }
  const auto step = step_task();
  if (!step) {
    fail(step.error());
    refuse_tasks(failure_);
    return std::nullopt;
  }
  if (*step == TaskStep::kLater) return kLater;
  if (tasks_.empty()) return std::nullopt;
  return milliseconds(0);
}

void LogWriter::refuse_tasks(const Error& error) {
  auto tasks = std::exchange(tasks_, {});
  for (Task& task : tasks) {
    std::visit([&error](auto& one) { one.refuse(error); }, task);
  }
}

Result<void> LogWriter::complete_erasure() {
  auto value = read_setting(parts_.log, kErasingKey);
  if (!value) return value.error();
  if (!*value) return {};
  auto erasing = decode_erasing(**value);
  if (!erasing) {
    return make_error(ErrorCode::kInternal,
                      "the log's record of an unfinished erasure is not readable; restore the data "
                      "directory from a backup, then erase again");
  }
  ErasureTask task(rewrite_parts_, std::move(*erasing));
  for (;;) {
    const auto step = task.step();
    if (!step) return step.error();
    if (*step == TaskStep::kOver) return {};
    if (*step != TaskStep::kLater) continue;
    const auto& wait = ScopedOpenHooks::current().wait;
    wait ? wait() : std::this_thread::sleep_for(kLater);
  }
}

}  // namespace commonwatch::storage
