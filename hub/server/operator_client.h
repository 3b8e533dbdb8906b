// Asks the hub that runs on a data directory. Blocks.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/server/operator_socket.h"

namespace commonwatch::server {

// Gives `write` what the command writes, as it comes. Nothing: no hub answers there. An error: one
// did, and then went away, or refused.
Result<std::optional<OperatorReply>> ask_hub(const std::filesystem::path& data,
                                             const std::string& command,
                                             const std::string& arguments,
                                             const std::function<void(std::string_view)>& write);

}  // namespace commonwatch::server
