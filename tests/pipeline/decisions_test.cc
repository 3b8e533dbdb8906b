#include "hub/pipeline/decisions.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "hub/alert/stray.h"
#include "hub/base/clock.h"

namespace commonwatch::pipeline {
namespace {

using Recorded = Result<Instant>;

model::Alert answered_alert() {
  model::Alert alert;
  alert.id = "89c45db1-1";
  alert.version = 2;
  alert.state = model::AlertState::kOpen;
  alert.jurisdiction = "Montgomery";
  alert.hotspot.zone.cell = model::Cell::at({40.14, -75.4}, 13);
  alert.hotspot.center = model::zone_center(alert.hotspot.zone);
  alert.hotspot.severity = model::Severity::kWatch;
  alert.hotspot.count = 5;
  return alert;
}

// A log in a directory of its own, and one alert that is at version 2.
class Desk {
 public:
  Desk() {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
    storage::LogOptions options;
    options.directory = directory_ / "data";
    options.limits.disk_free_bytes_min = 0;
    log_ = storage::EventLog::open(options, clock_).value();
    decisions_ = std::make_unique<Decisions>(*log_, channels_);
    channels_.widest().alerts.set(
        std::make_shared<const std::vector<model::Alert>>(std::vector{answered_alert()}));
  }
  ~Desk() {
    log_->close();
    log_.reset();
    std::filesystem::remove_all(directory_);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  Recorded acknowledge(const std::string& id, std::uint32_t version) {
    const wire::AcknowledgeAlert request{id, version, model::AlertAction::kTaken, 1};
    return wait([&](auto done) { decisions_->acknowledge(anna, request, std::move(done)); });
  }
  Recorded decide(const model::SiteDecision& site) {
    return wait([&](auto done) { decisions_->decide(anna, {1, site}, std::move(done)); });
  }
  // Whatever stands in the log, as one event of the hub's own.
  wire::HubEvent only_event() const {
    const auto chunk = log_->read(model::Offset(0)).value();
    REQUIRE(chunk.has_value());
    REQUIRE(chunk->entries.size() == 1);
    CHECK(chunk->source == model::SourceName::hub());
    return wire::decode_hub_event(chunk->entries[0].payload).value();
  }
  storage::EventLog& log() { return *log_; }

  access::Principal anna{
      "anna",
      "all",
      "",
      {{access::Operation::kAcknowledge, {}, {}, {}}, {access::Operation::kOperate, {}, {}, {}}},
      ""};

 private:
  template <class Ask>
  Recorded wait(Ask ask) {
    std::promise<Recorded> recorded;
    ask([&](Recorded result) { recorded.set_value(std::move(result)); });
    return recorded.get_future().get();
  }

  std::filesystem::path directory_;
  SystemClock clock_;
  std::unique_ptr<storage::EventLog> log_;
  Channels channels_{std::vector<Epoch>(1), {}, {}};
  std::unique_ptr<Decisions> decisions_;
};

const model::SiteDecision kSite{model::Cell::at({40.1409, -75.4046}, model::kLeafLevel),
                                model::SiteKind::kFacility, "County jail"};

TEST_CASE("an acknowledgement is in the log before it is answered, with who gave it") {
  Desk desk;
  const auto recorded = desk.acknowledge("89c45db1-1", 2);
  REQUIRE(recorded.has_value());
  CHECK(*recorded == desk.log().durable().recorded);
  const model::Alert alert = answered_alert();
  wire::AlertAcknowledged expected{"89c45db1-1", 2, model::AlertAction::kTaken, "anna"};
  expected.subject = alert::subject_of(alert);
  expected.level = alert.hotspot.severity;
  expected.count = alert.hotspot.count;
  CHECK(desk.only_event() == wire::HubEvent(expected));
}

TEST_CASE("an acknowledgement of a version that is over says nothing of the alert's level") {
  Desk desk;
  REQUIRE(desk.acknowledge("89c45db1-1", 1).has_value());
  const auto event = std::get<wire::AlertAcknowledged>(desk.only_event());
  CHECK(event.subject == alert::subject_of(answered_alert()));
  CHECK(event.level == model::Severity::kUnspecified);
  CHECK(event.count == 0);
}

TEST_CASE("a decision is in the log before it is answered, with who took it") {
  Desk desk;
  REQUIRE(desk.decide(kSite).has_value());
  CHECK(desk.only_event() == wire::HubEvent(wire::Decided{{"anna", kSite}}));
}

TEST_CASE("an answer to an alert that is not shown, or not yet so far, is refused") {
  Desk desk;
  const auto unknown = desk.acknowledge("x", 1);
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().code == ErrorCode::kNotFound);
  CHECK(unknown.error().field == "acknowledge_alert.alert_id");
  const auto early = desk.acknowledge("89c45db1-1", 3);
  REQUIRE(early.has_error());
  CHECK(early.error().code == ErrorCode::kInvalidRequest);
  CHECK(early.error().field == "acknowledge_alert.alert_version");
  CHECK(desk.log().durable().end == model::Offset(0));
}

TEST_CASE("without the right to operate nothing is recorded") {
  Desk desk;
  desk.anna.grants.clear();
  for (const auto& refused : {desk.acknowledge("89c45db1-1", 1), desk.decide(kSite)}) {
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == ErrorCode::kForbidden);
  }
  CHECK(desk.log().durable().end == model::Offset(0));
}

TEST_CASE("a request after the log was closed is answered with a refusal") {
  Desk desk;
  desk.log().close();
  const auto late = desk.decide(kSite);
  REQUIRE(late.has_error());
  CHECK(late.error().code == ErrorCode::kShuttingDown);
}

}  // namespace
}  // namespace commonwatch::pipeline
