#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using samples::from_text;
using samples::full_overdose;

DecodedEvent decode_binary(const v1::Event& event) {
  return decode_event(event.SerializeAsString(), Encoding::kBinary, Limits());
}
DecodedEvent decode_json(std::string_view text) {
  return decode_event(text, Encoding::kJson, Limits());
}

void check_refused(const DecodedEvent& decoded, ErrorCode code, const std::string& field) {
  REQUIRE(decoded.refusal.has_value());
  CHECK(decoded.refusal->code == code);
  CHECK(decoded.refusal->field == field);
  CHECK(!decoded.refusal->message.empty());
}

TEST_CASE("an overdose with every field is read into the model") {
  const auto decoded = decode_binary(full_overdose());
  REQUIRE(!decoded.refusal);
  const model::Event& event = decoded.event;
  CHECK(event.record_id == "2016-000123");
  CHECK(event.revision == 2);
  CHECK(event.has_occurred_at);
  CHECK(to_rfc3339(event.occurred_at) == "2016-03-11T09:09:00.250Z");
  CHECK(event.has_location);
  CHECK(event.location.latitude == 40.1215);
  CHECK(event.location.longitude == -75.3399);
  CHECK(event.location.accuracy_m == 25.5F);
  CHECK(event.location.kind == model::LocationKind::kScene);
  CHECK(event.location.area_code == "19401");
  REQUIRE(event.kind() == model::EventKind::kOverdose);
  const auto& overdose = std::get<model::Overdose>(event.report);
  CHECK(overdose.certainty == model::Certainty::kProbable);
  CHECK(overdose.outcome == model::Outcome::kNonfatal);
  REQUIRE(overdose.persons.size() == 2);
  CHECK(overdose.persons[0].age_band == v1::AGE_BAND_25_TO_34);
  CHECK(overdose.persons[0].sex == v1::SEX_FEMALE);
  REQUIRE(overdose.persons[0].administrations.size() == 1);
  const auto& given = overdose.persons[0].administrations[0];
  CHECK(given.medication == v1::MEDICATION_NALOXONE);
  CHECK(given.dose_mg == 4);
  CHECK(given.route == v1::ROUTE_INTRANASAL);
  CHECK(given.giver == v1::GIVER_POLICE);
  CHECK(given.response == v1::RESPONSE_IMPROVED);
  CHECK(overdose.persons[1].outcome == model::Outcome::kFatal);
  CHECK(overdose.substances ==
        std::vector<std::uint8_t>{v1::SUBSTANCE_FENTANYL, v1::SUBSTANCE_XYLAZINE});
  CHECK(overdose.place == v1::PLACE_STREET);
  CHECK(overdose.transport == v1::TRANSPORT_TRANSPORTED);
  CHECK(overdose.match_key == "\x01\xffkey");
  CHECK(overdose.match_key_version == 7);
}

TEST_CASE("an area count and a retraction are read into the model") {
  const auto count = decode_json(
      R"({"recordId":"c","areaCount":{"incidents":12,"spanStart":"2016-03-01T00:00:00Z"}})");
  REQUIRE(!count.refusal);
  CHECK(!count.event.has_occurred_at);
  CHECK(!count.event.has_location);
  CHECK(std::get<model::AreaCount>(count.event.report).incidents == 12);
  CHECK(to_rfc3339(std::get<model::AreaCount>(count.event.report).span_start) ==
        "2016-03-01T00:00:00Z");
  const auto retraction = decode_json(R"({"retraction":{"reason":"RETRACTION_REASON_DUPLICATE"}})");
  REQUIRE(!retraction.refusal);
  CHECK(std::get<model::Retraction>(retraction.event.report).reason == 3);
}

TEST_CASE("a canonical event is kept as it came") {
  auto event = full_overdose();
  const std::string bytes = event.SerializeAsString();
  CHECK(decode_event(bytes, Encoding::kBinary, Limits()).payload == bytes);
}

TEST_CASE("times are cut to the microsecond, towards the past") {
  const auto cut = [](std::int64_t seconds, int nanos) {
    v1::Event event;
    event.mutable_occurred_at()->set_seconds(seconds);
    event.mutable_occurred_at()->set_nanos(nanos);
    const auto decoded = decode_binary(event);
    event.mutable_occurred_at()->set_nanos(nanos / 1000 * 1000);
    CHECK(decoded.payload == event.SerializeAsString());
    return to_micros(decoded.event.occurred_at);
  };
  CHECK(cut(10, 999'999'999) == 10'999'999);
  CHECK(cut(-1, 1'999) == -999'999);
  CHECK(cut(0, 999) == 0);
}

TEST_CASE("an occurred_at of 1970 is present") {
  v1::Event event;
  event.mutable_occurred_at();
  CHECK(decode_binary(event).event.has_occurred_at);
}

TEST_CASE("minus zero and zero give the same payload") {
  auto minus = full_overdose();
  auto plain = full_overdose();
  minus.mutable_location()->set_latitude(-0.0);
  minus.mutable_location()->set_accuracy_m(-0.0F);
  minus.mutable_overdose()->mutable_persons(0)->mutable_administrations(0)->set_dose_mg(-0.0F);
  plain.mutable_location()->set_latitude(0);
  plain.mutable_location()->set_accuracy_m(0);
  plain.mutable_overdose()->mutable_persons(0)->mutable_administrations(0)->set_dose_mg(0);
  CHECK(decode_binary(minus).payload == decode_binary(plain).payload);
}

TEST_CASE("NaN reaches validation, which refuses it as out of range") {
  auto event = full_overdose();
  event.mutable_location()->set_latitude(-std::numeric_limits<double>::quiet_NaN());
  const auto binary = decode_binary(event);
  const auto json = decode_json(samples::proto3_json(event));
  REQUIRE(!binary.refusal);
  REQUIRE(!json.refusal);
  CHECK(binary.payload == json.payload);
  const auto valid = model::validate(binary.event, Limits(), binary.event.occurred_at);
  REQUIRE(valid.has_error());
  CHECK(valid.error().code == ErrorCode::kOutOfRange);
  CHECK(valid.error().field == "location.latitude");
}

TEST_CASE("fields out of order, written twice or in long form give the canonical payload") {
  const auto event = full_overdose();
  v1::Event first;
  first.set_revision(9);  // overwritten by the second
  v1::Event second = event;
  second.clear_record_id();
  v1::Event third;
  third.set_record_id(event.record_id());
  const std::string bytes =
      first.SerializeAsString() + second.SerializeAsString() + third.SerializeAsString();
  CHECK(decode_event(bytes, Encoding::kBinary, Limits()).payload == event.SerializeAsString());
  // revision = 2 as a varint of three bytes.
  const std::string stretched("\x10\x82\x80\x00", 4);
  CHECK(decode_event(stretched, Encoding::kBinary, Limits()).payload == "\x10\x02");
}

TEST_CASE("a time outside the years 1 to 9999 is out of range and named") {
  v1::Event event = full_overdose();
  event.mutable_occurred_at()->set_seconds(253'402'300'800);
  check_refused(decode_binary(event), ErrorCode::kOutOfRange, "occurred_at");
  event.mutable_occurred_at()->set_seconds(0);
  event.mutable_occurred_at()->set_nanos(1'000'000'000);
  check_refused(decode_binary(event), ErrorCode::kOutOfRange, "occurred_at");
  event = {};
  event.mutable_area_count()->mutable_span_start()->set_seconds(-62'135'596'801);
  check_refused(decode_binary(event), ErrorCode::kOutOfRange, "area_count.span_start");
}

TEST_CASE("an event above the limit is too large, in binary and in JSON") {
  Limits limits;
  v1::Event event = full_overdose();
  event.mutable_location()->set_area_code(std::string(limits.event_bytes_max, 'x'));
  const std::string bytes = event.SerializeAsString();
  const auto binary = decode_event(bytes, Encoding::kBinary, limits);
  check_refused(binary, ErrorCode::kEventTooLarge, "");
  CHECK(binary.payload == bytes);
  check_refused(decode_event(samples::proto3_json(event), Encoding::kJson, limits),
                ErrorCode::kEventTooLarge, "");
}

TEST_CASE("bytes that are no event are malformed and kept as they came") {
  const auto decoded = decode_event("\xff\xff\xff", Encoding::kBinary, Limits());
  check_refused(decoded, ErrorCode::kEventMalformed, "");
  CHECK(decoded.payload == "\xff\xff\xff");
}

TEST_CASE("text that is not UTF-8 makes an event malformed") {
  const std::string binary("\x0a\x02\xc3\x28", 4);  // record_id
  check_refused(decode_event(binary, Encoding::kBinary, Limits()), ErrorCode::kEventMalformed, "");
  check_refused(decode_json("{\"recordId\":\"\xc3\x28\"}"), ErrorCode::kEventMalformed, "");
}

TEST_CASE("a name that is not in the schema is an unknown field, at any depth") {
  check_refused(decode_json(R"({"name":"Jane"})"), ErrorCode::kUnknownField, "name");
  check_refused(decode_json(R"({"location":{"street":"Main"}})"), ErrorCode::kUnknownField,
                "location.street");
  check_refused(decode_json(R"({"overdose":{"persons":[{},{"dateOfBirth":"1990-01-01"}]}})"),
                ErrorCode::kUnknownField, "overdose.persons.dateOfBirth");
}

TEST_CASE("a long unknown name is cut between two characters") {
  std::string name = "x";
  for (int i = 0; i < 100; ++i) name += "ü";
  const auto decoded = decode_json("{\"" + name + "\":1}");
  REQUIRE(decoded.refusal);
  CHECK(decoded.refusal->field.size() < 80);
  CHECK(decoded.refusal->field.substr(0, 63) == name.substr(0, 63));
  CHECK(decoded.refusal->field.substr(63) == "...");
}

TEST_CASE("an unknown value of an enumeration is named, as a word and as a number") {
  check_refused(decode_json(R"({"overdose":{"certainty":"CERTAINTY_ABSOLUTE"}})"),
                ErrorCode::kUnknownValue, "overdose.certainty");
  check_refused(decode_json(R"({"overdose":{"certainty":99}})"), ErrorCode::kUnknownValue,
                "overdose.certainty");
  check_refused(decode_json(R"({"overdose":{"substances":["SUBSTANCE_HEROIN","CAFFEINE"]}})"),
                ErrorCode::kUnknownValue, "overdose.substances");
  check_refused(decode_json(R"({"overdose":{"persons":[{"sex":"f"}]}})"), ErrorCode::kUnknownValue,
                "overdose.persons.sex");
}

TEST_CASE("JSON of the wrong type is malformed and its field is named") {
  const auto check = [](const char* text, const std::string& field) {
    INFO(text);
    check_refused(decode_json(text), ErrorCode::kEventMalformed, field);
  };
  check(R"({"revision":"two"})", "revision");
  check(R"({"revision":-1})", "revision");
  check(R"({"revision":4294967296})", "revision");
  check(R"({"revision":[1]})", "revision");
  check(R"({"recordId":5})", "record_id");
  check(R"({"recordId":{}})", "record_id");
  check(R"({"occurredAt":"yesterday"})", "occurred_at");
  check(R"({"occurredAt":1457687340})", "occurred_at");
  check(R"({"occurredAt":{"seconds":5}})", "occurred_at");
  check(R"({"location":[]})", "location");
  check(R"({"location":5})", "location");
  check(R"({"location":{"latitude":"north"}})", "location.latitude");
  check(R"({"location":{"accuracyM":1e39}})", "location.accuracy_m");
  check(R"({"overdose":{"matchKey":"***"}})", "overdose.match_key");
  check(R"({"overdose":{"substances":"SUBSTANCE_HEROIN"}})", "overdose.substances");
  check(R"({"overdose":{"persons":[{"administrations":[{"doseMg":"much"}]}]}})",
        "overdose.persons.administrations.dose_mg");
}

TEST_CASE("a null in a list is refused: leaving it out would change the number of persons") {
  check_refused(decode_json(R"({"overdose":{"persons":[{},null]}})"), ErrorCode::kEventMalformed,
                "overdose.persons");
}

TEST_CASE("a field that is null is absent") {
  const auto decoded = decode_json(R"({"recordId":"a","location":null,"retraction":{}})");
  REQUIRE(!decoded.refusal);
  CHECK(!decoded.event.has_location);
}

TEST_CASE("two reports in one JSON event are refused") {
  const auto decoded = decode_json(R"({"overdose":{},"retraction":{}})");
  check_refused(decoded, ErrorCode::kEventMalformed, "");
}

TEST_CASE("what is not a JSON object is malformed") {
  for (const char* text : {"", " ", "null", "[]", "5", "\"text\"", "{", "{}{}", "{\"recordId\":}",
                           "{'recordId':'a'}", "{recordId:\"a\"}", "{\"recordId\":\"a\",}",
                           "{\"revision\":NaN}", "{\"recordId\":\"\\ud800\"}", "\xef\xbb\xbf{}"}) {
    INFO(text);
    check_refused(decode_json(text), ErrorCode::kEventMalformed, "");
  }
}

TEST_CASE("JSON takes the names of the schema, numbers as text, and white space") {
  const auto plain = decode_json(R"({"recordId":"a","revision":3,"areaCount":{"incidents":4}})");
  const auto other = decode_json(
      "\n { \"record_id\" : \"a\" ,\t\"revision\" : \"3\" ,"
      "\"area_count\" : {\"incidents\" : 4.0} } \r\n");
  REQUIRE(!plain.refusal);
  REQUIRE(!other.refusal);
  CHECK(plain.payload == other.payload);
}

TEST_CASE("what is read of an event is written to the same bytes again") {
  std::mt19937_64 random(11);
  int read = 0;
  for (int i = 0; i < 500; ++i) {
    const auto decoded = decode_binary(i == 0 ? full_overdose() : samples::random_event(random));
    if (decoded.refusal) continue;
    ++read;
    CHECK(encode_stored_event(decoded.event) == decoded.payload);
  }
  CHECK(read > 250);
}

TEST_CASE("a stored payload is read back, and a damaged one is named as such") {
  const auto decoded = decode_binary(full_overdose());
  const auto event = decode_stored_event(decoded.payload);
  REQUIRE(event.has_value());
  CHECK(event->record_id == decoded.event.record_id);
  CHECK(event->kind() == model::EventKind::kOverdose);
  const auto damaged = decode_stored_event("\xff");
  REQUIRE(damaged.has_error());
  CHECK(damaged.error().code == ErrorCode::kInternal);
  const auto newer = decode_stored_event(std::string("\xf8\x01\x05", 3));
  REQUIRE(newer.has_error());
  CHECK(newer.error().field == "31");
}

}  // namespace
}  // namespace commonwatch::wire
