// What a page says.
#include "hub/delivery/page_body.h"

#include <boost/json/parse.hpp>

#include "hub/delivery/signature.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

TEST_CASE("A page says what, where, when and how rare, in one JSON object") {
  const model::Alert alert = make_alert("alert-7");
  const std::string cell = alert.hotspot.zone.cell.token();
  CHECK(page_body(alert, make_step(alert)) ==
        R"({"id":"alert-7","page_id":"alert-7/3/desk","version":3,"state":"open","asks":true,)"
        R"("level":"alert","jurisdiction":"Montgomery","place":{"zone":")" +
            cell + R"(-3x3","center":{"latitude":40.1235,"longitude":-75.3457},"cell":")" + cell +
            R"("},"count":4,"expected":0.842,"interval":"once in 480 days","interval_days":480.2,)"
            R"("window":{"hours":24,"start":"2016-03-10T23:00:00Z","end":"2016-03-11T23:00:00Z"},)"
            R"("opened":"2016-03-11T22:15:00Z","reason":"opened","attempt":1,)"
            R"("possibly_repeated":false,"provisional":true,"silent_partners":["county-er"]})");
}

TEST_CASE("A second attempt says that it is possibly repeated") {
  const model::Alert alert = make_alert("alert-7");
  const auto body = boost::json::parse(page_body(alert, make_step(alert, 2)));
  CHECK(body.at("possibly_repeated").as_bool());
  CHECK(body.at("attempt").as_int64() == 2);
}

TEST_CASE("Names with quotes and other alphabets stay JSON") {
  model::Alert alert = make_alert("alert-7");
  alert.hotspot.zone = {model::ZoneKind::kFacility, model::Cell(), "\"Jail\"\n\xc3\xa9\\"};
  alert.hotspot.id = zone_id(alert.hotspot.zone);
  const auto body = boost::json::parse(page_body(alert, make_step(alert)));
  CHECK(body.at("place").at("name").as_string() == "\"Jail\"\n\xc3\xa9\\");
  CHECK(body.at("place").as_object().if_contains("cell") == nullptr);
}

TEST_CASE("A page says what the alert has become by now") {
  model::Alert alert = make_alert("alert-7");
  const model::Paging step = make_step(alert);
  alert.version = 9;
  alert.state = model::AlertState::kWithdrawn;
  alert.asks = false;
  const auto body = boost::json::parse(page_body(alert, step));
  CHECK(body.at("state").as_string() == "withdrawn");
  CHECK(body.at("version").as_int64() == 9);
  CHECK(!body.at("asks").as_bool());
  CHECK(body.at("page_id").as_string() == "alert-7/3/desk");
}

TEST_CASE("No agency's share and no person is in a page") {
  const model::Alert alert = make_alert("alert-7");
  const std::string body = page_body(alert, make_step(alert));
  CHECK(body.find("county-ems") == std::string::npos);
  CHECK(body.find("fatal") == std::string::npos);
}

TEST_CASE("An interval is told in days up to ten years") {
  CHECK(interval_text(30) == "once in 30 days");
  CHECK(interval_text(3649.4) == "once in 3649 days");
  CHECK(interval_text(3650) == "once in over 10 years");
}

TEST_CASE("A signature is that of Python's hmac") {
  // hmac.new(b"0123456789abcdef", b'1457734501.{"id":"a"}', "sha256").hexdigest()
  CHECK(sign("0123456789abcdef", *parse_rfc3339("2016-03-11T22:15:01.9Z"), R"({"id":"a"})") ==
        "t=1457734501,v1=10adef2db166a51e6dd6e4d383ae5e1a3bbcd8a30438568efe6e4f5970b8e7d5");
}

TEST_CASE("Another time, body or secret is another signature") {
  const Instant at = *parse_rfc3339("2016-03-11T22:15:01Z");
  const std::string one = sign("0123456789abcdef", at, "body");
  CHECK(sign("0123456789abcdef", at, "body") == one);
  CHECK(sign("0123456789abcdeg", at, "body") != one);
  CHECK(sign("0123456789abcdef", at + std::chrono::seconds(1), "body") != one);
  CHECK(sign("0123456789abcdef", at, "bodz") != one);
}

}  // namespace
}  // namespace commonwatch::delivery::test
