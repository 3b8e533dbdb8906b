// SIGINT and SIGTERM: the first one asks the command to end, the second one ends the process.
#pragma once

#include <functional>

namespace commonwatch::cli {

// Blocks the signals for this thread and all that it starts later, and waits for them on a thread
// of its own. Call once, first of all. SIGPIPE is ignored.
void watch_signals();

// As long as this lives, the first signal calls `stop`, on the signals' thread. A command that then
// does not end within two seconds is ended: `stop` must leave on disk what has to survive.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::function<void()> stop);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
};

// The signal that came; 0: none.
int signal_received();
// 128 + n after signal n, else `code`.
int exit_code_after_signals(int code);

}  // namespace commonwatch::cli
