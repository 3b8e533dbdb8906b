// NDJSON and length-delimited protobuf.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "tests/cli_input/scratch.h"

namespace commonwatch::cli {
namespace {

using test::read_all;
using test::Scratch;

v1::Event event(const std::string& id) {
  v1::Event event;
  event.set_record_id(id);
  event.mutable_occurred_at()->set_seconds(1452859200);
  event.mutable_location()->set_latitude(40.1);
  event.mutable_location()->set_longitude(-75.2);
  event.mutable_overdose()->set_certainty(v1::CERTAINTY_SUSPECTED);
  return event;
}

std::string json(const v1::Event& event) {
  std::string text;
  REQUIRE(google::protobuf::util::MessageToJsonString(event, &text).ok());
  return text + "\n";
}

std::string delimited(const std::string& bytes) {
  std::string prefix;
  for (std::size_t left = bytes.size();; left >>= 7U) {
    prefix += static_cast<char>((left & 0x7fU) | (left > 0x7fU ? 0x80U : 0U));
    if (left <= 0x7fU) return prefix + bytes;
  }
}

std::unique_ptr<EventReader> open(const Scratch& scratch, const std::string& bytes,
                                  const std::string& name = "in") {
  return open_reader({scratch.write(name, bytes)});
}

void check_resumes_everywhere(const Scratch& scratch, const std::string& bytes) {
  std::size_t count = 0;
  for (const auto reader = open(scratch, bytes); reader->next();) ++count;
  for (std::size_t taken = 0; taken <= count; ++taken) {
    const auto first = open(scratch, bytes);
    for (std::size_t i = 0; i < taken; ++i) first->next();
    const auto second = open(scratch, bytes);
    second->skip_to(first->position());
    const auto rest = read_all(*first);
    const auto resumed = read_all(*second);
    REQUIRE(rest.events.size() == resumed.events.size());
    REQUIRE(rest.faults.size() == resumed.faults.size());
    for (std::size_t i = 0; i < rest.events.size(); ++i) {
      CHECK(rest.events[i].line == resumed.events[i].line);
      CHECK(rest.events[i].event.record_id() == resumed.events[i].event.record_id());
    }
  }
}

TEST_CASE("NdjsonReader reads events, skips empty lines and a byte order mark") {
  const Scratch scratch;
  const auto all =
      read_all(*open(scratch, "\xef\xbb\xbf" + json(event("a")) + "\r\n  \n" + json(event("b"))));
  REQUIRE(all.faults.empty());
  REQUIRE(all.events.size() == 2);
  CHECK(all.events[0].event.SerializeAsString() == event("a").SerializeAsString());
  CHECK(all.events[1].line == 4);
}

TEST_CASE("NdjsonReader reports each bad line by field and sentence, and reads the others") {
  const Scratch scratch;
  const std::string good = json(event("a"));
  std::string unknown_value = good;
  unknown_value.replace(unknown_value.find("CERTAINTY_SUSPECTED"), 19, "CERTAINTY_GUESSED");
  std::string unknown_field = good;
  unknown_field.replace(1, 0, "\"patientName\":\"x\",");
  std::string unknown_inside = good;
  unknown_inside.replace(unknown_inside.find("\"certainty\""), 0, "\"dateOfBirth\":1,");
  v1::Event nowhere = event("b");
  nowhere.clear_location();
  const auto all =
      read_all(*open(scratch,
                     "{\n" + unknown_value + unknown_field + unknown_inside + json(nowhere) +
                         std::string(kRecordBytesMax + 1, ' ') + "\n" + good,
                     "in.ndjson"));
  REQUIRE(all.faults.size() == 6);
  const std::vector<std::string> fields{
      "", "overdose.certainty", "patientName", "overdose.dateOfBirth", "location", ""};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    INFO(all.faults[i].message);
    CHECK(all.faults[i].line == i + 1);
    CHECK(all.faults[i].field == fields[i]);
  }
  REQUIRE(all.events.size() == 1);
  CHECK(all.events[0].line == 7);
}

TEST_CASE("NdjsonReader goes on at any position") {
  check_resumes_everywhere(
      Scratch(), json(event("a")) + "\n" + json(event("b")) + "{\"x\":1}\n" + json(event("c")));
}

TEST_CASE("ProtobufReader reads events of all lengths and recognises them by content") {
  const Scratch scratch;
  std::string bytes;
  for (const std::size_t length : {1U, 67U, 68U, 69U, 70U, 71U, 72U, 100U, 128U}) {
    const auto one = delimited(event(std::string(length, 'i')).SerializeAsString());
    const auto all = read_all(*open(scratch, one));
    REQUIRE(all.events.size() == 1);
    bytes += one;
  }
  CHECK(read_all(*open(scratch, bytes)).events.size() == 9);
}

TEST_CASE("ProtobufReader reports bad events by ordinal and reads the others") {
  const Scratch scratch;
  v1::Event unknown = event("u");
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(999, 1);
  const std::string good = delimited(event("a").SerializeAsString());
  const auto all = read_all(*open(
      scratch,
      good + delimited("\xff\xff\xff") + delimited(unknown.SerializeAsString()) + delimited("") +
          delimited(std::string(kRecordBytesMax + 1, 'x')) + good + good.substr(0, 10),
      "in.pb"));
  REQUIRE(all.faults.size() == 5);
  const std::vector<std::uint64_t> ordinals{2, 3, 4, 5, 7};
  for (std::size_t i = 0; i < ordinals.size(); ++i) CHECK(all.faults[i].line == ordinals[i]);
  CHECK(all.faults[2].field == "record_id");
  REQUIRE(all.events.size() == 2);
  CHECK(all.events[1].line == 6);
}

TEST_CASE("ProtobufReader ends when it has lost the framing") {
  const Scratch scratch;
  const auto reader = open(scratch, std::string(20, '\xff'), "in.pb");
  CHECK_THROWS_WITH(reader->next(), Catch::Contains("no length"));
}

TEST_CASE("ProtobufReader goes on at any position") {
  const std::string one = delimited(event("a").SerializeAsString());
  check_resumes_everywhere(Scratch(), one + one + delimited("\xff\xff\xff") + one);
}

TEST_CASE("open_reader says what to do about a missing file, a folder, CSV without a mapping") {
  const Scratch scratch;
  CHECK_THROWS_WITH(open_reader({(scratch.path() / "none").string()}),
                    Catch::Contains("cannot be opened"));
  CHECK_THROWS_WITH(open_reader({scratch.path().string()}), Catch::Contains("directory"));
  CHECK_THROWS_WITH(open(scratch, "a,b\n1,2\n"), Catch::Contains("--map FILE"));
}

}  // namespace
}  // namespace commonwatch::cli
