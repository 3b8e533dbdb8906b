// `commonwatch-hub`: serve, check-config, print-config, verify, audit.
#pragma once

namespace commonwatch::app {

// The exit status: 0 done, 1 failed, 2 usage.
int run_command_line(int argc, char** argv);

}  // namespace commonwatch::app
