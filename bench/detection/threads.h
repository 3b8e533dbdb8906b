// Work in numbered parts that do not depend on each other.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace commonwatch::detection {

// Calls work(0) to work(count - 1), each once, on so many threads; rethrows the first exception.
template <class Work>
void run_numbered(int threads, int count, Work work) {
  std::atomic<int> next{0};
  std::exception_ptr failed;
  std::mutex mutex;
  const auto loop = [&] {
    try {
      for (int number = next++; number < count; number = next++) work(number);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failed) failed = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(loop);
  loop();
  for (std::thread& other : others) other.join();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace commonwatch::detection
