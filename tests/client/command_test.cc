// The program itself, run as a person would.
#include <catch2/catch.hpp>
#include <fstream>

#include "clients/cli/command_line.h"
#include "tests/client/fixtures.h"
#include "tests/client/program.h"

namespace commonwatch::test {
namespace {

// One event a line.
std::filesystem::path write_events(const TemporaryDirectory& directory, int count) {
  const auto path = directory.path() / "events.ndjson";
  std::ofstream out(path);
  for (int i = 1; i <= count; ++i) {
    out << R"({"recordId":"r)" << i << R"(","occurredAt":"2016-03-11T09:09:00Z",)"
        << R"("location":{"latitude":40.12,"longitude":-75.34},"overdose":{}})"
        << "\n";
  }
  return path;
}

std::string publish_command(const FakeHub& hub, const TemporaryDirectory& directory,
                            const std::string& rest) {
  return "publish --server " + hub.endpoint().url() + " --source " + kSource + " --state-dir " +
         (directory.path() / "state").string() + " " + rest;
}

}  // namespace

TEST_CASE("The help of every command mentions each of its options and exits with 0") {
  for (const auto& command : cli::command_tree().commands) {
    const auto help = run(command.name + " --help");
    INFO(command.name);
    CHECK(help.code == 0);
    for (const auto& option : command.options) {
      for (const auto& name : option.names) CHECK_THAT(help.output, Catch::Contains(name));
    }
  }
}

TEST_CASE("Usage errors exit with 2") {
  const auto arguments =
      GENERATE("", "nonsense", "publish", "publish --source a/b --batch 0 x", "watch --top many",
               "watch --area 1,2,3,4 --cells 89", "replay --mode backwards", "alerts --from soon",
               "explain", "acknowledge x", "acknowledge x --seen --real",
               "acknowledge x --seen --alert-version 0", "decide forget a/b/c",
               "decide link a/b/c", "decide split a/b/c d/e/f --name x", "decide facility 40,-75",
               "decide ordinary 40,-75 --name x", "decide placeholder 40,-75 41,-75",
               "replay --from someday", "completion tcsh", "watch --timeout soon");
  INFO(arguments);
  CHECK(run(arguments).code == 2);
}

TEST_CASE("Global options are taken after the command as well as before it") {
  CHECK(run("--server ws://127.0.0.1:1 status").code == 5);
  CHECK(run("status --server ws://127.0.0.1:1").code == 5);
}

TEST_CASE("A flag goes before its environment variable") {
  CHECK_THAT(run("status", "COMMONWATCH_SERVER=ws://127.0.0.1:2").output,
             Catch::Contains("127.0.0.1:2"));
  CHECK_THAT(run("status --server ws://127.0.0.1:1", "COMMONWATCH_SERVER=ws://127.0.0.1:2").output,
             Catch::Contains("127.0.0.1:1"));
}

TEST_CASE("Bad input exits with 7 and says what, where and what next") {
  TemporaryDirectory directory;
  const auto missing = run("check " + (directory.path() / "missing.ndjson").string());
  CHECK(missing.code == 7);
  CHECK_THAT(missing.output, Catch::Contains("missing.ndjson"));
  CHECK(run("status --server ftp://x").code == 7);
  CHECK(run("publish --source NotASource x").code == 7);
  CHECK(run("status --token-file " + (directory.path() / "none").string()).code == 7);
}

TEST_CASE("check takes good events with 0 and lists faults with 7") {
  TemporaryDirectory directory;
  const auto path = write_events(directory, 3);
  CHECK(run("check " + path.string()).code == 0);
  std::ofstream(path, std::ios::app)
      << R"({"recordId":"r4","occurredAt":"2016-03-11T09:09:00Z","location":{"latitude":140},)"
      << R"("overdose":{}})"
      << "\n";
  const auto checked = run("check " + path.string());
  CHECK(checked.code == 7);
  CHECK_THAT(checked.output, Catch::Contains("events.ndjson:4") && Catch::Contains("latitude"));
}

TEST_CASE("publish sends a file once, however often it is asked to") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto path = write_events(directory, 50);
  const auto first = run(publish_command(hub, directory, "--json " + path.string()));
  INFO(first.output);
  CHECK(first.code == 0);
  CHECK_THAT(first.output, Catch::Contains("\"stored\":50"));
  CHECK(run(publish_command(hub, directory, path.string())).code == 0);
  CHECK(hub.record_ids(kSource) == record_ids(50));
}

TEST_CASE("publish goes on where a file ended when it has grown") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto path = write_events(directory, 5);
  CHECK(run(publish_command(hub, directory, path.string())).code == 0);
  write_events(directory, 8);
  CHECK(run(publish_command(hub, directory, path.string())).code == 0);
  CHECK(hub.record_ids(kSource) == record_ids(8));
}

TEST_CASE("publish exits with 3 when the hub rejected an event, and keeps it in --rejects") {
  FakeHub hub;
  hub.reject = [](const v1::Event& event) {
    return event.record_id() == "r2" ? v1::ERROR_CODE_OUT_OF_RANGE : v1::ERROR_CODE_UNSPECIFIED;
  };
  TemporaryDirectory directory;
  const auto path = write_events(directory, 3);
  const auto rejects = directory.path() / "rejects.ndjson";
  CHECK(run(publish_command(hub, directory, "--rejects " + rejects.string() + " " + path.string()))
            .code == 3);
  std::string line;
  std::getline(std::ifstream(rejects) >> std::ws, line);
  CHECK_THAT(line, Catch::Contains("events.ndjson:2") && Catch::Contains("OUT_OF_RANGE") &&
                       Catch::Contains("\"recordId\":\"r2\""));
}

TEST_CASE("publish exits with 5 when no hub is reached, and sends later what it spooled") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto path = write_events(directory, 4);
  hub.drop_percent = 100;
  const auto away = run(publish_command(hub, directory, "--retry-max 200ms " + path.string()));
  CHECK(away.code == 5);
  CHECK_THAT(away.output, Catch::Contains("4 wait in the spool"));
  hub.drop_percent = 0;
  CHECK(run(publish_command(hub, directory, path.string())).code == 0);
  CHECK(hub.record_ids(kSource) == record_ids(4));
}

TEST_CASE("publish that is killed at any moment loses and repeats nothing") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto path = write_events(directory, 400);
  const std::string command =
      publish_command(hub, directory, "--batch 10 --rate 2000/s " + path.string());
  for (int round = 0; round < 12; ++round) {
    const std::string delay = "0.0" + std::to_string(1 + round * 7 % 9);
    static_cast<void>(std::system(
        ("timeout -s KILL " + delay + " " COMMONWATCH_PROGRAM " " + command + " >/dev/null 2>&1")
            .c_str()));
  }
  const auto last = run(command);
  INFO(last.output);
  CHECK(last.code == 0);
  CHECK(hub.record_ids(kSource) == record_ids(400));
}

TEST_CASE("publish exits with 130 after SIGINT and 143 after SIGTERM") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto path = write_events(directory, 2);
  const auto [signal, code] = GENERATE(std::pair("INT", 130), std::pair("TERM", 143));
  const std::string command = std::string("timeout --preserve-status -s ") + signal +
                              " 0.5 " COMMONWATCH_PROGRAM " " +
                              publish_command(hub, directory, "-q --follow " + path.string());
  const int status = std::system(command.c_str());
  CHECK(WEXITSTATUS(status) == code);
}

TEST_CASE("A token that the hub refuses exits with 4") {
  FakeHub hub;
  v1::ServerMessage forbidden;
  forbidden.mutable_error()->set_code(v1::ERROR_CODE_FORBIDDEN);
  hub.scripts = {{forbidden}};
  CHECK(run("watch --json --server " + hub.endpoint().url()).code == 4);
}

TEST_CASE("watch that writes into a closed pipe ends quietly with 0") {
  FakeHub hub;
  std::vector<v1::ServerMessage> script;
  for (int i = 0; i < 2000; ++i) {
    v1::ServerMessage progress;
    progress.mutable_progress()->mutable_position()->set_version(static_cast<std::uint64_t>(i + 1));
    script.push_back(progress);
  }
  hub.scripts = {script};
  const std::string command = "bash -c '" COMMONWATCH_PROGRAM " watch --json --server " +
                              hub.endpoint().url() +
                              " | head -n 2 >/dev/null; exit ${PIPESTATUS[0]}'";
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 0);
}

TEST_CASE("watch --count ends after so many messages") {
  FakeHub hub;
  v1::ServerMessage progress;
  progress.mutable_progress()->mutable_position()->set_version(4);
  hub.scripts = {{progress, progress, progress}};
  const auto watched = run("watch --json --count 2 --server " + hub.endpoint().url());
  CHECK(watched.code == 0);
  CHECK(watched.output ==
        "{\"progress\":{\"position\":{\"version\":\"4\"}}}\n"
        "{\"progress\":{\"position\":{\"version\":\"4\"}}}\n");
}

TEST_CASE("Commands that reach no hub exit with 5") {
  const std::string nowhere = " --server ws://127.0.0.1:1 --timeout 200ms";
  CHECK(run("replay" + nowhere).code == 5);
  CHECK(run("export" + nowhere).code == 5);
  CHECK(run("watch --for 300ms --json" + nowhere).code == 5);
}

TEST_CASE("export leaves no file behind that is not complete") {
  FakeHub hub;
  v1::ServerMessage end;
  end.set_replay(1);
  end.mutable_replay_end()->set_reason(v1::REPLAY_END_REASON_END_OF_RANGE);
  end.mutable_replay_end()->set_count(1);
  hub.scripts = {{end}};
  TemporaryDirectory directory;
  const auto path = directory.path() / "records.ndjson";
  const auto exported = run("export -o " + path.string() + " --server " + hub.endpoint().url());
  CHECK(exported.code == 1);
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("The completion scripts are valid and name every command and option") {
  TemporaryDirectory directory;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto script = run("completion " + shell);
    CHECK(script.code == 0);
    for (const auto& command : cli::command_tree().commands) {
      CHECK_THAT(script.output, Catch::Contains(command.name));
      for (const auto& option : command.options) {
        CHECK_THAT(script.output, Catch::Contains(option.names.back().substr(2)));
      }
    }
  }
  const auto path = directory.path() / "commonwatch.bash";
  std::ofstream(path) << run("completion bash").output;
  CHECK(std::system(("bash -n " + path.string()).c_str()) == 0);
}

}  // namespace commonwatch::test
