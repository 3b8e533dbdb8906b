#include "clients/cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace commonwatch::cli {
namespace {

constexpr timespec kGrace{2, 0};

std::atomic<int> received = 0;
std::mutex mutex;
std::function<void()> stop_command;  // under mutex

void wait_for_signals(sigset_t signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  received = signal;
  {
    const std::lock_guard lock(mutex);
    if (stop_command) stop_command();
  }
  // A second signal, or a command that waits where nothing wakes it.
  sigtimedwait(&signals, nullptr, &kGrace);
  _exit(128 + signal);
}

}  // namespace

void watch_signals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_for_signals, signals).detach();
}

StopOnSignal::StopOnSignal(std::function<void()> stop) {
  const std::lock_guard lock(mutex);
  stop_command = std::move(stop);
  if (received != 0 && stop_command) stop_command();
}

StopOnSignal::~StopOnSignal() {
  const std::lock_guard lock(mutex);
  stop_command = nullptr;
}

int signal_received() { return received; }

int exit_code_after_signals(int code) { return received != 0 ? 128 + received : code; }

}  // namespace commonwatch::cli
