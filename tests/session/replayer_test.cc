// What a replay tells its session, and that it tells nothing to a session that is gone.
#include "hub/session/replayer.h"

#include <latch>

#include "tests/session/hub.h"

namespace commonwatch::session {
namespace {

using test::Hub;

// A session with one replay that is refused as it begins, on the hub's only thread for replays.
struct Viewer {
  explicit Viewer(Hub& of) : hub(of) {
    wire::ReplayRequest request;
    request.replay = 7;
    request.mode = wire::ReplayMode::kEvents;
    request.from_cursor = "not a cursor";
    replayer = std::make_shared<Replayer>(hub.services, outbox, context.get_executor(),
                                          wire::Encoding::kJson, hub.core.principal(), request);
    replayer->start([this](const wire::ReplayEnd&, const std::optional<Error>& error) {
      failure = error;
      is_ended = true;
    });
  }
  void run_until_ended() {
    while (!is_ended) context.run_one();
  }
  void check_given_back() {
    replayer.reset();
    hub.pool.join();  // it may hold the replay a little longer
    CHECK(hub.services.replays.all() == 0);
  }

  Hub& hub;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<pipeline::Executor> work{context.get_executor()};
  Outbox outbox{context.get_executor()};
  std::shared_ptr<Replayer> replayer;
  std::optional<Error> failure;
  bool is_ended = false;
};

TEST_CASE("a replay that is refused tells its session why") {
  Hub hub;
  Viewer viewer(hub);
  viewer.run_until_ended();
  const SharedBytes told = viewer.outbox.pop();
  REQUIRE(told);
  CHECK(told->find("CURSOR_INVALID") != std::string::npos);
  CHECK(viewer.outbox.is_empty());
  viewer.check_given_back();
}

TEST_CASE("a replay that is refused when its session is gone tells it nothing") {
  Hub hub;
  std::latch others(1);
  boost::asio::post(hub.pool, [&] { others.wait(); });
  Viewer viewer(hub);
  viewer.context.poll();
  REQUIRE(hub.services.replays.all() == 1);  // it waits for the thread
  viewer.replayer->abandon();
  others.count_down();
  viewer.run_until_ended();
  REQUIRE(viewer.failure);
  CHECK(viewer.failure->code == ErrorCode::kCursorInvalid);
  CHECK(viewer.outbox.is_empty());
  viewer.check_given_back();
}

TEST_CASE("a replay that finds no place when its session is gone tells it nothing") {
  Hub hub;
  hub.limits.hub_replays_max = 0;
  hub.live.replace(hub.limits);
  Viewer viewer(hub);
  viewer.replayer->abandon();
  viewer.run_until_ended();
  REQUIRE(viewer.failure);
  CHECK(viewer.failure->code == ErrorCode::kTooManyReplays);
  CHECK(viewer.outbox.is_empty());
}

}  // namespace
}  // namespace commonwatch::session
