#include "hub/app/command_line.h"

int main(int argc, char** argv) { return commonwatch::app::run_command_line(argc, argv); }
