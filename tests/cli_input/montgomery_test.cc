// The mapping of the published emergency calls, on the real data where they are at hand.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "tests/cli_input/scratch.h"

namespace commonwatch::cli {
namespace {

std::filesystem::path checkout() { return COMMONWATCH_CHECKOUT; }

std::optional<std::string> calls() {
  const char* shared = std::getenv("COMMONWATCH_SHARED");
  const auto path = (shared != nullptr ? std::filesystem::path(shared) : checkout() / "../shared") /
                    "data/montgomery-911-2016.csv.gz";
  if (std::filesystem::exists(path)) return path.string();
  WARN("SKIPPED: " << path << " is not there; COMMONWATCH_SHARED names the folder above data/");
  return std::nullopt;
}

std::unique_ptr<EventReader> open(const std::string& path) {
  return open_reader({path, Format::kAuto, checkout() / "clients/mappings/montgomery-911.toml"});
}

TEST_CASE("montgomery-911.toml gives 1,900 overdoses with ids of their own, and only those") {
  const auto path = calls();
  if (!path) return;
  const auto reader = open(*path);
  const auto all = test::read_all(*reader);
  CHECK(all.faults.empty());
  REQUIRE(all.events.size() == 1900);
  CHECK(reader->filtered() == 150276 - 1900);
  std::set<std::string> ids;
  std::set<std::string> contents;
  for (const ReadEvent& read : all.events) {
    ids.insert(read.event.record_id());
    v1::Event anonymous = read.event;
    anonymous.clear_record_id();
    contents.insert(anonymous.SerializeAsString());
  }
  CHECK(ids.size() == 1900);
  // Five are twins of others; one more differs in its township alone, which is not sent.
  CHECK(contents.size() == 1894);
}

TEST_CASE("montgomery-911.toml keeps the order of the file and reads local time") {
  const auto path = calls();
  if (!path) return;
  const auto all = test::read_all(*open(*path));
  REQUIRE(all.events.size() == 1900);
  const v1::Event& first = all.events[0].event;  // 2015-12-10 22:27:24 in New York
  CHECK(first.occurred_at().seconds() == 1449804444);
  CHECK(first.location().latitude() == 40.1508958);
  CHECK(first.location().longitude() == -75.1274376);
  CHECK(first.location().kind() == v1::LOCATION_KIND_SCENE);
  CHECK(first.location().area_code() == "19090");
  CHECK(first.overdose().certainty() == v1::CERTAINTY_SUSPECTED);
  for (std::size_t i = 1; i < all.events.size(); ++i) {
    REQUIRE(all.events[i].line > all.events[i - 1].line);
  }
}

TEST_CASE("montgomery-911.toml gives the same events when reading breaks off and goes on") {
  const auto path = calls();
  if (!path) return;
  const auto whole = test::read_all(*open(*path));
  const auto first = open(*path);
  for (int i = 0; i < 1234; ++i) first->next();
  const auto second = open(*path);
  second->skip_to(first->position());
  const auto rest = test::read_all(*second);
  REQUIRE(rest.events.size() == 1900 - 1234);
  for (std::size_t i = 0; i < rest.events.size(); ++i) {
    REQUIRE(rest.events[i].event.SerializeAsString() ==
            whole.events[i + 1234].event.SerializeAsString());
  }
}

}  // namespace
}  // namespace commonwatch::cli
