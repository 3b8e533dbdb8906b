#include "hub/storage/log_thread.h"

#include <chrono>

namespace commonwatch::storage {
namespace {

constexpr std::chrono::milliseconds kHousePeriod(1000);

}  // namespace

LogThread::LogThread(OperationQueue& queue, LogWriter& writer, std::size_t commit_bytes_max)
    : queue_(queue),
      writer_(writer),
      commit_bytes_max_(commit_bytes_max),
      thread_([this] { run(); }) {}

LogThread::~LogThread() { thread_.join(); }

void LogThread::run() {
  auto house_due = std::chrono::steady_clock::now() + kHousePeriod;
  while (true) {
    auto taken = queue_.take(commit_bytes_max_, kHousePeriod);
    if (taken.operations.empty() && queue_.closed()) break;
    if (!taken.operations.empty()) {
      writer_.commit_once(taken.operations, [&] { queue_.release(taken.bytes); });
    }
    if (std::chrono::steady_clock::now() >= house_due) {
      writer_.keep_house();
      house_due = std::chrono::steady_clock::now() + kHousePeriod;
    }
  }
  writer_.finish();
}

}  // namespace commonwatch::storage
