#include "bench/detection/program.h"

int main(int argc, char** argv) { return commonwatch::detection::run_program(argc, argv); }
