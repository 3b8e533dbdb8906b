// What was said of an alert that another engine epoch named, and the alert of this one.
#include "hub/alert/stray.h"

#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

using model::AlertAction;
using model::PagingPhase;

// The alert of a cluster of four, as another epoch had it.
model::Alert elsewhere(model::LatLng point = east(0)) {
  WatchedCity other;
  other.cluster(point, hour(1), 4);
  return other.only(hour(2));
}

// Somebody was told of it.
Stray told(const model::Alert& alert) {
  return {"old-" + alert.hotspot.id,
          subject_of(alert),
          alert.hotspot.severity,
          alert.hotspot.count,
          {}};
}
// Somebody answered it.
Stray answered(const model::Alert& alert) {
  Stray stray = told(alert);
  stray.answer = model::Acknowledgement{"nurse", AlertAction::kTaken, 7, hour(2.2)};
  return stray;
}

// An epoch that begins at `hour(3)`, with the cluster of four in the log.
struct NewEpoch : WatchedCity {
  NewEpoch() {
    cluster(east(0), hour(1), 4);
    episodes.begin(hour(3));
  }
  model::Alert first() { return only(hour(3)); }
};

TEST_CASE("An alert that was answered in another epoch opens answered") {
  NewEpoch epoch;
  epoch.episodes.take_stray(told(elsewhere()));
  epoch.episodes.take_stray(answered(elsewhere()));
  const model::Alert alert = epoch.first();
  CHECK(alert.version == 1);
  CHECK_FALSE(alert.asks);
  REQUIRE(alert.acknowledgements.size() == 1);
  CHECK(alert.acknowledgements[0].principal == "nurse");
  CHECK(alert.acknowledgements[0].alert_version == 1);
  CHECK(*epoch.episodes.find(alert.id) == alert);
  // It asks again as any alert that was answered at four.
  epoch.cluster(east(0), hour(3), 3);
  CHECK_FALSE(epoch.only(hour(4)).asks);
  epoch.cluster(east(0), hour(4), 1);
  CHECK(epoch.only(hour(4.5)).asks);
}

TEST_CASE("What was said waits for the tick with which the epoch begins") {
  NewEpoch epoch;
  epoch.episodes.take_stray(answered(elsewhere()));
  CHECK(epoch.only(hour(2)).asks);
  epoch.episodes.take_stray(answered(elsewhere()));
  const model::Alert alert = epoch.first();
  CHECK(alert.version == 2);
  CHECK(alert.changed == hour(3));
  CHECK_FALSE(alert.asks);
  CHECK(alert.acknowledgements.size() == 1);
  CHECK(*epoch.episodes.find(alert.id) == alert);
}

TEST_CASE("An answer to less than the alert is now is listed, and silences nothing") {
  NewEpoch epoch;
  Stray stray = answered(elsewhere());
  SECTION("half the count") { stray.count = 2; }
  SECTION("a lower level") { stray.severity = model::Severity::kUnspecified; }
  epoch.episodes.take_stray(stray);
  const model::Alert alert = epoch.first();
  CHECK(alert.asks);
  REQUIRE(alert.acknowledgements.size() == 1);
  CHECK(alert.acknowledgements[0].alert_version == 0);
}

TEST_CASE("An answer to more than the alert is now holds until it is more than that") {
  NewEpoch epoch;
  Stray stray = answered(elsewhere());
  stray.count = 6;
  stray.severity = model::Severity::kAlert;
  epoch.episodes.take_stray(stray);
  CHECK_FALSE(epoch.first().asks);
  epoch.cluster(east(0), hour(3), 7);
  const model::Alert eleven = epoch.only(hour(4.5));
  REQUIRE(eleven.hotspot.count == 11);
  CHECK_FALSE(eleven.asks);
  epoch.cluster(east(0), hour(4.5), 1);
  CHECK(epoch.only(hour(5)).asks);
}

TEST_CASE("An answer silences nothing while somebody was told of the event and has not answered") {
  NewEpoch epoch;
  SECTION("behind the answer") {
    epoch.episodes.take_stray(answered(elsewhere()));
    epoch.episodes.take_stray(told(elsewhere()));
  }
  SECTION("under another id") {
    Stray neighbour = told(elsewhere());
    neighbour.alert_id = "another";
    neighbour.subject.last_occurred = hour(-70);
    epoch.episodes.take_stray(neighbour);
    epoch.episodes.take_stray(answered(elsewhere()));
  }
  SECTION("of more than was answered") {
    Stray more = told(elsewhere());
    more.count = 9;
    epoch.episodes.take_stray(answered(elsewhere()));
    epoch.episodes.take_stray(more);
    Stray unknown = answered(elsewhere());
    unknown.severity = model::Severity::kUnspecified;
    unknown.count = 0;
    unknown.answer->principal = "medic";
    epoch.episodes.take_stray(unknown);
  }
  const model::Alert alert = epoch.first();
  CHECK(alert.asks);
  CHECK_FALSE(alert.acknowledgements.empty());
}

TEST_CASE("An answer holds only where no other event can have begun in between") {
  for (const double gap : {23.0, 25.0}) {
    WatchedCity epoch;
    const Stray stray = answered(elsewhere());
    epoch.cluster(east(0), hour(1), 4);
    epoch.city.add({stray.subject.last_occurred + (hour(gap) - hour(0)), east(0), 1});
    epoch.episodes.begin(hour(30));
    epoch.episodes.take_stray(stray);
    const model::Alert alert = epoch.only(hour(30));
    REQUIRE(alert.hotspot.count == 5);
    CHECK(alert.asks == (gap > 24));
  }
}

TEST_CASE("An answer about another place, jurisdiction, layer or time answers nothing here") {
  NewEpoch epoch;
  Stray stray = answered(elsewhere());
  SECTION("place") { stray = answered(elsewhere(east(30))); }
  SECTION("jurisdiction") { stray.subject.jurisdiction = "Bucks"; }
  SECTION("layer") { stray.subject.zone = area_zone("County"); }
  SECTION("before the alert's window") { stray.subject.last_occurred = hour(-70); }
  epoch.episodes.take_stray(stray);
  const model::Alert alert = epoch.first();
  CHECK(alert.asks);
  CHECK(alert.acknowledgements.empty());
}

TEST_CASE("What is new when the epoch has begun was answered by nobody") {
  WatchedCity epoch;
  epoch.episodes.begin(hour(3));
  epoch.episodes.take_stray(answered(elsewhere()));
  epoch.tick(hour(3));
  epoch.cluster(east(0), hour(3), 4);
  CHECK(epoch.only(hour(4)).asks);
}

TEST_CASE("Ground that two alerts share with what was answered decides nothing") {
  const auto open = [](const model::Zone& zone) {
    model::Alert alert = elsewhere();
    alert.hotspot.zone = zone;
    alert.hotspot.center = model::zone_center(zone);
    return alert;
  };
  const model::Alert block = open(block_zone(east(0)));
  const model::Alert cell = open(cell_zone(east(0)));
  model::AlertSubject subject = subject_of(open(block_zone(east(0), 12)));
  CHECK(find_same(subject, {&block}) == &block);
  CHECK(find_same(subject, {&block, &cell}) == nullptr);
  subject.zone = cell.hotspot.zone;
  CHECK(find_same(subject, {&block, &cell}) == &cell);
  model::Alert over = cell;
  over.state = model::AlertState::kClosed;
  CHECK(find_same(subject, {&over}) == nullptr);
}

TEST_CASE(
    "An answer by an id of before that comes while the epoch is shown shows at the next tick") {
  NewEpoch epoch;
  const model::Alert opened = epoch.first();
  for (int i = 0; i < 2; ++i) epoch.episodes.take_stray(answered(elsewhere()));
  const model::Alert alert = epoch.only(hour(3.2));
  CHECK(alert.id == opened.id);
  CHECK_FALSE(alert.asks);
  CHECK(alert.acknowledgements.size() == 1);
}

TEST_CASE(
    "A page of another epoch is about the alert it belongs to, but takes no own one's place") {
  model::Alert alert = elsewhere();
  alert.id = "new";
  alert.version = 3;
  model::Paging old;
  old.alert_id = "old";
  old.page_id = "old/7/desk";
  old.target = "desk";
  old.phase = PagingPhase::kSent;
  Ledger ledger;
  const auto about = page_about(alert, old, ledger);
  REQUIRE(about.has_value());
  CHECK(about->alert_id == "new");
  CHECK(about->alert_version == 3);
  CHECK(about->page_id == "old/7/desk");
  ledger.record(*about);
  alert.version = 5;
  CHECK(page_about(alert, old, ledger)->alert_version == 3);
  model::Paging own = *about;
  own.page_id = "new/3/desk";
  ledger.record(own);
  CHECK_FALSE(page_about(alert, old, ledger).has_value());
}

}  // namespace
}  // namespace commonwatch::alert::test
