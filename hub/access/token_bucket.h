// A rate with a burst: filled at a steady rate up to a capacity, emptied by what is taken. Time
// comes in, and may not go back. Not thread-safe.
#pragma once

#include <algorithm>

#include "hub/base/time.h"

namespace commonwatch::access {

struct Rate {
  double capacity = 1;    // what may come at once
  double per_second = 1;  // what may come on and on
};

class TokenBucket {
 public:
  bool has(double count, const Rate& rate, Duration now) {
    fill(rate, now);
    return level_ >= count;
  }
  // False: there is not so much; nothing is taken.
  bool take(double count, const Rate& rate, Duration now) {
    if (!has(count, rate, now)) return false;
    level_ -= count;
    return true;
  }
  // What costs more than others of its kind, but never so much that whoever shares the rate could
  // keep it from ever being taken.
  bool take_costly(double cost, const Rate& rate, Duration now) {
    return take(std::min(cost, std::max(1.0, rate.capacity / 4)), rate, now);
  }

 private:
  void fill(const Rate& rate, Duration now) {
    if (fresh_) {
      level_ = rate.capacity;
    } else {
      const std::chrono::duration<double> passed = now - at_;
      level_ = std::min(rate.capacity, level_ + std::max(0.0, passed.count()) * rate.per_second);
    }
    fresh_ = false;
    at_ = std::max(at_, now);
  }

  double level_ = 0;
  Duration at_{0};
  bool fresh_ = true;
};

}  // namespace commonwatch::access
