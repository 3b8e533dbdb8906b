#include <algorithm>
#include <fstream>
#include <random>
#include <set>

#include "hub/storage/checkpoint_store.h"
#include "hub/storage/chunk_codec.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/sha256.h"
#include "hub/storage/wal_tail.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kMany = 1'000'000;

model::Area box(double south, double west, double north, double east) {
  model::AreaRequest request;
  request.bounding_box.push_back({south, west, north, east});
  return *model::Area::make(request, Limits());
}

}  // namespace

TEST_CASE("Any offset finds its chunk, the end finds none") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a"), overdose("b"), overdose("c")});
  must_submit(*log, opened->handle, 4, {overdose("d")});
  CHECK((**log->read(Offset(2))).first == Offset(0));
  CHECK((**log->read(Offset(3))).first == Offset(3));
  CHECK_FALSE(log->read(Offset(4))->has_value());
}

TEST_CASE("find_recorded gives the first chunk at or after an instant") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  std::uint64_t sequence = 1;
  for (int chunk = 0; chunk < 20; ++chunk) {
    std::vector<Candidate> events;
    for (int n = 0; n <= chunk % 4; ++n)
      events.push_back(overdose(std::to_string(sequence + events.size())));
    const auto count = events.size();
    must_submit(*log, opened->handle, sequence, std::move(events));
    sequence += count;
    clock.advance(minutes(1));
  }
  for (const Chunk& chunk : read_all(*log)) {
    CHECK(*log->find_recorded(chunk.recorded) == chunk.first);
    CHECK(*log->find_recorded(chunk.recorded - Duration(1)) == chunk.first);
    CHECK(*log->find_recorded(chunk.recorded + Duration(1)) == chunk.end());
  }
}

TEST_CASE("find_occurred names every chunk that brute force finds, at any moment") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  auto log = open_log(options, clock);
  const unsigned seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  auto handle = open_source(*log, source("ems/cad"))->handle;
  std::uint64_t sequence = 1;
  for (int round = 0; round < 60; ++round) {
    std::vector<Candidate> events;
    for (int n = 0; n <= pick(5); ++n) {
      const model::LatLng place{39.5 + pick(100) / 50.0, -76.0 + pick(100) / 50.0};
      events.push_back(
          overdose(std::to_string(sequence + events.size()), 1, "p", kNoon - minutes(pick(72 * 60)),
                   pick(6) == 0 ? model::Cell() : model::Cell::at(place, model::kLeafLevel)));
    }
    const auto count = events.size();
    must_submit(*log, handle, sequence, std::move(events));
    sequence += count;
    if (round == 30) {
      log.reset();
      log = open_log(options, clock);
      handle = open_source(*log, source("ems/cad"))->handle;
    }
    const Instant from = kNoon - minutes(pick(72 * 60));
    const Instant to = from + minutes(pick(24 * 60));
    const double south = 39.5 + pick(100) / 50.0;
    const double west = -76.0 + pick(100) / 50.0;
    const model::Area area =
        pick(3) == 0 ? model::Area() : box(south, west, south + 0.3, west + 0.3);
    const Offset below(
        static_cast<std::uint64_t>(pick(static_cast<int>(log->durable().end.value()) + 1)));
    const auto found = log->find_occurred(from, to, area, Offset(0), below, kMany);
    REQUIRE(found.has_value());
    CHECK(std::is_sorted(found->begin(), found->end()));
    std::vector<Offset> by_threes;
    for (Offset begin(0);;) {
      const auto three = log->find_occurred(from, to, area, begin, below, 3);
      REQUIRE(three.has_value());
      REQUIRE(three->size() <= 3);
      by_threes.insert(by_threes.end(), three->begin(), three->end());
      if (three->size() < 3) break;
      begin = three->back().next();
    }
    CHECK(by_threes == *found);
    std::set<Offset> allowed;
    for (const Chunk& chunk : read_all(*log)) {
      if (chunk.first >= below) continue;
      allowed.insert(chunk.first);
      const bool matches =
          std::any_of(chunk.entries.begin(), chunk.entries.end(), [&](const Entry& entry) {
            const bool in_area =
                area.is_everywhere() || (entry.cell.is_valid() && area.may_intersect(entry.cell));
            return entry.occurred >= from && entry.occurred < to && in_area;
          });
      if (matches) CHECK(std::count(found->begin(), found->end(), chunk.first) == 1);
    }
    for (const Offset offset : *found) CHECK(allowed.contains(offset));
  }
}

TEST_CASE("find_occurred leaves out chunks of other hours and other places") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  const auto here = model::Cell::at({40.0, -75.0}, model::kLeafLevel);
  must_submit(*log, opened->handle, 1, {overdose("a", 1, "p", kNoon, here)});
  CHECK(log->find_occurred(kNoon + hours(1), kNoon + hours(2), {}, Offset(0), Offset(9), kMany)
            ->empty());
  CHECK(log->find_occurred(kNoon, kNoon, {}, Offset(0), Offset(9), kMany)->empty());
  CHECK(log->find_occurred(kNoon, kNoon + hours(1), box(50, 5, 51, 6), Offset(0), Offset(9), kMany)
            ->empty());
  CHECK(log->find_occurred(kNoon, kNoon + hours(1), box(39, -76, 41, -74), Offset(0), Offset(9),
                           kMany)
            ->size() == 1);
}

TEST_CASE("Only the highest stored revision of a record is its latest") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  auto log = open_log(options, clock);
  const bool restarted = GENERATE(false, true);
  const auto name = source("ems/cad");
  const auto opened = open_source(*log, name);
  must_submit(*log, opened->handle, 1, {overdose("a", 1), overdose("b", 7)});
  must_submit(*log, opened->handle, 3, {overdose("a", 3), refused("x"), overdose("a", 2)});
  if (restarted) {
    log.reset();
    log = open_log(options, clock);
  }
  const auto chunks = read_all(*log);
  CHECK_FALSE(*log->is_latest(name, chunks[0].entries[0]));
  CHECK(*log->is_latest(name, chunks[0].entries[1]));
  CHECK(*log->is_latest(name, chunks[1].entries[0]));
  CHECK_FALSE(*log->is_latest(name, chunks[1].entries[1]));
  CHECK_FALSE(*log->is_latest(name, chunks[1].entries[2]));
}

TEST_CASE("The last hub event that matches is found behind others") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  const auto configuration = [](const std::string& payload) { return payload.starts_with("c"); };
  CHECK_FALSE(log->find_last_hub_event(configuration)->has_value());
  CHECK(append_hub(*log, "c1").has_value());
  must_submit(*log, opened->handle, 1, {overdose("a"), overdose("b")});
  CHECK(append_hub(*log, "c2")->last == Sequence(2));
  CHECK(append_hub(*log, "other").has_value());
  const auto found = log->find_last_hub_event(configuration);
  REQUIRE(found->has_value());
  CHECK((*found)->first == Offset(3));
  CHECK((*found)->second == "c2");
}

TEST_CASE("Checkpoints: the newest at or before a version, damaged ones passed over") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const model::EngineEpoch epoch(5);
  for (const std::uint64_t version : {10U, 20U, 30U}) {
    const Checkpoint checkpoint{epoch, model::Version(version), Offset(version),
                                "state " + std::to_string(version)};
    REQUIRE(log->write_checkpoint("responders", checkpoint, Offset(0), 8).has_value());
  }
  const auto version_at = [&](std::uint64_t at) {
    const auto found = log->read_checkpoint("responders", epoch, model::Version(at));
    return found ? found->version.value() : 0;
  };
  CHECK(version_at(9) == 0);
  CHECK(version_at(29) == 20);
  CHECK(version_at(99) == 30);
  CHECK(log->read_checkpoint("responders", epoch, model::Version(20))->state == "state 20");
  CHECK_FALSE(log->read_checkpoint("responders", model::EngineEpoch(6), model::Version(99)));
  CHECK_FALSE(log->read_checkpoint("public", epoch, model::Version(99)));
  const auto folder = directory / "data" / "checkpoints" / "responders";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().find("1e.checkpoint") == std::string::npos) continue;
    std::ofstream(entry.path(), std::ios::app) << "x";
  }
  CHECK(version_at(99) == 20);
}

TEST_CASE("An audience whose name would leave the folder gets no checkpoint") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  CHECK(log->write_checkpoint("../x", {}, Offset(0), 3).has_error());
  CHECK(log->write_checkpoint("", {}, Offset(0), 3).has_error());
}

TEST_CASE("Thinning keeps the newest versions and spreads the older ones") {
  std::vector<model::Version> kept;
  for (std::uint64_t version = 1; version <= 1000; ++version) {
    kept.emplace_back(version);
    for (const model::Version dropped : versions_to_drop(kept, 8)) std::erase(kept, dropped);
  }
  REQUIRE(kept.size() == 8);
  for (std::uint64_t newest = 997; newest <= 1000; ++newest) {
    CHECK(std::count(kept.begin(), kept.end(), model::Version(newest)) == 1);
  }
  CHECK(kept[0] == model::Version(1));
  for (std::size_t at = 1; at < 4; ++at) CHECK(kept[at].value() - kept[at - 1].value() > 50);
}

TEST_CASE("CRC-32C of the check string is the published one") {
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(crc32c("6789", crc32c("12345")) == 0xe3069283U);
}

TEST_CASE("Any flipped bit of a chunk is found") {
  ChunkEncoder encoder("ems/cad", Offset(7), Sequence(3), 0);
  const std::string salt(kSaltBytes, 's');
  Hash hash;
  const Candidate candidate = overdose("a");
  append_content_hash(salt, content_of(candidate), hash);
  encoder.add(Disposition::kStored, candidate, nullptr, salt, hash);
  Hash head(kHashBytes, '\0');
  const auto chunk = encoder.finish(kNoon, head);
  REQUIRE(StoredChunk::decode(Offset(7), chunk->value()).has_value());
  CHECK(StoredChunk::decode(Offset(8), chunk->value()).has_error());
  CHECK(chunk->recompute_chain_head(Hash(kHashBytes, '\0')) == head);
  for (std::size_t bit = 0; bit < chunk->value().size() * 8; ++bit) {
    std::string value = chunk->value();
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
    CHECK(StoredChunk::decode(Offset(7), value).has_error());
  }
  for (std::size_t bytes = 0; bytes < chunk->value().size(); ++bytes) {
    CHECK(StoredChunk::decode(Offset(7), chunk->value().substr(0, bytes)).has_error());
  }
}

TEST_CASE("Keys sort as what they name, and come back") {
  CHECK(offset_key(Offset(255)) < offset_key(Offset(256)));
  CHECK(decode_offset_key(offset_key(Offset(77))) == Offset(77));
  const model::RecordKey record{{7, 8}};
  CHECK(record_key(SourceNumber(1), record, 9) < record_key(SourceNumber(1), record, 10));
  CHECK(revision_of_record_key(record_key(SourceNumber(1), record, 9)) == 9);
  const OccurredKey before{-1, model::Cell(5), Offset(3)};
  const OccurredKey after{1, model::Cell(), Offset(0)};
  CHECK(encode_occurred_key(before) < encode_occurred_key(after));
  CHECK(decode_occurred_key(encode_occurred_key(before)) == before);
}

TEST_CASE("A write-ahead log's bytes that are none of it are damage without anything behind") {
  const WalTail tail = inspect_wal_bytes(std::string(100, 'x'), 1);
  CHECK(tail.good_bytes == 0);
  CHECK(tail.damaged);
  CHECK_FALSE(tail.valid_behind);
  CHECK_FALSE(inspect_wal_bytes(std::string(100, '\0'), 1).damaged);
  CHECK_FALSE(inspect_wal_bytes("", 1).damaged);
}

}  // namespace commonwatch::storage::test
