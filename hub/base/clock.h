// The clock, injected: a test or a simulation brings its own.
#pragma once

#include "hub/base/time.h"

namespace commonwatch {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock: may jump either way.
  virtual Instant wall() const = 0;
  // Time since some fixed moment; never jumps, goes on while the machine sleeps.
  virtual Duration boot() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant wall() const override;
  Duration boot() const override;
};

// Stands still until it is told to move. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : wall_(start) {}
  Instant wall() const override { return wall_; }
  Duration boot() const override { return boot_; }
  void advance(Duration by) {
    wall_ += by;
    boot_ += by;
  }
  // Moves the wall clock alone, as an operator or NTP would.
  void jump(Duration by) { wall_ += by; }

 private:
  Instant wall_;
  Duration boot_{0};
};

}  // namespace commonwatch
