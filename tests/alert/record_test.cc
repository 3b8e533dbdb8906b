// What is kept, shown live, and written to a checkpoint.
#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

using std::chrono::days;
using std::chrono::hours;

// An alert that opened at hour 2 and is over.
struct Past : WatchedCity {
  Past() {
    cluster(east(0), hour(1), 4);
    id = only(hour(2)).id;
    for (double at = 3; at < 100; at += 1) tick(hour(at));
    REQUIRE(episodes.find(id)->state == model::AlertState::kClosed);
  }
  std::string id;
};

TEST_CASE("An alert that is over leaves the live display seven days after its last change") {
  Past watched;
  const Instant closed = watched.episodes.find(watched.id)->closed;
  watched.tick(closed + days(7) - Duration(1));
  CHECK(watched.episodes.live().size() == 1);
  watched.tick(closed + days(7));
  CHECK(watched.episodes.live().empty());
  CHECK(watched.episodes.find(watched.id) != nullptr);
}

TEST_CASE("An alert that is over is forgotten 400 days after its last change") {
  Past watched;
  const Instant closed = watched.episodes.find(watched.id)->closed;
  watched.tick(closed + days(400) - Duration(1));
  CHECK(watched.episodes.find(watched.id) != nullptr);
  watched.tick(closed + days(400));
  CHECK(watched.episodes.find(watched.id) == nullptr);
}

TEST_CASE("An alert lived from its opening to its last change") {
  Past watched;
  const model::Alert alert = *watched.episodes.find(watched.id);
  const auto lived = [&](Instant from, Instant to) {
    return watched.episodes.lived(from, to).size() == 1;
  };
  CHECK_FALSE(lived(kStart, alert.opened));
  CHECK(lived(kStart, alert.opened + Duration(1)));
  CHECK(lived(alert.opened + hours(1), alert.opened + hours(2)));
  CHECK(lived(alert.changed, alert.changed + hours(1)));
  CHECK_FALSE(lived(alert.changed + Duration(1), alert.changed + hours(1)));
}

TEST_CASE("An open alert lives on, in order of opening") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert first = watched.only(hour(2));
  watched.cluster(east(12), hour(2), 4);
  const model::Alert second = watched.only(hour(3));
  const auto lived = watched.episodes.lived(hour(100), hour(101));
  REQUIRE(lived.size() == 2);
  CHECK(lived[0].id == first.id);
  CHECK(lived[1].id == second.id);
}

TEST_CASE("Time alone changes nothing while there is no alert") {
  WatchedCity watched;
  CHECK_FALSE(watched.episodes.next_change());
  watched.tick(hour(1));
  CHECK_FALSE(watched.episodes.next_change());
}

TEST_CASE("An open alert may change with the hour") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.tick(hour(2.5));
  CHECK(watched.episodes.next_change() == hour(3));
  watched.tick(hour(3));
  CHECK(watched.episodes.next_change() == hour(4));
}

TEST_CASE("A quiet alert may close within an hour") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.tick(hour(2));
  // Quiet from hour 50.5 on, as far as the alerts know.
  watched.tick(hour(50.5));
  watched.tick(hour(74.25));
  CHECK(watched.episodes.next_change() == hour(74.5));
}

TEST_CASE("An alert that is over changes the live display when it leaves") {
  Past watched;
  const Instant closed = watched.episodes.find(watched.id)->closed;
  CHECK(watched.episodes.next_change() == closed + days(7));
  watched.tick(closed + days(7));
  CHECK_FALSE(watched.episodes.next_change());
}

TEST_CASE("A checkpoint brings back what was there, byte for byte") {
  Past watched;
  watched.cluster(east(0), hour(100), 4);
  watched.acknowledge(watched.only(hour(101)), model::AlertAction::kSeen);
  const std::string bytes = watched.episodes.checkpoint();
  const auto restored = Episodes::restore(Settings{}, bytes);
  REQUIRE(restored.has_value());
  CHECK(restored->checkpoint() == bytes);
  CHECK(restored->live() == watched.episodes.live());
  CHECK(restored->as_of() == hour(101));
  CHECK(restored->version() == watched.version);
}

TEST_CASE("A checkpoint with any byte changed, cut or added is refused") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.tick(hour(2));
  const std::string bytes = watched.episodes.checkpoint();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    REQUIRE_FALSE(Episodes::restore(Settings{}, damaged).has_value());
    REQUIRE_FALSE(Episodes::restore(Settings{}, bytes.substr(0, i)).has_value());
  }
  CHECK_FALSE(Episodes::restore(Settings{}, bytes + '\0').has_value());
}

TEST_CASE("A checkpoint of other settings is refused") {
  WatchedCity watched;
  const std::string bytes = watched.episodes.checkpoint();
  Settings other;
  other.zones_max = 5;
  const auto restored = Episodes::restore(other, bytes);
  REQUIRE_FALSE(restored.has_value());
  CHECK(restored.error().message.find("of other settings") != std::string::npos);
}

}  // namespace
}  // namespace commonwatch::alert::test
