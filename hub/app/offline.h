// Runs a command on a data directory that no hub has open.
#pragma once

#include <string>

#include "hub/app/command.h"

namespace commonwatch::app {

// Opens the log for it. Throws Failure: no log there, or one that cannot be opened.
server::OperatorReply run_offline(const Command& command, const std::string& arguments,
                                  Configuration configuration, server::OperatorOutput& output);

// The account of this number, for people: `commonwatch`, or `uid 1000`.
std::string account_name(uid_t uid);

}  // namespace commonwatch::app
