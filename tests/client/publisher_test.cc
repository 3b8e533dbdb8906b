#include <catch2/catch.hpp>
#include <set>

#include "tests/client/fixtures.h"

namespace commonwatch::test {
namespace {

using client::FaultKind;
using client::Publisher;
using std::chrono::seconds;

void append_all(Publisher& publisher, const std::vector<std::string>& ids) {
  for (const auto& id : ids) REQUIRE(publisher.append(make_event(id), id));
}

}  // namespace

TEST_CASE("Publisher sends every event once and in order") {
  FakeHub hub;
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(250));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(250));
  CHECK(publisher.counts().stored == 250);
  CHECK(publisher.counts().pending == 0);
}

TEST_CASE("Publisher keeps to the credit") {
  FakeHub hub;
  hub.credit_events = 7;
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(100));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(100));
}

TEST_CASE("Publisher loses and repeats nothing when connections break at random") {
  FakeHub hub;
  hub.drop_percent = 20;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  options.batch_events_max = 10;
  Publisher publisher(options, {});
  append_all(publisher, record_ids(200));
  REQUIRE(publisher.drain(seconds(120)));
  CHECK(hub.connections() > 1);
  CHECK(hub.record_ids(kSource) == record_ids(200));
}

TEST_CASE("Publisher on the spool of one that was stopped sends the rest") {
  FakeHub hub;
  TemporaryDirectory directory;
  for (int run = 0; run < 5; ++run) {
    Publisher publisher(publisher_options(hub, directory), {});
    append_all(publisher, record_ids(40, run * 40 + 1));
    if (run == 2) REQUIRE(publisher.drain(seconds(20)));
    REQUIRE(publisher.sync());
  }
  Publisher last(publisher_options(hub, directory), {});
  REQUIRE(last.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(200));
}

TEST_CASE("Publisher without state continues above what the hub has") {
  FakeHub hub;
  hub.publish_as_another(kSource, make_event("other"));
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(3));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == std::vector<std::string>{"other", "r1", "r2", "r3"});
}

TEST_CASE("Publisher spools while no hub answers and sends when one does") {
  TemporaryDirectory directory;
  FakeHub hub;
  auto options = publisher_options(hub, directory);
  {
    auto nowhere = options;
    nowhere.connect.endpoint.port = 1;
    Publisher publisher(nowhere, {});
    append_all(publisher, record_ids(30));
    REQUIRE(publisher.sync());
  }
  hub.publish_as_another(kSource, make_event("other"));
  Publisher publisher(options, {});
  REQUIRE(publisher.drain(seconds(20)));
  auto expected = record_ids(30);
  expected.insert(expected.begin(), "other");
  CHECK(hub.record_ids(kSource) == expected);
}

TEST_CASE("Publisher gives a new number to an event whose number another client took") {
  FakeHub hub;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  {
    Publisher publisher(options, {});
    append_all(publisher, record_ids(2));
    REQUIRE(publisher.drain(seconds(20)));
  }
  {
    auto nowhere = options;
    nowhere.connect.endpoint.port = 1;
    Publisher publisher(nowhere, {});
    append_all(publisher, record_ids(3, 3));
    REQUIRE(publisher.sync());
  }
  hub.publish_as_another(kSource, make_event("other-1"));
  hub.publish_as_another(kSource, make_event("other-2"));
  Publisher publisher(options, {});
  REQUIRE(publisher.drain(seconds(20)));
  const auto ids = hub.record_ids(kSource);
  CHECK(std::set<std::string>(ids.begin(), ids.end()) ==
        std::set<std::string>{"r1", "r2", "r3", "r4", "r5", "other-1", "other-2"});
  CHECK(ids.size() == 7);
  CHECK(publisher.counts().rejected == 0);
}

TEST_CASE("Publisher gives a new number to an event of a full spool") {
  FakeHub hub;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  options.spool_limits.unacknowledged_bytes_max = 2000;
  {
    auto nowhere = options;
    nowhere.connect.endpoint.port = 1;
    Publisher publisher(nowhere, {});
    for (int n = 1; publisher.spool().has_room(); ++n) append_all(publisher, record_ids(1, n));
    REQUIRE(publisher.sync());
  }
  {
    // Numbers what is in the spool, and sends nothing of it.
    hub.credit_events = 0;
    Publisher publisher(options, {});
    CHECK_FALSE(publisher.drain(std::chrono::milliseconds(300)));
    hub.credit_events = 1000;
  }
  hub.publish_as_another(kSource, make_event("other-1"));
  hub.publish_as_another(kSource, make_event("other-2"));
  Publisher publisher(options, {});
  const auto pending = publisher.counts().resumed;
  CHECK(pending > 2);
  REQUIRE(publisher.drain(seconds(20)));
  const auto ids = hub.record_ids(kSource);
  CHECK(ids.size() == pending + 2);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
}

TEST_CASE("Publisher sends again from where the hub says a gap is") {
  FakeHub hub;
  v1::Error no_space;
  no_space.set_code(v1::ERROR_CODE_NO_SPACE);
  no_space.set_retryable(true);
  no_space.set_retry_after_ms(1);
  hub.refuse_next_publish(no_space);
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(120));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(120));
  CHECK(hub.connections() == 1);
}

TEST_CASE("Publisher ends when another client takes the source over") {
  FakeHub hub;
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(1));
  REQUIRE(publisher.drain(seconds(20)));
  v1::Error fenced;
  fenced.set_code(v1::ERROR_CODE_FENCED);
  fenced.set_source(kSource);
  hub.refuse_next_publish(fenced);
  append_all(publisher, record_ids(1, 2));
  const auto drained = publisher.drain(seconds(20));
  REQUIRE_FALSE(drained);
  CHECK(drained.error().kind == FaultKind::kFenced);
  CHECK(publisher.ended());
}

TEST_CASE("Publisher sends again from the spool what the hub lost") {
  FakeHub hub;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  {
    Publisher publisher(options, {});
    append_all(publisher, record_ids(50));
    REQUIRE(publisher.drain(seconds(20)));
  }
  hub.lose_events_behind(kSource, 18);
  Publisher publisher(options, {});
  append_all(publisher, record_ids(10, 51));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(60));
}

TEST_CASE(
    "Publisher reports its position as lost when the spool no longer holds what the hub lost") {
  FakeHub hub;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  options.spool_limits.segment_bytes_max = 256;
  options.spool_limits.kept_bytes_max = 0;
  {
    Publisher publisher(options, {});
    append_all(publisher, record_ids(50));
    REQUIRE(publisher.drain(seconds(20)));
  }
  hub.lose_events_behind(kSource, 3);
  {
    Publisher publisher(options, {});
    append_all(publisher, {"r51"});
    const auto drained = publisher.drain(seconds(20));
    REQUIRE_FALSE(drained);
    CHECK(drained.error().kind == FaultKind::kPositionLost);
  }
  options.accept_loss = true;
  Publisher publisher(options, {});
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == std::vector<std::string>{"r1", "r2", "r3", "r51"});
}

TEST_CASE("Publisher reports a rejected event with its origin and sends the others") {
  FakeHub hub;
  hub.reject = [](const v1::Event& event) {
    return event.record_id() == "r7" ? v1::ERROR_CODE_OUT_OF_RANGE : v1::ERROR_CODE_UNSPECIFIED;
  };
  TemporaryDirectory directory;
  std::vector<client::RejectedEvent> rejected;
  client::PublisherListener listener;
  listener.on_rejected = [&](const client::RejectedEvent& event) { rejected.push_back(event); };
  Publisher publisher(publisher_options(hub, directory), listener);
  append_all(publisher, record_ids(30));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(publisher.counts().stored == 29);
  CHECK(publisher.counts().rejected == 1);
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].origin == "r7");
  CHECK(rejected[0].sequence == 7);
  CHECK(rejected[0].payload == make_event("r7").SerializeAsString());
}

TEST_CASE("Publisher gives up after retry_max and keeps the events") {
  FakeHub hub;
  TemporaryDirectory directory;
  auto options = publisher_options(hub, directory);
  options.connect.endpoint.port = 1;
  options.retry_max = std::chrono::milliseconds(300);
  Publisher publisher(options, {});
  append_all(publisher, record_ids(1));
  const auto drained = publisher.drain(seconds(20));
  REQUIRE_FALSE(drained);
  CHECK(drained.error().kind == FaultKind::kUnreachable);
  CHECK(publisher.counts().pending == 1);
}

TEST_CASE("Publisher reconnects when the hub falls silent") {
  FakeHub hub;
  hub.heartbeat_ms = 100;  // and the fake never sends one
  TemporaryDirectory directory;
  Publisher publisher(publisher_options(hub, directory), {});
  append_all(publisher, record_ids(1));
  REQUIRE(publisher.drain(seconds(20)));
  while (hub.connections() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  append_all(publisher, record_ids(1, 2));
  REQUIRE(publisher.drain(seconds(20)));
  CHECK(hub.record_ids(kSource) == record_ids(2));
}

TEST_CASE("Publisher refuses a spool that another publisher uses") {
  FakeHub hub;
  TemporaryDirectory directory;
  const auto options = publisher_options(hub, directory);
  Publisher publisher(options, {});
  CHECK_THROWS_WITH(Publisher(options, {}), Catch::Contains("another process"));
}

}  // namespace commonwatch::test
