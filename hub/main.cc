#include "hub/app/command_line.h"

// jemalloc reads it when the process starts: each thread has an arena of its own. Threads that
// share one wait for each other at its locks, and where a replay held one, on what the processors
// left it, the log thread did for 70 ms.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "narenas:1024";
}

int main(int argc, char** argv) { return commonwatch::app::run_command_line(argc, argv); }
