#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "commonwatch/v1/error.pb.h"
#include "hub/wire/server_message.h"

namespace commonwatch::wire {
namespace {

TEST_CASE("error_name gives every code of error.proto its name without the prefix") {
  const auto& type = *v1::ErrorCode_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const auto code = static_cast<ErrorCode>(type.value(i)->number());
    CHECK("ERROR_CODE_" + std::string(error_name(code)) == type.value(i)->name());
  }
}

TEST_CASE("close_name gives every close code of error.proto its own lower-case name") {
  const auto& type = *v1::CloseCode_descriptor();
  std::set<std::string_view> names;
  for (int i = 1; i < type.value_count(); ++i) {
    const auto name = close_name(static_cast<CloseCode>(type.value(i)->number()));
    CHECK(name != "unknown");
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    names.insert(name);
  }
  CHECK(names.size() == static_cast<std::size_t>(type.value_count() - 1));
  CHECK(close_name(CloseCode::kSlowReader) == "slow_reader");
}

TEST_CASE("a code that is not in the catalogue has the name of an unknown one") {
  CHECK(error_name(static_cast<ErrorCode>(999)) == "UNKNOWN");
  CHECK(close_name(static_cast<CloseCode>(4999)) == "unknown");
}

}  // namespace
}  // namespace commonwatch::wire
