#include "hub/base/utf8.h"

#include <catch2/catch.hpp>

namespace commonwatch {
namespace {

TEST_CASE("UTF-8 is judged as RFC 3629 has it") {
  for (const char* good : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3",
                          "\xe2\x82", "\xe2\x28\xa1", "\xf0\x90\x28\xbc", "\xf0\x90\x80\x28"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace commonwatch
