#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "hub/wire/server_message.h"
#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

using samples::parse_frame;

const model::Position kPosition{model::EngineEpoch(0xfedcba9876543210), model::Version(12)};
const Instant kAsOf = instant_from_micros(1'457'687'340'250'000);
const model::SourceName kSource = *model::SourceName::parse("county-ems/cad-1");

model::TileDelta delta() {
  model::TileDelta made;
  made.tile = model::Cell::at({40.12, -75.34}, model::kTileLevel);
  made.version = model::Version(12);
  made.previous = model::Version(9);
  made.as_of = kAsOf;
  made.changed.hotspots = {samples::hotspot("a", 40.12, -75.34),
                           samples::hotspot("b", 40.13, -75.33)};
  made.removed = {"c", "d"};
  return made;
}

model::TileState tile() {
  return {delta().tile, model::Version(12), kAsOf, samples::full_content()};
}

ReplayPage page(const std::string& payload) {
  ReplayPage made;
  made.events.push_back({kSource.text(), model::Sequence(3), kAsOf, payload});
  made.events.push_back({kSource.text(), model::Sequence(4), kAsOf, ""});
  made.cursor = "cursor";
  made.reached = kAsOf;
  return made;
}

std::string stored_payload() {
  return decode_event(samples::full_overdose().SerializeAsString(), Encoding::kBinary, Limits())
      .payload;
}

// Every message of the hub, as encode makes it.
std::vector<std::string> all_frames(Encoding encoding) {
  const std::string payload = stored_payload();
  Welcome welcome;
  welcome.hub = "commonwatch/0.1.0";
  Published published;
  published.source = kSource;
  published.chain_head = std::string(32, '\xee');
  published.rejections.push_back({model::Sequence(2), make_error(ErrorCode::kConflict, "m", "f")});
  return {encode(welcome, encoding),
          encode(SourceOpened{kSource, model::Sequence(4), model::Sequence(9)}, encoding),
          encode(published, encoding),
          encode(SnapshotHeader{kPosition, kAsOf, true, 3}, encoding, 7),
          encode(tile(), encoding, 7),
          encode(delta(), encoding),
          encode(Progress{kPosition, kAsOf}, encoding),
          encode(page(payload), encoding, 7),
          encode(ReplayEnd{ReplayEndReason::kCancelled, 5, 6, "c"}, encoding, 7),
          encode(GoingAway{"a drain", 1500}, encoding),
          encode(Recorded{8, kAsOf}, encoding),
          encode(make_error(ErrorCode::kFenced, "m"), ErrorContext{}, encoding, 7)};
}

TEST_CASE("welcome states the limits, the heartbeat, the tick and the tile level") {
  Welcome welcome;
  welcome.hub = "commonwatch/0.1.0";
  welcome.session = "s1";
  welcome.hub_time = kAsOf;
  welcome.principal = "p";
  welcome.audience = "responders";
  welcome.tick = std::chrono::milliseconds(250);
  const auto to = parse_frame(encode(welcome, Encoding::kBinary)).welcome();
  CHECK(to.hub() == "commonwatch/0.1.0");
  CHECK(to.session() == "s1");
  CHECK(to.hub_time().seconds() == 1'457'687'340);
  CHECK(to.hub_time().nanos() == 250'000'000);
  CHECK(to.principal() == "p");
  CHECK(to.audience() == "responders");
  CHECK(to.heartbeat_ms() == welcome.limits.heartbeat_ms);
  CHECK(to.tick_ms() == 250);
  CHECK(to.tile_level() == static_cast<std::uint32_t>(model::kTileLevel));
  CHECK(to.limits().frame_bytes_max() == welcome.limits.frame_bytes_max);
  CHECK(to.limits().event_bytes_max() == welcome.limits.event_bytes_max);
  CHECK(to.limits().batch_events_max() == welcome.limits.batch_events_max);
  CHECK(to.limits().future_ms_max() == welcome.limits.future_ms_max);
}

TEST_CASE("welcome leaves no limit of the schema unset") {
  const auto welcome = parse_frame(encode(Welcome{}, Encoding::kBinary)).welcome();
  const auto& limits = welcome.limits();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  limits.GetReflection()->ListFields(limits, &fields);
  CHECK(static_cast<int>(fields.size()) == v1::Limits::descriptor()->field_count());
}

TEST_CASE("published states what was consumed and what was rejected") {
  Published published;
  published.source = kSource;
  published.last = model::Sequence(20);
  published.credit = model::Sequence(16'020);
  published.chain_head = std::string(32, '\xee');
  published.stored = 8;
  published.repeated = 1;
  published.rejections.push_back(
      {model::Sequence(19), make_error(ErrorCode::kOutOfRange, "a sentence", "location.latitude")});
  const auto frame = parse_frame(encode(published, Encoding::kBinary));
  const auto& to = frame.published();
  CHECK(to.source() == "county-ems/cad-1");
  CHECK(to.sequence() == 20);
  CHECK(to.credit() == 16'020);
  CHECK(to.chain_head() == std::string(32, '\xee'));
  CHECK(to.stored() == 8);
  CHECK(to.repeated() == 1);
  REQUIRE(to.rejections_size() == 1);
  CHECK(to.rejections(0).sequence() == 19);
  CHECK(to.rejections(0).code() == v1::ERROR_CODE_OUT_OF_RANGE);
  CHECK(to.rejections(0).field() == "location.latitude");
  CHECK(to.rejections(0).message() == "a sentence");
  v1::Published body;
  REQUIRE(body.ParseFromString(encode_http(published, Encoding::kBinary)));
  CHECK(body.SerializeAsString() == to.SerializeAsString());
}

TEST_CASE("source_opened is the same over WebSocket and HTTP") {
  const SourceOpened opened{kSource, model::Sequence(4), model::Sequence(16'004)};
  const auto to = parse_frame(encode(opened, Encoding::kBinary)).source_opened();
  CHECK(to.source() == "county-ems/cad-1");
  CHECK(to.last_sequence() == 4);
  CHECK(to.credit() == 16'004);
  CHECK(encode_http(opened, Encoding::kJson) ==
        R"({"source":"county-ems/cad-1","lastSequence":"4","credit":"16004"})");
}

TEST_CASE("an error carries its context") {
  const ErrorContext context{.source = "a/b",
                             .expected = model::Sequence(7),
                             .subscription = 3,
                             .request = 8,
                             .retry_after_ms = 250,
                             .retryable = true,
                             .closes = true};
  const auto error = make_error(ErrorCode::kSequenceGap, "expected 7", "publish.first_sequence");
  const auto frame = parse_frame(encode(error, context, Encoding::kBinary, 5));
  CHECK(frame.replay() == 5);
  const auto& to = frame.error();
  CHECK(to.code() == v1::ERROR_CODE_SEQUENCE_GAP);
  CHECK(to.message() == "expected 7");
  CHECK(to.field() == "publish.first_sequence");
  CHECK(to.source() == "a/b");
  CHECK(to.expected_sequence() == 7);
  CHECK(to.subscription() == 3);
  CHECK(to.request() == 8);
  CHECK(to.retry_after_ms() == 250);
  CHECK(to.retryable());
  CHECK(to.closes());
  v1::Error body;
  REQUIRE(body.ParseFromString(encode_http(error, context, Encoding::kBinary)));
  CHECK(body.SerializeAsString() == to.SerializeAsString());
}

TEST_CASE("a delta states every field of its hotspots") {
  const auto frame = parse_frame(encode(delta(), Encoding::kBinary));
  const auto& to = frame.delta();
  CHECK(to.tile() == delta().tile.id());
  CHECK(to.version() == 12);
  CHECK(to.previous() == 9);
  REQUIRE(to.changed_size() == 2);
  const auto expected = delta().changed.hotspots[0];
  const v1::Hotspot& hotspot = to.changed(0);
  CHECK(hotspot.id() == "a");
  CHECK(hotspot.zone().kind() == v1::ZONE_KIND_CELL);
  CHECK(hotspot.zone().cell() == expected.zone.cell.id());
  CHECK(hotspot.latitude() == expected.center.latitude);
  CHECK(hotspot.longitude() == expected.center.longitude);
  CHECK(hotspot.window_hours() == 24);
  CHECK(hotspot.count() == 7);
  CHECK(hotspot.fatal() == 1);
  CHECK(hotspot.expected() == 1.234);
  CHECK(hotspot.score_nats() == 3.25);
  CHECK(hotspot.interval_days() == 480.5);
  CHECK(hotspot.severity() == v1::SEVERITY_ALERT);
  CHECK(hotspot.last_occurred_at().seconds() == 1'457'687'340);
  CHECK(hotspot.exposure_days() == 120);
  CHECK(hotspot.provisional());
  CHECK(std::vector<std::string>(to.removed().begin(), to.removed().end()) ==
        std::vector<std::string>{"c", "d"});
}

TEST_CASE("bodies are the same bytes live and in replay") {
  const auto live = parse_frame(encode(delta(), Encoding::kBinary));
  const auto replayed = parse_frame(encode(delta(), Encoding::kBinary, 7));
  CHECK(live.replay() == 0);
  CHECK(replayed.replay() == 7);
  CHECK(live.delta().SerializeAsString() == encode_body(delta()));
  CHECK(replayed.delta().SerializeAsString() == encode_body(delta()));
  // Not only equal once parsed: the bytes stand in the frame as they are.
  CHECK(encode(delta(), Encoding::kBinary).find(encode_body(delta())) != std::string::npos);
  CHECK(encode(delta(), Encoding::kBinary, 7).find(encode_body(delta())) != std::string::npos);
  CHECK(parse_frame(encode(tile(), Encoding::kBinary)).tile().SerializeAsString() ==
        parse_frame(encode(tile(), Encoding::kBinary, 7)).tile().SerializeAsString());
}

TEST_CASE("snapshot, progress and the end of a replay state their position") {
  const auto snapshot =
      parse_frame(encode(SnapshotHeader{kPosition, kAsOf, true, 3}, Encoding::kBinary));
  CHECK(snapshot.snapshot().position().engine_epoch() == 0xfedcba9876543210);
  CHECK(snapshot.snapshot().position().version() == 12);
  CHECK(snapshot.snapshot().resume_refused());
  CHECK(snapshot.snapshot().tiles() == 3);
  const auto progress = parse_frame(encode(Progress{kPosition, kAsOf}, Encoding::kBinary, 2));
  CHECK(progress.replay() == 2);
  CHECK(progress.progress().as_of().nanos() == 250'000'000);
  const auto end = parse_frame(
      encode(ReplayEnd{ReplayEndReason::kGoneByRetention, 5, 6, "c"}, Encoding::kBinary, 2));
  CHECK(end.replay_end().reason() == v1::REPLAY_END_REASON_GONE_BY_RETENTION);
  CHECK(end.replay_end().count() == 5);
  CHECK(end.replay_end().checksum() == 6);
  CHECK(end.replay_end().cursor() == "c");
  CHECK_FALSE(end.replay_end().altered());
}

TEST_CASE("the end of a replay carries each of its marks alone") {
  const auto marked = [](const ReplayMarks& marks) {
    const ReplayEnd end{ReplayEndReason::kEndOfRange, 5, 6, "c", marks};
    const auto read = parse_frame(encode(end, Encoding::kBinary, 2)).replay_end();
    return ReplayMarks{read.altered(), read.reduced(), read.recomputed()};
  };
  for (const ReplayMarks& marks : {ReplayMarks{true, false, false}, ReplayMarks{false, true, false},
                                   ReplayMarks{false, false, true}}) {
    CHECK(marked(marks) == marks);
  }
}

TEST_CASE("a time before 1970 is written with positive nanoseconds") {
  const auto progress =
      parse_frame(encode(Progress{kPosition, instant_from_micros(-1)}, Encoding::kBinary));
  CHECK(progress.progress().as_of().seconds() == -1);
  CHECK(progress.progress().as_of().nanos() == 999'999'000);
}

TEST_CASE("a replay page holds the stored payload, byte for byte") {
  const std::string payload = stored_payload();
  const std::string frame = encode(page(payload), Encoding::kBinary, 7);
  const auto message = parse_frame(frame);
  CHECK(message.replay() == 7);
  const auto& to = message.replay_page();
  REQUIRE(to.events_size() == 2);
  CHECK(to.events(0).source() == "county-ems/cad-1");
  CHECK(to.events(0).sequence() == 3);
  CHECK(to.events(0).recorded_at().seconds() == 1'457'687'340);
  CHECK(to.events(0).event().SerializeAsString() == payload);
  CHECK(to.events(1).has_event());
  CHECK(to.cursor() == "cursor");
  CHECK(to.reached().nanos() == 250'000'000);
  CHECK(frame.find(payload) != std::string::npos);
  CHECK(message.SerializeAsString() == frame);
}

TEST_CASE("a replay page passes on a payload that is not canonical as it stands") {
  const std::string stretched("\x10\x82\x80\x00", 4);
  const std::string frame = encode(page(stretched), Encoding::kBinary, 1);
  CHECK(frame.find(stretched) != std::string::npos);
  CHECK(parse_frame(frame).replay_page().events(0).event().revision() == 2);
}

TEST_CASE("a large replay page is one message") {
  const std::string payload = stored_payload();
  ReplayPage made = page(payload);
  made.events.resize(1, made.events[0]);
  for (int i = 0; i < 5000; ++i) made.events.push_back(made.events[0]);
  CHECK(parse_frame(encode(made, Encoding::kBinary, 1)).replay_page().events_size() == 5001);
}

TEST_CASE("every frame in JSON is the binary frame written again") {
  const auto binary = all_frames(Encoding::kBinary);
  const auto json = all_frames(Encoding::kJson);
  REQUIRE(binary.size() == json.size());
  CHECK(static_cast<int>(binary.size()) == v1::ServerMessage::descriptor()->field_count() - 1);
  for (std::size_t i = 0; i < binary.size(); ++i) {
    CHECK(to_json_frame(binary[i]) == json[i]);
    v1::ServerMessage read;
    INFO(json[i]);
    REQUIRE(google::protobuf::util::JsonStringToMessage(json[i], &read).ok());
    CHECK(google::protobuf::util::MessageDifferencer::Equals(read, parse_frame(binary[i])));
  }
}

TEST_CASE("JSON has lowerCamelCase names, 64-bit numbers as text, and zeros") {
  CHECK(encode(Progress{kPosition, kAsOf}, Encoding::kJson) ==
        R"({"replay":0,"progress":{"position":{"engineEpoch":"18364758544493064720",)"
        R"("version":"12"},"asOf":"2016-03-11T09:09:00.250Z"}})");
}

TEST_CASE("A heartbeat is a progress that names no position") {
  const auto frame = parse_frame(encode(Heartbeat{}, Encoding::kBinary));
  CHECK(frame.has_progress());
  CHECK_FALSE(frame.progress().has_position());
}

TEST_CASE("to_json_frame refuses bytes that are no frame") {
  CHECK_THROWS_AS(to_json_frame("\xff"), Failure);
}

}  // namespace
}  // namespace commonwatch::wire
