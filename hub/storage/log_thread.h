// The thread that steps the writer: takes everything that is queued, bounded by bytes, commits it,
// looks after the house about once a second.
#pragma once

#include <thread>

#include "hub/storage/log_writer.h"

namespace commonwatch::storage {

class LogThread {
 public:
  // Both outlive it.
  LogThread(OperationQueue& queue, LogWriter& writer, std::size_t commit_bytes_max);
  // Commits what is left in the queue, which must have been closed.
  ~LogThread();
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

 private:
  void run();

  OperationQueue& queue_;
  LogWriter& writer_;
  const std::size_t commit_bytes_max_;
  std::thread thread_;
};

}  // namespace commonwatch::storage
