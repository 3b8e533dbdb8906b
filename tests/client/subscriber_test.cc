#include "clients/cpp/subscriber.h"

#include <catch2/catch.hpp>

#include "tests/client/fixtures.h"
#include "tests/client/messages.h"

namespace commonwatch::test {
namespace {

struct Seen {
  std::vector<std::uint64_t> versions;  // of progress
  std::vector<std::string> gaps;
};

// Runs until the progress of `last_version`.
Seen watch_until(FakeHub& hub, std::uint64_t last_version,
                 std::optional<v1::Position> resume = std::nullopt) {
  Seen seen;
  client::Subscriber* running = nullptr;
  client::SubscriberListener listener;
  listener.on_gap = [&](const std::string& reason) { seen.gaps.push_back(reason); };
  listener.on_message = [&](const client::ReceivedMessage& received, const auto&) {
    if (!received.message.has_progress()) return;
    seen.versions.push_back(received.message.progress().position().version());
    if (seen.versions.back() == last_version) running->stop();
  };
  client::SubscriberOptions options;
  options.connect.endpoint = hub.endpoint();
  options.resume = resume;
  client::Subscriber subscriber(options, listener);
  running = &subscriber;
  CHECK(subscriber.run().kind == client::FaultKind::kStopped);
  return seen;
}

}  // namespace

TEST_CASE("Subscriber resumes from the last progress after the connection broke") {
  FakeHub hub;
  hub.scripts = {{make_snapshot(10), make_tile(7, 9, {"a"}), make_progress(10),
                  make_delta(7, 11, 9, {"b"}, {}), make_progress(11)},
                 {make_delta(7, 12, 11, {"c"}, {}), make_progress(12)}};
  const auto seen = watch_until(hub, 12);
  CHECK(seen.versions == std::vector<std::uint64_t>{10, 11, 12});
  CHECK(seen.gaps.empty());
  REQUIRE(hub.subscribes().size() == 2);
  CHECK_FALSE(hub.subscribes()[0].has_resume());
  CHECK(hub.subscribes()[1].resume().version() == 11);
  CHECK(hub.subscribes()[1].resume().engine_epoch() == 5);
}

TEST_CASE("Subscriber reports a refused position as a gap") {
  FakeHub hub;
  hub.scripts = {{make_snapshot(20, true), make_progress(20)}};
  v1::Position position;
  position.set_engine_epoch(4);
  position.set_version(3);
  const auto seen = watch_until(hub, 20, position);
  CHECK(hub.subscribes()[0].resume().version() == 3);
  CHECK(seen.gaps.size() == 1);
}

TEST_CASE("Subscriber that misses a delta says so and asks for the whole state") {
  FakeHub hub;
  hub.scripts = {
      {make_snapshot(10), make_progress(10), make_delta(7, 13, 12, {"b"}, {}), make_progress(13)},
      {make_snapshot(14), make_progress(14)}};
  const auto seen = watch_until(hub, 14);
  CHECK(seen.versions == std::vector<std::uint64_t>{10, 14});
  CHECK(seen.gaps.size() == 1);
  CHECK_FALSE(hub.subscribes()[1].has_resume());
}

TEST_CASE("Subscriber ends with the hub's fault when it has no right") {
  FakeHub hub;
  v1::ServerMessage forbidden;
  forbidden.mutable_error()->set_code(v1::ERROR_CODE_FORBIDDEN);
  hub.scripts = {{forbidden}};
  client::SubscriberOptions options;
  options.connect.endpoint = hub.endpoint();
  client::Subscriber subscriber(options, {});
  CHECK(subscriber.run().kind == client::FaultKind::kNoRight);
}

}  // namespace commonwatch::test
