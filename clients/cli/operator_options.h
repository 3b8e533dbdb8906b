// The commands around alerts and decisions, as CLI11 reads them.
#pragma once

#include "clients/cli/options.h"

namespace CLI {
class App;
}

namespace commonwatch::cli {

void add_operator_commands(CLI::App& app, AlertsOptions& alerts, ExplainOptions& explain,
                           AcknowledgeOptions& acknowledge, DecideOptions& decide);

}  // namespace commonwatch::cli
