#include "hub/session/message_queue.h"

#include <catch2/catch.hpp>

namespace commonwatch::session {
namespace {

TEST_CASE("messages come out in the order in which they went in") {
  MessageQueue queue;
  int pushed = 0;
  int popped = 0;
  // Never empty in between, so that what was taken has to go on the way.
  queue.push(share(std::to_string(pushed++)));
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < 3; ++i) queue.push(share(std::to_string(pushed++)));
    while (queue.size() > 1) REQUIRE(*queue.pop() == std::to_string(popped++));
  }
  CHECK(*queue.pop() == std::to_string(popped++));
  CHECK(queue.is_empty());
  CHECK(popped == pushed);
}

}  // namespace
}  // namespace commonwatch::session
