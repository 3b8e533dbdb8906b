#include "hub/storage/log_thread.h"

#include <algorithm>
#include <chrono>

namespace commonwatch::storage {
namespace {

constexpr std::chrono::milliseconds kHousePeriod(1000);
// Retention and erasure take a step when nothing waits, or this often while something always does.
constexpr std::chrono::milliseconds kRewritePeriod(250);

}  // namespace

LogThread::LogThread(OperationQueue& queue, LogWriter& writer, std::size_t commit_bytes_max)
    : queue_(queue),
      writer_(writer),
      commit_bytes_max_(commit_bytes_max),
      thread_([this] { run(); }) {}

LogThread::~LogThread() { thread_.join(); }

void LogThread::run() {
  auto house_due = std::chrono::steady_clock::now() + kHousePeriod;
  auto rewrite_due = std::chrono::steady_clock::now();
  std::chrono::milliseconds wait = kHousePeriod;
  while (true) {
    auto taken = queue_.take(commit_bytes_max_, wait);
    if (taken.operations.empty() && queue_.closed()) break;
    if (!taken.operations.empty()) {
      writer_.commit_once(taken.operations, [&] { queue_.release(taken.bytes); });
    }
    const auto now = std::chrono::steady_clock::now();
    if (taken.operations.empty() || now >= rewrite_due) {
      wait = writer_.rewrite_some().value_or(kHousePeriod);
      rewrite_due = now + kRewritePeriod;
    } else {
      wait = std::min(wait, kRewritePeriod);
    }
    if (now >= house_due) {
      writer_.keep_house();
      house_due = std::chrono::steady_clock::now() + kHousePeriod;
    }
  }
  writer_.finish();
}

}  // namespace commonwatch::storage
