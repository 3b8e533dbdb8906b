// An operator's decision as it is written on a command line.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/options.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::cli {

// `link`, `split`, ...
const std::vector<std::string>& decision_verbs();
// Why verb, subjects and name do not go together; empty if they do.
std::string usage_fault(const DecideOptions& options);
// Throws InputError where a subject is no record, or no place.
v1::Decide make_decision(const DecideOptions& options);

}  // namespace commonwatch::cli
