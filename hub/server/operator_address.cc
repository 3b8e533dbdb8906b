#include "hub/server/operator_address.h"

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#include "hub/base/error.h"

namespace commonwatch::server {

OperatorAddress::OperatorAddress(const std::filesystem::path& data)
    : path_((data / kOperatorSocketName).string()) {
  if (path_.size() < sizeof(sockaddr_un::sun_path)) return;
  directory_ = ::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) {
    throw Failure(
        make_error(ErrorCode::kInternal, "cannot open the data directory " + data.string() +
                                             "; name it with --data, and look at its mode"));
  }
  path_ = "/proc/self/fd/" + std::to_string(directory_) + "/" + kOperatorSocketName;
}

OperatorAddress::~OperatorAddress() {
  if (directory_ >= 0) ::close(directory_);
}

}  // namespace commonwatch::server
