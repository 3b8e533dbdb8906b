#include "hub/wire/enrolment.h"

#include <catch2/catch.hpp>

namespace commonwatch::wire {

TEST_CASE("the body that asks for an enrolment code may leave everything out") {
  for (const char* body : {"", " \n", "{}"}) {
    const auto request = read_enrolment_code_request(body);
    REQUIRE(request.has_value());
    CHECK(request->partner.empty());
    CHECK(request->group.empty());
  }
  const auto full = read_enrolment_code_request(R"({"partner":"county-ems","group":"tablet"})");
  REQUIRE(full.has_value());
  CHECK(full->partner == "county-ems");
  CHECK(full->group == "tablet");
}

TEST_CASE("the body that enrols a device holds a code and nothing else") {
  CHECK(read_enrol_request(R"({"code":"ABCD-EFGH"})").value() == "ABCD-EFGH");
  const auto field = [](const char* body) { return read_enrol_request(body).error().field; };
  CHECK(field("{}") == "code");
  CHECK(field(R"({"code":""})") == "code");
  CHECK(field(R"({"code":7})") == "code");
  CHECK(field(R"({"code":"ABCD-EFGH","name":"x"})") == "name");
  const std::string long_code = R"({"code":")" + std::string(200, 'A') + R"("})";
  CHECK(read_enrol_request(long_code).error().field == "code");
}

TEST_CASE("a body that is no object in JSON is malformed") {
  for (const char* body : {"[]", "\"ABCD-EFGH\"", "{", "code=ABCD", "null"}) {
    CAPTURE(body);
    CHECK(read_enrol_request(body).error().code == ErrorCode::kMalformedMessage);
    CHECK(read_enrolment_code_request(body).error().code == ErrorCode::kMalformedMessage);
  }
}

TEST_CASE("what is answered to an enrolment is JSON with its times in RFC 3339") {
  const Instant expires = instant_from_micros(1'457'687'400'000'000);
  CHECK(encode_enrolment_code("ABCD-EFGH", "phone", expires) ==
        "{\"code\":\"ABCD-EFGH\",\"group\":\"phone\",\"expiresAt\":\"2016-03-11T09:10:00Z\"}\n");
  CHECK(encode_enrolled("cw_x", "county-ems/phone-1", expires) ==
        "{\"token\":\"cw_x\",\"source\":\"county-ems/phone-1\",\"expiresAt\":"
        "\"2016-03-11T09:10:00Z\"}\n");
}

}  // namespace commonwatch::wire
