#include "clients/cpp/backoff.h"

#include <catch2/catch.hpp>

#include "clients/cpp/fault.h"

namespace commonwatch::test {

using client::Backoff;
using std::chrono::milliseconds;

TEST_CASE("Backoff doubles from half a second to twenty seconds, and jitters by half") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Backoff backoff(seed);
    milliseconds whole{500};
    for (int attempt = 0; attempt < 12; ++attempt) {
      const auto pause = backoff.next();
      CHECK(pause >= whole / 2);
      CHECK(pause <= whole);
      whole = std::min(whole * 2, milliseconds(20'000));
    }
  }
}

TEST_CASE("Backoff begins anew after reset") {
  Backoff backoff(1);
  for (int i = 0; i < 8; ++i) backoff.next();
  backoff.reset();
  CHECK(backoff.next() <= milliseconds(500));
}

TEST_CASE("Backoff waits at least as long as the hub asked for") {
  Backoff backoff(1);
  CHECK(backoff.next_at_least(milliseconds(7000)) == milliseconds(7000));
  CHECK(backoff.next_at_least(milliseconds(0)) >= milliseconds(250));
}

TEST_CASE("Close codes up to 4499 are retryable and those from 4500 on are not") {
  CHECK(client::fault_of_close(4001, "restarting").retryable);
  CHECK(client::fault_of_close(4499, "").retryable);
  CHECK(client::fault_of_close(1006, "").retryable);
  CHECK_FALSE(client::fault_of_close(4500, "bad_token").retryable);
  CHECK(client::fault_of_close(4501, "no_right").kind == client::FaultKind::kNoRight);
  CHECK_FALSE(client::fault_of_close(4502, "protocol_violation").retryable);
}

}  // namespace commonwatch::test
