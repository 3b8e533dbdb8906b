// A page as a program that is run.
#include "hub/delivery/command.h"

#include <signal.h>

#include "tests/delivery/one_try.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("A command gets the body on its input, its names in the environment, and its arguments") {
  const TemporaryDirectory directory;
  Command command({directory.script("page",
                                    "cat > $D/body; echo \"$CW_ALERT_ID $CW_PAGE_ID $CW_LEVEL "
                                    "$CW_ATTEMPT $# $1\" > $D/names"),
                   "two words; $HOME"});
  const auto outcome = try_once(command, message_of("{\"count\":4}"));
  REQUIRE(outcome.has_value());
  CHECK(outcome->sent);
  CHECK(directory.read("body") == "{\"count\":4}");
  CHECK(directory.read("names") == "alert-7 alert-7/3/desk alert 2 1 two words; $HOME\n");
}

TEST_CASE("A command that ends with a failure says its status and its last line") {
  const TemporaryDirectory directory;
  Command command({directory.script("page", "echo first; echo 'no line' >&2; exit 3")});
  const auto outcome = try_once(command, message_of("{}"));
  REQUIRE(outcome.has_value());
  CHECK(!outcome->sent);
  CHECK(outcome->reason == "exit status 3: no line");
}

TEST_CASE("A command that ends by a signal did not send") {
  const TemporaryDirectory directory;
  Command command({directory.script("page", "kill -9 $$")});
  CHECK(try_once(command, message_of("{}"))->reason == "ended by signal 9");
}

TEST_CASE("A program that is not there is a failure that names it") {
  Command command({"/nonexistent/page"});
  const auto outcome = try_once(command, message_of("{}"));
  CHECK(!outcome->sent);
  CHECK(holds(outcome->reason, "/nonexistent/page"));
}

TEST_CASE("A command that never reads its input is sent all the same") {
  Command command({"/bin/true"});
  CHECK(try_once(command, message_of(std::string(1U << 20U, 'x')))->sent);
}

TEST_CASE("A command that prints without end keeps a bounded last line") {
  const TemporaryDirectory directory;
  Command command({directory.script(
      "page", "head -c 3000000 /dev/zero | tr '\\0' 'x'; printf '\\033[31m'; exit 1")});
  const auto outcome = try_once(command, message_of("{}"));
  CHECK(outcome->reason.size() < 300);
  CHECK(outcome->reason.find('\033') == std::string::npos);
}

TEST_CASE("A command that leaves a process behind that holds its output has ended") {
  const TemporaryDirectory directory;
  Command command({directory.script(
      "page", "(while [ -d $D ] && [ ! -e $D/end ]; do sleep 0.05; done) & exit 0")});
  const auto outcome = try_once(command, message_of("{}"));
  directory.write("end", "");
  CHECK(outcome->sent);
}

TEST_CASE("A command that is cancelled is ended, with what it started") {
  const TemporaryDirectory directory;
  Command command({directory.script("page", "sleep 1000 & echo $! > $D/child; wait")});
  std::thread creation([&] { wait_until([&] { return !directory.read("child").empty(); }); });
  const auto outcome = try_once(command, message_of("{}"), std::chrono::milliseconds(1500));
  creation.join();
  CHECK(!outcome.has_value());
  const pid_t child = static_cast<pid_t>(std::stol(directory.read("child")));
  // Gone, or waiting for whoever inherited it.
  wait_until([&] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string text;
    std::getline(stat, text);
    return text.empty() || holds(text, ") Z ");
  });
}

TEST_CASE("A command inherits no open file of the hub") {
  const TemporaryDirectory directory;
  std::ofstream open_here(directory.path("open-here"));
  Command command({directory.script("page", "ls -l /proc/self/fd > $D/files")});
  REQUIRE(try_once(command, message_of("{}"))->sent);
  CHECK(!holds(directory.read("files"), "open-here"));
}

}  // namespace
}  // namespace commonwatch::delivery::test
