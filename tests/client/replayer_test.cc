#include "clients/cpp/replayer.h"

#include <catch2/catch.hpp>

#include "tests/client/fixtures.h"
#include "tests/client/messages.h"

namespace commonwatch::test {
namespace {

v1::ServerMessage make_page(const std::vector<std::string>& ids, const std::string& cursor) {
  v1::ServerMessage message;
  message.set_replay(1);
  message.mutable_replay_page()->set_cursor(cursor);
  for (const auto& id : ids) {
    auto& replayed = *message.mutable_replay_page()->add_events();
    replayed.set_source(kSource);
    *replayed.mutable_event() = make_event(id);
  }
  return message;
}

v1::ServerMessage make_end(std::uint64_t count, std::uint32_t checksum) {
  v1::ServerMessage message;
  message.set_replay(1);
  message.mutable_replay_end()->set_reason(v1::REPLAY_END_REASON_END_OF_RANGE);
  message.mutable_replay_end()->set_count(count);
  message.mutable_replay_end()->set_checksum(checksum);
  return message;
}

std::uint32_t checksum_of(const std::vector<std::string>& ids) {
  client::Crc32c crc;
  for (const auto& id : ids) crc.add(make_event(id).SerializeAsString());
  return crc.value();
}

client::Result<client::ReplaySummary> replay_events(FakeHub& hub,
                                                    std::vector<std::string>* ids = nullptr) {
  client::ReplayerOptions options;
  options.connect.endpoint = hub.endpoint();
  options.request.set_mode(v1::REPLAY_MODE_EVENTS);
  client::ReplayerListener listener;
  listener.on_message = [ids](const client::ReceivedMessage& received) {
    for (const auto& replayed : received.message.replay_page().events()) {
      if (ids != nullptr) ids->push_back(replayed.event().record_id());
    }
  };
  client::Replayer replayer(options, listener);
  return replayer.run();
}

}  // namespace

TEST_CASE("CRC-32C of the check string is that of the catalogue") {
  CHECK(client::crc32c("123456789") == 0xE3069283);
}

TEST_CASE("Replayer verifies count and checksum of the events") {
  FakeHub hub;
  hub.scripts = {{make_page({"r1", "r2"}, "c1"), make_page({"r3"}, "c2"),
                  make_end(3, checksum_of({"r1", "r2", "r3"}))}};
  const auto summary = replay_events(hub);
  REQUIRE(summary);
  CHECK(summary->verified);
  CHECK(summary->received == 3);
}

TEST_CASE("Replayer reports a replay of which an event is missing or altered") {
  FakeHub hub;
  const auto end = GENERATE(make_end(2, checksum_of({"r1", "r2"})), make_end(1, 77));
  hub.scripts = {{make_page({"r1"}, "c1"), end}};
  const auto summary = replay_events(hub);
  REQUIRE_FALSE(summary);
  CHECK_THAT(summary.error().message, Catch::Contains("not complete"));
}

TEST_CASE("Replayer goes on behind the last page after the connection broke") {
  FakeHub hub;
  hub.scripts = {{make_page({"r1", "r2"}, "c1")},
                 {make_page({"r3"}, "c2"), make_end(1, checksum_of({"r3"}))}};
  std::vector<std::string> ids;
  const auto summary = replay_events(hub, &ids);
  REQUIRE(summary);
  CHECK(ids == record_ids(3));
  CHECK(summary->breaks == 1);
  CHECK(hub.replays()[1].from_cursor() == "c1");
}

TEST_CASE("Replayer takes the checksum of hotspots over their deltas") {
  FakeHub hub;
  auto snapshot = make_snapshot(1);
  auto delta = make_delta(7, 2, 0, {"a"}, {});
  auto progress = make_progress(2);
  for (auto* message : {&snapshot, &delta, &progress}) message->set_replay(1);
  hub.scripts = {
      {snapshot, delta, progress, make_end(1, client::crc32c(delta.delta().SerializeAsString()))}};
  client::ReplayerOptions options;
  options.connect.endpoint = hub.endpoint();
  options.request.set_mode(v1::REPLAY_MODE_HOTSPOTS);
  client::Replayer replayer(options, {});
  const auto summary = replayer.run();
  REQUIRE(summary);
  CHECK(summary->verified);
}

TEST_CASE("Replayer says that what it asks for is gone by retention") {
  FakeHub hub;
  auto end = make_end(0, 0);
  end.mutable_replay_end()->set_reason(v1::REPLAY_END_REASON_GONE_BY_RETENTION);
  hub.scripts = {{end}};
  const auto summary = replay_events(hub);
  REQUIRE_FALSE(summary);
  CHECK(summary.error().kind == client::FaultKind::kPositionLost);
}

}  // namespace commonwatch::test
