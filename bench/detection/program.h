// The program `detection`: how well outbreaks are found, and how often nothing is called one.
#pragma once

namespace commonwatch::detection {

// Exit status: 0 done, 1 failed, 2 usage, 7 bad input.
int run_program(int argc, const char* const* argv);

}  // namespace commonwatch::detection
