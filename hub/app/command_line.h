// `commonwatch-hub`: serve, check-config, and the commands of the table (command.h).
#pragma once

namespace commonwatch::app {

// The exit status: 0 done, 1 failed, 2 usage.
int run_command_line(int argc, char** argv);

}  // namespace commonwatch::app
