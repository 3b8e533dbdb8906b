#include "hub/wire/hub_event.h"

#include <catch2/catch.hpp>
#include <string>

namespace commonwatch::wire {
namespace {

TEST_CASE("a configuration is read back as it was written") {
  const Configuration configuration{3, "commonwatch/0.1.0", "a = 1\nb = 2\n"};
  const auto read = decode_hub_event(encode_hub_event(configuration));
  REQUIRE(read.has_value());
  REQUIRE(std::holds_alternative<Configuration>(*read));
  CHECK(std::get<Configuration>(*read) == configuration);
}

TEST_CASE("an end is read back as an end") {
  const auto read = decode_hub_event(encode_hub_event(End{}));
  REQUIRE(read.has_value());
  CHECK(std::holds_alternative<End>(*read));
}

TEST_CASE("bytes that are no event of the hub's own are refused") {
  for (const std::string& bytes :
       {std::string(), std::string("\xff"), std::string("\x1a\x00", 2)}) {
    const auto read = decode_hub_event(bytes);
    REQUIRE(read.has_error());
    CHECK(read.error().code == ErrorCode::kInternal);
  }
}

}  // namespace
}  // namespace commonwatch::wire
