#include "hub/base/priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace commonwatch {
namespace {

constexpr int kPictureNice = 5;
constexpr int kCalibrationNice = 15;

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
      ::sched_setscheduler(0, SCHED_IDLE, &none);
      return;
    }
  }
}

}  // namespace commonwatch
