// Whoever is to be woken is, and the log says so, also behind a restart.
#include "hub/delivery/pager.h"

#include <set>

#include "tests/delivery/paging_records.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

using model::PagingPhase;
using model::Severity;

// A log on disk, and pagers on it one after the other.
class Room {
 public:
  Room() { open(); }
  ~Room() { stop(); }

  // A command as a target; `$D` in it is `directory`.
  Target& add(const std::string& name, const std::string& script) {
    Target target;
    target.rules.name = name;
    target.command = {directory.script(name + ".sh", script)};
    settings.targets.push_back(std::move(target));
    return settings.targets.back();
  }
  void begin(std::vector<model::Alert> alerts, alert::Ledger ledger = {},
             model::Offset next = model::Offset(0)) {
    pager_ = std::make_unique<Pager>("all", settings, *log_, clock, metrics);
    pager_->begin(shared(std::move(alerts)), std::move(ledger), next);
  }
  // Another engine epoch is shown.
  void begin_again(std::vector<model::Alert> alerts) {
    pager_->begin(shared(std::move(alerts)), {}, model::Offset(0));
  }
  void notice(std::vector<model::Alert> alerts) { pager_->notice(shared(std::move(alerts))); }
  void apply_settings() { pager_->prepare(settings)(); }
  // As a crash, and the next start: the log alone stays.
  void restart(std::vector<model::Alert> alerts) {
    stop();
    open();
    begin(std::move(alerts));
  }
  void stop() {
    if (pager_) pager_->stop();
    pager_.reset();
    if (log_) log_->close();
    log_.reset();
  }

  // Every paging record that is durable.
  std::vector<model::Paging> records() const { return paging_records(*log_); }
  std::vector<PagingPhase> phases() const {
    std::vector<PagingPhase> all;
    for (const model::Paging& step : records()) all.push_back(step.phase);
    return all;
  }
  void wait_for(std::size_t count) {
    wait_until([&] { return records().size() >= count; });
  }
  storage::EventLog& log() { return *log_; }
  bool has(const std::string& file) const { return !directory.read(file).empty(); }

  TemporaryDirectory directory;
  Settings settings{{}, std::chrono::milliseconds(5), std::chrono::milliseconds(20)};
  SystemClock clock;
  telemetry::Metrics metrics;

 private:
  static Alerts shared(std::vector<model::Alert> alerts) {
    return std::make_shared<const std::vector<model::Alert>>(std::move(alerts));
  }
  void open() {
    storage::LogOptions options;
    options.directory = directory.path("data");
    log_ = storage::EventLog::open(options, clock).value();
  }
  std::unique_ptr<storage::EventLog> log_;
  std::unique_ptr<Pager> pager_;
};

using Phases = std::vector<PagingPhase>;

TEST_CASE("An open alert runs the command once, and the log has the intent and the outcome") {
  Room room;
  room.add("desk", "cat > $D/body; echo $CW_PAGE_ID $CW_ATTEMPT $CW_LEVEL >> $D/pages");
  room.begin({make_alert("alert-1")});
  room.wait_for(2);
  room.notice({make_alert("alert-1")});
  room.restart({make_alert("alert-1")});
  room.stop();
  CHECK(room.directory.read("pages") == "alert-1/3/desk 1 alert\n");
  CHECK(room.directory.read("body").find("\"possibly_repeated\":false") != std::string::npos);
}

TEST_CASE("The intent is durable before anything is sent") {
  Room room;
  room.add("desk", "echo runs > $D/runs; while [ -d $D ] && [ ! -e $D/go ]; do sleep 0.02; done");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("runs"); });
  CHECK(room.phases() == Phases{PagingPhase::kIntended});
  room.directory.write("go", "");
  room.wait_for(2);
  CHECK(room.phases() == Phases{PagingPhase::kIntended, PagingPhase::kSent});
}

TEST_CASE("A page that was cut between intent and outcome is sent again behind the restart") {
  Room room;
  room.add("desk",
           "cat > $D/body.$CW_ATTEMPT; echo $CW_PAGE_ID $CW_ATTEMPT >> $D/pages; "
           "[ $CW_ATTEMPT = 2 ] || sleep 1000");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("pages"); });
  model::Alert grown = make_alert("alert-1", 6);
  grown.version = 4;
  room.restart({grown});
  room.wait_for(3);
  CHECK(room.phases() ==
        Phases{PagingPhase::kIntended, PagingPhase::kIntended, PagingPhase::kSent});
  CHECK(room.directory.read("pages") == "alert-1/3/desk 1\nalert-1/3/desk 2\n");
  CHECK(room.directory.read("body.2").find("\"possibly_repeated\":true") != std::string::npos);
}

TEST_CASE("What the fold's ledger knows already is not read from the log again") {
  Room room;
  room.add("desk", "echo $CW_ATTEMPT >> $D/pages");
  alert::Ledger ledger;
  model::Paging sent = make_step(make_alert("alert-1"));
  sent.phase = PagingPhase::kSent;
  ledger.record(sent);
  room.begin({make_alert("alert-1"), make_alert("alert-2")}, ledger, room.log().durable().end);
  room.wait_for(2);
  CHECK(room.records().front().alert_id == "alert-2");
  CHECK(room.records().size() == 2);
}

TEST_CASE(
    "The pages of a target are counted from 0, so that the first that is given up is a rise") {
  Room room;
  room.add("desk", "true");
  room.begin({});
  CHECK(room.metrics.scrape().find(
            R"(commonwatch_pages_total{outcome="given_up",target="desk"} 0)") != std::string::npos);
}

TEST_CASE("A command that fails is repeated until it does not") {
  Room room;
  room.add("desk", "[ $CW_ATTEMPT = 3 ]");
  room.begin({make_alert("alert-1")});
  room.wait_for(6);
  CHECK(room.phases() == Phases{PagingPhase::kIntended, PagingPhase::kFailed,
                                PagingPhase::kIntended, PagingPhase::kFailed,
                                PagingPhase::kIntended, PagingPhase::kSent});
  const std::string scrape = room.metrics.scrape();
  CHECK(scrape.find(R"(commonwatch_pages_total{outcome="failed",target="desk"} 2)") !=
        std::string::npos);
  CHECK(scrape.find(R"(commonwatch_pages_total{outcome="sent",target="desk"} 1)") !=
        std::string::npos);
}

TEST_CASE("A command that always fails is given up after its attempts, and the next one is woken") {
  Room room;
  Target& desk = room.add("desk", "exit 1");
  desk.rules.attempts_max = 2;
  desk.rules.escalate_to = "chief";
  desk.rules.escalate_after = std::chrono::hours(1);
  room.add("chief", "cat > $D/chief");
  room.begin({make_alert("alert-1")});
  room.wait_for(6);
  const auto records = room.records();
  CHECK(records[3].phase == PagingPhase::kGivenUp);
  CHECK(records[4].target == "chief");
  CHECK(records[5].phase == PagingPhase::kSent);
  CHECK(room.directory.read("chief").find("\"reason\":\"escalated\"") != std::string::npos);
}

TEST_CASE("A command that never ends is ended at its time limit and counts as failed") {
  Room room;
  Target& desk = room.add("desk", "[ $CW_ATTEMPT = 2 ] || sleep 1000");
  desk.timeout = std::chrono::seconds(1);
  room.begin({make_alert("alert-1")});
  room.wait_for(4);
  CHECK(room.phases() == Phases{PagingPhase::kIntended, PagingPhase::kFailed,
                                PagingPhase::kIntended, PagingPhase::kSent});
}

TEST_CASE("An alert acknowledged at 4 wakes again at 8") {
  Room room;
  room.add("desk", "echo $CW_PAGE_ID >> $D/pages");
  model::Alert alert = make_alert("alert-1", 4);
  room.begin({alert});
  room.wait_for(2);
  alert.version = 4;
  alert.asks = false;
  alert.acknowledgements = {{"anna", model::AlertAction::kSeen, 3, alert.opened}};
  room.notice({alert});
  alert.version = 5;
  alert.hotspot.count = 8;
  alert.asks = true;
  room.notice({alert});
  room.wait_for(4);
  CHECK(room.directory.read("pages") == "alert-1/3/desk\nalert-1/5/desk\n");
}

TEST_CASE("A higher level while a page is under way is sent when that one has ended") {
  Room room;
  room.add("desk",
           "echo $CW_PAGE_ID $CW_LEVEL >> $D/pages; "
           "while [ -d $D ] && [ ! -e $D/go ]; do sleep 0.02; done")
      .rules.level = Severity::kWatch;
  model::Alert alert = make_alert("alert-1");
  alert.hotspot.severity = Severity::kWatch;
  room.begin({alert});
  wait_until([&] { return room.has("pages"); });
  alert.version = 4;
  alert.hotspot.severity = Severity::kAlert;
  room.notice({alert});
  room.directory.write("go", "");
  room.wait_for(4);
  CHECK(room.directory.read("pages") == "alert-1/3/desk watch\nalert-1/4/desk alert\n");
}

TEST_CASE("A target that is added while the pager runs is woken of what asks already") {
  Room room;
  room.begin({make_alert("alert-1")});
  room.add("desk", "echo $CW_PAGE_ID >> $D/pages");
  room.apply_settings();
  room.wait_for(2);
  CHECK(room.directory.read("pages") == "alert-1/3/desk\n");
}

TEST_CASE(
    "An attempt that is under way when its target is taken away ends as it began, the last one") {
  Room room;
  room.add("desk",
           "echo runs > $D/runs; while [ -d $D ] && [ ! -e $D/go ]; do sleep 0.02; done; exit 1");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("runs"); });
  room.settings.targets.clear();
  room.add("other", "echo $CW_PAGE_ID >> $D/pages");
  room.apply_settings();
  room.directory.write("go", "");
  room.wait_for(4);
  CHECK(room.directory.read("pages") == "alert-1/3/other\n");
  std::vector<std::string> desk;
  for (const model::Paging& step : room.records()) {
    if (step.target == "desk") desk.push_back(step.page_id);
  }
  CHECK(desk == std::vector<std::string>(2, "alert-1/3/desk"));  // the intent, and that it failed
}

TEST_CASE("Settings whose target cannot be set up change nothing") {
  Room room;
  room.add("desk", "echo $CW_PAGE_ID >> $D/pages");
  room.begin({});
  Target& hook = room.add("hook", "");
  hook.command.clear();
  hook.webhook = "https://localhost/page";
  hook.secret_file = room.directory.path("none");
  hook.ca_file = room.directory.path("none");
  CHECK_THROWS_AS(room.apply_settings(), Failure);
  room.notice({make_alert("alert-1")});
  room.wait_for(2);
  CHECK(room.directory.read("pages") == "alert-1/3/desk\n");
}

TEST_CASE("A target that hangs keeps no other one waiting") {
  Room room;
  room.add("slow", "sleep 1000");
  room.add("quick", "echo $CW_ALERT_ID >> $D/quick");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("quick"); });
  CHECK(room.phases().size() >= 2);
}

TEST_CASE("More pages than may be under way at once are all sent, each once") {
  Room room;
  room.add("desk", "echo $CW_ALERT_ID >> $D/pages");
  std::vector<model::Alert> alerts;
  std::set<std::string> expected;
  for (std::size_t i = 0; i < 3 * Pager::kAttemptsMax; ++i) {
    alerts.push_back(make_alert("alert-" + std::to_string(i)));
    expected.insert(alerts.back().id);
  }
  room.begin(alerts);
  room.wait_for(2 * alerts.size());
  std::istringstream lines(room.directory.read("pages"));
  std::vector<std::string> sent;
  for (std::string line; std::getline(lines, line);) sent.push_back(line);
  CHECK(sent.size() == expected.size());
  CHECK(std::set<std::string>(sent.begin(), sent.end()) == expected);
}

TEST_CASE("Quiet hours are recorded once, and send nothing, also behind a restart") {
  Room room;
  Target& desk = room.add("desk", "echo $CW_ALERT_ID >> $D/pages");
  desk.rules.level = Severity::kWatch;
  // All day but one minute, half a day from now.
  const auto now = std::chrono::floor<std::chrono::minutes>(room.clock.wall());
  const auto today = now - std::chrono::floor<std::chrono::days>(now);
  const auto minute = static_cast<std::uint16_t>((today.count() + 720) % 1440);
  desk.rules.quiet = alert::QuietHours{static_cast<std::uint16_t>((minute + 1) % 1440), minute};
  model::Alert alert = make_alert("alert-1");
  alert.hotspot.severity = Severity::kWatch;
  room.begin({alert});
  room.wait_for(1);
  room.notice({alert});
  room.restart({alert, make_alert("alert-2")});
  wait_until([&] { return room.has("pages"); });
  room.wait_for(3);
  CHECK(room.phases() ==
        Phases{PagingPhase::kHeldBack, PagingPhase::kIntended, PagingPhase::kSent});
  CHECK(room.directory.read("pages") == "alert-2\n");
}

TEST_CASE("What is under way when the hub stops may still end, and is recorded") {
  Room room;
  room.add("desk", "echo runs > $D/runs; while [ -d $D ] && [ ! -e $D/go ]; do sleep 0.02; done");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("runs"); });
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    room.directory.write("go", "");
  });
  room.restart({});
  release.join();
  CHECK(room.phases() == Phases{PagingPhase::kIntended, PagingPhase::kSent});
}

model::Alert recent(const std::string& id) {
  model::Alert alert = make_alert(id);
  alert.hotspot.last_occurred = alert.opened;
  return alert;
}

// The same event in the next engine epoch.
model::Alert renamed(const model::Alert& alert) {
  model::Alert other = alert;
  other.id = "alert-renamed";
  other.version = 1;
  return other;
}

TEST_CASE("Nobody is paged again for an alert that has another id in the next engine epoch") {
  Room room;
  room.add("desk", "echo $CW_PAGE_ID >> $D/pages");
  const model::Alert alert = recent("alert-1");
  room.begin({alert});
  room.wait_for(2);
  SECTION("that is shown while the hub runs") { room.begin_again({renamed(alert)}); }
  SECTION("that begins with a start") { room.restart({renamed(alert)}); }
  model::Alert elsewhere = make_alert("alert-2");
  elsewhere.jurisdiction = "Bucks";
  room.notice({elsewhere, renamed(alert)});
  room.wait_for(4);
  CHECK(room.directory.read("pages") == "alert-1/3/desk\nalert-2/3/desk\n");
}

TEST_CASE("A page that is under way when the next epoch is shown is that epoch's page") {
  Room room;
  room.add("desk",
           "echo $CW_PAGE_ID >> $D/pages; while [ -d $D ] && [ ! -e $D/go ]; do sleep 0.02; done");
  const model::Alert alert = recent("alert-1");
  room.begin({alert});
  wait_until([&] { return room.has("pages"); });
  room.begin_again({renamed(alert)});
  room.notice({renamed(alert)});
  room.directory.write("go", "");
  room.wait_for(2);
  model::Alert grown = renamed(alert);
  grown.version = 2;
  grown.hotspot.count *= 2;
  room.notice({grown});
  room.wait_for(4);
  CHECK(room.directory.read("pages") == "alert-1/3/desk\nalert-renamed/2/desk\n");
  CHECK(room.phases() == Phases{PagingPhase::kIntended, PagingPhase::kSent, PagingPhase::kIntended,
                                PagingPhase::kSent});
}

TEST_CASE("A page whose alert is over by the restart goes out as over") {
  Room room;
  room.add("desk", "cat > $D/body.$CW_ATTEMPT; [ $CW_ATTEMPT = 2 ] || sleep 1000");
  room.begin({make_alert("alert-1")});
  wait_until([&] { return room.has("body.1"); });
  model::Alert over = make_alert("alert-1");
  over.version = 5;
  over.state = model::AlertState::kClosed;
  over.asks = false;
  room.restart({over});
  room.wait_for(3);
  CHECK(room.directory.read("body.2").find("\"state\":\"closed\"") != std::string::npos);
}

TEST_CASE("A webhook that is down is tried again with the same page") {
  Room room;
  Target target;
  target.rules.name = "hook";
  target.rules.attempts_max = 1000;
  target.webhook = "http://127.0.0.1:9/";
  target.secret_file = room.directory.write("secret", "0123456789abcdef");
  room.settings.targets.push_back(target);
  room.begin({make_alert("alert-1")});
  room.wait_for(4);
  const auto records = room.records();
  CHECK(records[1].phase == PagingPhase::kFailed);
  CHECK(records[2].attempt == 2);
  CHECK(records[2].page_id == records[0].page_id);
}

}  // namespace
}  // namespace commonwatch::delivery::test
