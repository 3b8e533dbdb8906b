#include "hub/base/priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace commonwatch {
namespace {

constexpr int kPictureNice = 5;
constexpr int kCalibrationNice = 15;
constexpr int kReplayNice = 19;  // where the other is refused

void be_nice(int nice) { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice); }

}  // namespace

// On Linux a thread's own. Where it is refused, the thread works as it did.
void take_priority(Priority priority) {
  switch (priority) {
    case Priority::kPicture:
      return be_nice(kPictureNice);
    case Priority::kCalibration:
      return be_nice(kCalibrationNice);
    case Priority::kReplay: {
      const sched_param none{};
      if (::sched_setscheduler(0, SCHED_IDLE, &none) != 0) be_nice(kReplayNice);
      return;
    }
  }
}

}  // namespace commonwatch
