#include "hub/base/priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace commonwatch {

void take_priority(Priority priority) {
  // On Linux a thread's own. Where it is refused, the thread works as it did.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), static_cast<int>(priority));
}

}  // namespace commonwatch
