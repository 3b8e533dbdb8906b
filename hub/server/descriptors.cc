#include "hub/server/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace commonwatch::server {

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

bool leaves_reserve(int descriptor, std::uint32_t reserved) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  const rlim_t kept = std::min<rlim_t>(reserved, limit.rlim_cur / 4);
  return static_cast<rlim_t>(descriptor) < limit.rlim_cur - kept;
}

}  // namespace commonwatch::server
