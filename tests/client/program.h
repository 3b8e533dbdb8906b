// The `commonwatch` program, run as a person would.
#pragma once

#include <stdio.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace commonwatch::test {

struct Outcome {
  int code = 0;
  std::string output;  // both streams
};

inline Outcome run(const std::string& arguments, const std::string& environment = "") {
  const std::string command = "env -u COMMONWATCH_SERVER -u COMMONWATCH_TOKEN " + environment +
                              " " COMMONWATCH_PROGRAM " " + arguments + " 2>&1 </dev/null";
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Outcome outcome;
  std::array<char, 4096> buffer{};
  while (const auto got = ::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.output.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace commonwatch::test
