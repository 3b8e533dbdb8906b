#include "hub/access/origin.h"

#include <catch2/catch.hpp>

namespace commonwatch::access {
namespace {

bool passes(std::string_view origin, std::string_view host, const OriginRules& rules = {}) {
  return check_origin(origin, host, rules).has_value();
}

}  // namespace

TEST_CASE("A client that is no browser has no origin, and passes") {
  CHECK(passes("", "hub.example.org"));
}

TEST_CASE("A page of the hub's own host passes, whether or not it writes the scheme's port") {
  CHECK(passes("http://hub.example.org:8710", "hub.example.org:8710"));
  CHECK(passes("https://hub.example.org", "hub.example.org"));
  CHECK(passes("https://Hub.Example.org", "hub.example.org:443"));
  CHECK(passes("http://[::1]:8710", "[::1]:8710"));
}

TEST_CASE("A page of another host, port or kind is refused") {
  for (const char* origin :
       {"http://evil.example.org", "http://hub.example.org:8711", "null", "file://",
        "http://hub.example.org.evil.org:8710", "http://evil.org/hub.example.org:8710",
        "http://user@hub.example.org:8710", "hub.example.org:8710"}) {
    CAPTURE(origin);
    CHECK_FALSE(passes(origin, "hub.example.org:8710"));
  }
  CHECK_FALSE(passes("http://hub.example.org", ""));
}

TEST_CASE("Over TLS a page that came without it is another origin") {
  const OriginRules tls{{}, true, false};
  CHECK(passes("https://hub.example.org", "hub.example.org", tls));
  CHECK_FALSE(passes("http://hub.example.org", "hub.example.org", tls));
  CHECK_FALSE(passes("http://hub.example.org:443", "hub.example.org:443", tls));
}

TEST_CASE("A page of a configured origin passes") {
  const OriginRules rules{{"https://map.example.org"}, true, false};
  CHECK(passes("https://map.example.org", "hub.example.org", rules));
  CHECK_FALSE(passes("https://map.example.org:8443", "hub.example.org", rules));
}

TEST_CASE(
    "A hub without accounts is reached by its address, not by a name that was pointed at it") {
  const OriginRules open{{}, false, true};
  CHECK(passes("http://127.0.0.1:8710", "127.0.0.1:8710", open));
  CHECK(passes("http://localhost:8710", "localhost:8710", open));
  CHECK(passes("http://[::1]:8710", "[::1]:8710", open));
  CHECK_FALSE(passes("http://evil.example.org:8710", "evil.example.org:8710", open));
}

}  // namespace commonwatch::access
