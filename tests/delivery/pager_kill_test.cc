// kill -9 of a pager's process at random moments, with an oracle.
//
// Invariants checked: every alert is told; no attempt at a page is made twice; nothing is told that
// had not been intended in the log before; what was recorded as sent is not intended again.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>

#include "hub/delivery/pager.h"
#include "tests/delivery/paging_records.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

constexpr int kRounds = 12;
constexpr int kAlertsARound = 3;
constexpr const char* kDirectoryVariable = "COMMONWATCH_TEST_DIRECTORY";

std::unique_ptr<storage::EventLog> open_log(const std::string& directory, const Clock& clock) {
  storage::LogOptions options;
  options.directory = directory + "/data";
  return storage::EventLog::open(options, clock).value();
}

std::vector<model::Alert> first_alerts(int count) {
  std::vector<model::Alert> alerts;
  for (int i = 0; i < count; ++i) alerts.push_back(make_alert("alert-" + std::to_string(i)));
  return alerts;
}

// What the process under test does: wakes people, until it is killed.
TEST_CASE("Process of a pager", "[.process]") {
  const char* given = std::getenv(kDirectoryVariable);
  REQUIRE(given != nullptr);
  const std::string directory = given;
  int count = 0;
  std::ifstream(directory + "/count") >> count;
  const SystemClock clock;
  telemetry::Metrics metrics;
  const auto log = open_log(directory, clock);
  Target target;
  target.rules.name = "desk";
  target.command = {directory + "/desk.sh"};
  Pager pager("all", {{target}, std::chrono::milliseconds(5), std::chrono::milliseconds(5)}, *log, clock,
              metrics);
  pager.begin(std::make_shared<const std::vector<model::Alert>>(first_alerts(count)), {},
              model::Offset(0));
  while (std::filesystem::exists(directory)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

class Process {
 public:
  explicit Process(const TemporaryDirectory& directory) {
    ::setenv(kDirectoryVariable, directory.path("").c_str(), 1);
    const char* arguments[] = {"test_delivery", "Process of a pager", nullptr};
    REQUIRE(::posix_spawn(&process_, "/proc/self/exe", nullptr, nullptr,
                          const_cast<char**>(arguments), environ) == 0);
  }
  ~Process() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

 private:
  pid_t process_ = 0;
};

using Attempt = std::pair<std::string, std::uint32_t>;  // page id, number

std::vector<Attempt> read_told(const TemporaryDirectory& directory) {
  std::vector<Attempt> told;
  std::istringstream lines(directory.read("told"));
  for (Attempt one; lines >> one.first >> one.second;) told.push_back(one);
  return told;
}

TEST_CASE("A pager that is killed again and again tells every alert, and repeats none unmarked") {
  const TemporaryDirectory directory;
  directory.script("desk.sh", "echo $CW_PAGE_ID $CW_ATTEMPT >> $D/told; sleep 0.05");
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 dice(seed);
  for (int round = 1; round <= kRounds; ++round) {
    directory.write("count", std::to_string(round * kAlertsARound));
    const Process process(directory);
    // Up to here it opens its log; from here on it tells.
    const std::size_t before = read_told(directory).size();
    wait_until([&] { return read_told(directory).size() > before; });
    // Every third time surely while the command runs.
    std::this_thread::sleep_for(std::chrono::milliseconds(round % 3 == 0 ? 0 : dice() % 80));
  }
  std::set<std::string> pages;
  for (const model::Alert& alert : first_alerts(kRounds * kAlertsARound)) {
    pages.insert(alert.id + "/3/desk");
  }
  {
    const Process process(directory);
    wait_until([&] {
      std::set<std::string> told;
      for (const auto& [page, attempt] : read_told(directory)) told.insert(page);
      return told == pages;
    });
  }
  const auto told = read_told(directory);
  CHECK(std::any_of(told.begin(), told.end(), [](const Attempt& one) { return one.second > 1; }));
  CHECK(std::set<Attempt>(told.begin(), told.end()).size() == told.size());
  const SystemClock clock;
  std::set<Attempt> intended;
  std::set<std::string> sent;
  for (const model::Paging& step : paging_records(*open_log(directory.path(""), clock))) {
    if (step.phase == model::PagingPhase::kIntended) {
      CHECK(!sent.contains(step.page_id));
      CHECK(intended.insert({step.page_id, step.attempt}).second);
    }
    if (step.phase == model::PagingPhase::kSent) sent.insert(step.page_id);
  }
  for (const Attempt& attempt : told) CHECK(intended.contains(attempt));
}

}  // namespace
}  // namespace commonwatch::delivery::test
