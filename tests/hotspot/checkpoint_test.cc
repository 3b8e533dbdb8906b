// What a checkpoint may say. That an engine goes on from one as if nothing had been is in
// fold_property_test.cc.
#include <catch2/catch.hpp>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/random_city.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

struct Saved {
  RandomCity city{7};
  std::string bytes;

  Saved() {
    Engine engine(city.settings(), city.partners());
    std::uint64_t version = 0;
    for (const Step& step : city.make_steps(3)) {
      for (const Call& call : step.calls) tell(engine, call);
      engine.advance(model::Version(++version), step.as_of);
    }
    bytes = engine.checkpoint();
  }
  Result<Engine> restore(const std::string& from) const {
    return Engine::restore(city.settings(), city.partners(), from);
  }
};

TEST_CASE("A checkpoint cut off anywhere, or with any byte changed, is refused") {
  const Saved saved;
  REQUIRE(saved.restore(saved.bytes).has_value());
  for (std::size_t size = 0; size < saved.bytes.size(); size += 1 + size / 400) {
    CAPTURE(size);
    REQUIRE(saved.restore(saved.bytes.substr(0, size)).has_error());
  }
  for (std::size_t at = 0; at < saved.bytes.size(); at += 1 + at / 400) {
    CAPTURE(at);
    std::string damaged = saved.bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const auto restored = saved.restore(damaged);
    REQUIRE(restored.has_error());
    REQUIRE(restored.error().code == ErrorCode::kInternal);
  }
}

TEST_CASE("A checkpoint of other settings is refused with what to do") {
  const Saved saved;
  Settings other = saved.city.settings();
  other.count_min += 1;
  const auto restored = Engine::restore(other, saved.city.partners(), saved.bytes);
  REQUIRE(restored.has_error());
  CHECK_THAT(restored.error().message, Catch::Contains("other settings"));
  CHECK_THAT(restored.error().message, Catch::Contains("delete it"));
}

TEST_CASE("A checkpoint that names a partner nobody knows is refused") {
  const Saved saved;
  model::NameTable fewer;
  fewer.index_of("ems");
  CHECK(Engine::restore(saved.city.settings(), fewer, saved.bytes).has_error());
  CHECK(saved.restore("something else").has_error());
}

TEST_CASE("An engine that has never ticked comes back as one") {
  const Saved saved;
  Engine fresh(saved.city.settings(), saved.city.partners());
  auto restored = saved.restore(fresh.checkpoint());
  REQUIRE(restored.has_value());
  CHECK_FALSE(restored->next_change().has_value());
  CHECK(restored->advance(model::Version(1), kStart));
  CHECK(restored->version() == model::Version(1));
}

}  // namespace
}  // namespace commonwatch::hotspot::test
