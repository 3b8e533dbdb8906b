#include "hub/pipeline/alert_history.h"

#include <catch2/catch.hpp>
#include <string>

namespace commonwatch::pipeline {
namespace {

Instant at(int hours) {
  return instant_from_micros(1'000'000'000'000'000) + std::chrono::hours(hours);
}

// `closed` 0: still open.
model::Alert alert(const char* id, int opened, int closed) {
  model::Alert made;
  made.id = id;
  made.opened = at(opened);
  if (closed > 0) made.closed = at(closed);
  return made;
}

std::string ids(const std::vector<model::Alert>& alerts) {
  std::string text;
  for (const model::Alert& found : alerts) text += found.id;
  return text;
}

TEST_CASE("AlertHistory finds nothing before it was given anything") {
  const AlertHistory history;
  CHECK(history.find(std::nullopt, std::nullopt).empty());
  CHECK_FALSE(history.find("a").has_value());
}

TEST_CASE("AlertHistory finds what was open in a range that does not include its end") {
  AlertHistory history;
  history.set(std::make_shared<const std::vector<model::Alert>>(
      std::vector{alert("c", 5, 0), alert("a", 1, 3), alert("b", 1, 9)}));
  CHECK(ids(history.find(std::nullopt, std::nullopt)) == "abc");
  CHECK(ids(history.find(at(3), std::nullopt)) == "abc");
  CHECK(ids(history.find(at(4), std::nullopt)) == "bc");
  CHECK(ids(history.find(at(10), std::nullopt)) == "c");
  CHECK(ids(history.find(std::nullopt, at(1))).empty());
  CHECK(ids(history.find(std::nullopt, at(5))) == "ab");
  CHECK(ids(history.find(at(4), at(6))) == "bc");
}

TEST_CASE("AlertHistory gives the alert of an id, as it was set last") {
  AlertHistory history;
  history.set(std::make_shared<const std::vector<model::Alert>>(std::vector{alert("a", 1, 0)}));
  history.set(std::make_shared<const std::vector<model::Alert>>(std::vector{alert("a", 1, 3)}));
  REQUIRE(history.find("a").has_value());
  CHECK(history.find("a")->closed == at(3));
  CHECK_FALSE(history.find("b").has_value());
}

}  // namespace
}  // namespace commonwatch::pipeline
