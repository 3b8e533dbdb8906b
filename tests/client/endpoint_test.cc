#include "clients/cpp/endpoint.h"

#include <catch2/catch.hpp>

#include "tests/client/result_text.h"

namespace commonwatch::test {

using client::parse_endpoint;

TEST_CASE("Endpoint of a bare loopback host is plain, of any other bare host TLS") {
  CHECK(parse_endpoint("localhost").value().url() == "ws://localhost:8710");
  CHECK(parse_endpoint("127.0.0.1:9000").value().url() == "ws://127.0.0.1:9000");
  CHECK(parse_endpoint("[::1]:9000").value().url() == "ws://[::1]:9000");
  CHECK(parse_endpoint("hub.example.org").value().url() == "wss://hub.example.org:8710");
}

TEST_CASE("Endpoint with a scheme keeps it") {
  CHECK(parse_endpoint("ws://hub.example.org").value().url() == "ws://hub.example.org:8710");
  CHECK(parse_endpoint("wss://127.0.0.1:443/v1/stream").value().url() == "wss://127.0.0.1:443");
  CHECK(parse_endpoint("http://localhost:80/").value().url() == "ws://localhost:80");
  CHECK(parse_endpoint("fe80::1").value().host == "fe80::1");
}

TEST_CASE("Endpoint refuses what is no address and says why") {
  const auto text = GENERATE("", "ws://", "ftp://hub", "hub:0", "hub:70000", "hub:8x", "[::1",
                             "[::1]x", "hub/other/path", "user:secret@hub", "a b");
  INFO(text);
  const auto endpoint = parse_endpoint(text);
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error().kind == client::FaultKind::kBadInput);
  CHECK_THAT(endpoint.error().message, Catch::Contains("is no hub address"));
}

}  // namespace commonwatch::test
