#include "hub/server/file_request.h"

#include <catch2/catch.hpp>
#include <string>

using namespace commonwatch::server;

TEST_CASE("a coding is taken where it is named or under a star, and not with a weight of 0") {
  CHECK(accepts("gzip, deflate, br", "br"));
  CHECK(accepts("GZIP;q=0.5", "gzip"));
  CHECK(accepts("*", "br"));
  CHECK_FALSE(accepts("", "br"));
  CHECK_FALSE(accepts("gzip", "br"));
  CHECK_FALSE(accepts("br;q=0, gzip", "br"));
  CHECK_FALSE(accepts("*, br ; Q=0.000", "br"));
  CHECK_FALSE(accepts("*;q=0", "br"));
}

TEST_CASE("a client holds a file when its list names the tag, weak or strong, or is a star") {
  CHECK(is_held("\"a-1\"", "\"a-1\""));
  CHECK(is_held("\"b\", W/\"a-1\"", "\"a-1\""));
  CHECK(is_held("*", "\"a-1\""));
  CHECK_FALSE(is_held("\"a-2\"", "\"a-1\""));
  CHECK_FALSE(is_held("a-1", "\"a-1\""));
}

TEST_CASE("a single range is cut to the file") {
  const auto part = [](std::uint64_t first, std::uint64_t length) {
    return ByteRange{first, length};
  };
  for (const auto& [text, expected] : {std::pair{"bytes=0-0", part(0, 1)},
                                       {"bytes=2-5", part(2, 4)},
                                       {"bytes=2-", part(2, 8)},
                                       {"bytes=2-99", part(2, 8)},
                                       {"bytes=-3", part(7, 3)},
                                       {"bytes=-99", part(0, 10)},
                                       {"Bytes= 9-9 ", part(9, 1)}}) {
    INFO(text);
    const RangeOutcome outcome = read_range(text, 10);
    CHECK(outcome.verdict == RangeVerdict::kPart);
    CHECK(outcome.range == expected);
  }
}

TEST_CASE("a range that begins behind the end cannot be satisfied") {
  for (const char* text : {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=18446744073709551615-"}) {
    INFO(text);
    CHECK(read_range(text, 10).verdict == RangeVerdict::kNotSatisfiable);
  }
  CHECK(read_range("bytes=0-", 0).verdict == RangeVerdict::kNotSatisfiable);
}

TEST_CASE("what is no single range of bytes is answered with the whole file") {
  for (const char* text :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1",
        "bytes=1-18446744073709551616", "bytes=+1-2"}) {
    INFO(text);
    const RangeOutcome outcome = read_range(text, 10);
    CHECK(outcome.verdict == RangeVerdict::kWhole);
    CHECK(outcome.range == ByteRange{0, 10});
  }
}

TEST_CASE("only names that the build made of their content are kept for ever") {
  CHECK(is_hashed_name("assets/index-Bx3_9aQz.js"));
  CHECK(is_hashed_name("assets/index--x3_9aQz.js"));
  CHECK_FALSE(is_hashed_name("index.html"));
  CHECK_FALSE(is_hashed_name("index-Bx3_9aQz.js"));
  CHECK_FALSE(is_hashed_name("assets/index.js"));
  CHECK_FALSE(is_hashed_name("assets/Bx3_9aQz.js"));
  CHECK_FALSE(is_hashed_name("assets/index-Bx3_9aQz"));
}

TEST_CASE("tiles have no coding, and an unknown ending is bytes") {
  CHECK_FALSE(content_type_of("county.pmtiles").compressible);
  CHECK(content_type_of("index.html").name == "text/html; charset=utf-8");
  CHECK(content_type_of("x.exe").name == "application/octet-stream");
}
