// An attacker who owns the disk under the event log, against a partner who holds what `published`
// gave it. What is done is done to RocksDB itself, with checksums that hold.
#include <rocksdb/db.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/sha256.h"
#include "hub/storage/watermark.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

// A chunk that can be changed and written again.
struct Draft {
  std::string source;
  Sequence first;
  Instant recorded{};
  std::vector<Candidate> events;
  std::vector<std::string> salts;
};

Draft draft_of(const StoredChunk& chunk) {
  Draft draft{std::string(chunk.source()), chunk.first_sequence(), chunk.recorded(), {}, {}};
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    const EntryView entry = chunk.entry(index);
    draft.events.push_back(overdose(std::string(entry.record_id), entry.revision,
                                    std::string(entry.payload), entry.occurred, entry.cell));
    draft.events.back().kind = entry.kind;
    draft.salts.emplace_back(entry.salt);
  }
  return draft;
}

// The log's own database while no hub has it open.
class EventDisk {
 public:
  explicit EventDisk(const std::filesystem::path& data) : data_(data) {
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open(
        {}, (data / "events").string(),
        {{rocksdb::kDefaultColumnFamilyName, {}}, {"chunk", {}}, {"source", {}}, {"hub", {}}},
        &families_, &opened);
    database_.reset(opened);
    if (!status.ok()) FAIL(status.ToString());
  }
  ~EventDisk() {
    for (auto* family : families_) database_->DestroyColumnFamilyHandle(family);
  }
  EventDisk(const EventDisk&) = delete;
  EventDisk& operator=(const EventDisk&) = delete;

  std::string value(std::uint64_t offset) const {
    std::string value;
    REQUIRE(database_->Get({}, families_[1], offset_key(Offset(offset)), &value).ok());
    return value;
  }
  void put(std::uint64_t offset, const std::string& value) {
    REQUIRE(database_->Put({}, families_[1], offset_key(Offset(offset)), value).ok());
  }
  void remove(std::uint64_t offset) {
    REQUIRE(database_->Delete({}, families_[1], offset_key(Offset(offset))).ok());
  }
  void forget_hub_event(std::uint64_t offset) {
    REQUIRE(database_->Delete({}, families_[3], offset_key(Offset(offset))).ok());
  }
  // Exchanges a text within the chunk and makes the checksum fit.
  void alter(std::uint64_t offset, const std::string& from, const std::string& to) {
    std::string bytes = value(offset);
    const auto at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    const std::uint32_t sum = crc32c(std::string_view(bytes).substr(5));
    std::memcpy(bytes.data() + 1, &sum, sizeof(sum));
    put(offset, bytes);
  }

  // Rewrites the whole log after `change`: dense offsets, contiguous sequences, rising times,
  // sources' states, chain, watermark. Consistent in itself.
  void rewrite(const std::function<void(std::vector<Draft>&)>& change) {
    std::vector<Draft> drafts;
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator({}, families_[1]));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      const auto first = *decode_offset_key(at->key().ToStringView());
      drafts.push_back(draft_of(StoredChunk::decode(first, at->value().ToString()).value()));
      remove(first.value());
    }
    std::vector<Instant> times;
    for (const Draft& draft : drafts) times.push_back(draft.recorded);
    change(drafts);
    Offset next(0);
    Hash head(kHashBytes, '\0');
    std::map<std::string, std::uint64_t> sequences;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      Draft& draft = drafts[i];
      std::uint64_t& sequence = sequences[draft.source];
      ChunkEncoder encoder(draft.source, next, Sequence(sequence + 1), 1000);
      for (std::size_t event = 0; event < draft.events.size(); ++event) {
        Hash hash;
        append_content_hash(draft.salts[event], content_of(draft.events[event]), hash);
        encoder.add(Disposition::kStored, draft.events[event], nullptr, draft.salts[event], hash);
      }
      const SharedChunk chunk = encoder.finish(
          i < times.size() ? times[i] : times.back() + std::chrono::seconds(i), head);
      put(next.value(), chunk->value());
      next = chunk->end();
      sequence += draft.events.size();
    }
    forge(sequences, next, head);
  }

 private:
  void forge(const std::map<std::string, std::uint64_t>& sequences, Offset end, const Hash& head) {
    for (const auto& [source, last] : sequences) {
      std::string value;
      REQUIRE(database_->Get({}, families_[2], source, &value).ok());
      SourceState state = *decode_source_state(value);
      state.last = Sequence(last);
      REQUIRE(database_->Put({}, families_[2], source, encode_source_state(state)).ok());
    }
    const auto file = WatermarkFile::open(data_ / "watermark").value();
    Watermark mark = *file->found().synced;
    mark.end = end;
    mark.chain_head_prefix = head.substr(0, kChainHeadPrefixBytes);
    mark.wal_number = 0;
    mark.wal_bytes = 0;
    REQUIRE(file->sync(mark).has_value());
    REQUIRE(file->sync(mark).has_value());
    REQUIRE(file->note(mark).has_value());
  }

  std::filesystem::path data_;
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

// Five chunks of one event each, payloads "payload-1" to "payload-5"; their heads are held outside.
struct Attacked {
  Attacked() {
    const auto log = open_log(options, clock);
    const auto opened = open_source(*log, name).value();
    for (std::uint64_t n = 1; n <= 5; ++n) {
      clock.advance(std::chrono::seconds(1));
      const std::string number = std::to_string(n);
      published.push_back(
          must_submit(*log, opened.handle, n, {overdose("r" + number, 1, "payload-" + number)}));
      heads.push_back(log->head());
    }
  }

  void tamper(const std::function<void(EventDisk&)>& change) {
    EventDisk disk(options.directory);
    change(disk);
  }
  VerifyReport verify(const std::vector<HeldHead>& held = {}) {
    return open_log(options, clock)->verify(held);
  }
  // What the partner kept of what `published` said on sequence n.
  HeldHead partner(std::size_t n) const {
    HeldHead held;
    held.hash = published.at(n - 1).chain_head;
    held.acknowledged = {{name, published.at(n - 1).last}};
    return held;
  }
  // What the hub's operator kept.
  HeldHead operators(std::size_t n) const {
    HeldHead held;
    held.hash = heads.at(n - 1).hash;
    held.place = heads.at(n - 1).end.value();
    return held;
  }

  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  SourceName name = source("ems/cad");
  LogOptions options = options_at(directory / "data");
  std::vector<Published> published;
  std::vector<LogHead> heads;
};

bool mentions(const VerifyReport& report, const std::string& text) {
  const bool found =
      std::any_of(report.faults.begin(), report.faults.end(),
                  [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
  if (!found) {
    for (const std::string& fault : report.faults) UNSCOPED_INFO("fault: " << fault);
  }
  return found;
}

}  // namespace

TEST_CASE("a head that published gave a partner is found on the chain of a sound log") {
  Attacked log;
  std::vector<HeldHead> held;
  for (std::size_t n = 1; n <= 5; ++n) held.push_back(log.partner(n));
  const auto report = log.verify(held);
  CHECK(report.faults.empty());
  for (std::size_t n = 1; n <= 5; ++n) CHECK(report.held[n - 1].place == n);
}

TEST_CASE("a bare head of the event log is found somewhere on the chain") {
  Attacked log;
  HeldHead bare;
  bare.hash = log.published[3].chain_head;
  CHECK(log.verify({bare}).held[0].place == 4);
}

TEST_CASE("the head of an empty event log is zeros, and stands at its beginning") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  CHECK(log->head().hash == Hash(kHashBytes, '\0'));
  HeldHead held;
  held.hash = log->head().hash;
  CHECK(log->verify({held}).held[0].place == 0);
}

TEST_CASE("an altered event whose checksum was made to fit breaks the chain at its offset") {
  Attacked log;
  log.tamper([](EventDisk& disk) { disk.alter(2, "payload-3", "payload-X"); });
  CHECK(mentions(log.verify(), "offset 2: the chain of hashes does not hold"));
}

TEST_CASE("a removed chunk is missed at its offset") {
  Attacked log;
  log.tamper([](EventDisk& disk) { disk.remove(2); });
  CHECK(mentions(log.verify(), "offset 3: expected is offset 2"));
}

TEST_CASE("two chunks that changed places are found at their offsets") {
  Attacked log;
  log.tamper([](EventDisk& disk) {
    const std::string second = disk.value(1);
    disk.put(1, disk.value(2));
    disk.put(2, second);
  });
  const auto report = log.verify();
  CHECK(mentions(report, "offset 1: it belongs to another offset"));
  CHECK(mentions(report, "offset 2: it belongs to another offset"));
}

TEST_CASE("an event log whose end was cut off is not opened") {
  Attacked log;
  log.tamper([](EventDisk& disk) { disk.remove(4); });
  const auto opened = EventLog::open(log.options, log.clock);
  REQUIRE(opened.has_error());
  CHECK(opened.error().message.find("ends at offset 4, it was durable up to 5") !=
        std::string::npos);
}

TEST_CASE("an event of the hub's own that was taken from its list is missed there") {
  Attacked log;
  {
    const auto opened = open_log(log.options, log.clock);
    REQUIRE(append_hub(*opened, "configuration").has_value());
  }
  log.tamper([](EventDisk& disk) { disk.forget_hub_event(5); });
  CHECK(mentions(log.verify(), "offset 5: is missing in the list of the hub's own events"));
}

TEST_CASE(
    "a log rewritten over an altered event is sound in itself, and found by a partner's head") {
  Attacked log;
  log.tamper([](EventDisk& disk) {
    disk.rewrite([](auto& drafts) { drafts[2].events[0].payload = "payload-X"; });
  });
  CHECK(log.verify().faults.empty());
  CHECK(
      mentions(log.verify({log.partner(5)}),
               "handed out to ems/cad at sequence 5, is not on the chain: between offset 0 and 5"));
}

TEST_CASE("heads of before and after name the place of an altered event") {
  Attacked log;
  log.tamper([](EventDisk& disk) {
    disk.rewrite([](auto& drafts) { drafts[2].events[0].payload = "payload-X"; });
  });
  CHECK(
      mentions(log.verify({log.partner(1), log.partner(2), log.partner(3), log.partner(4)}),
               "handed out to ems/cad at sequence 3, is not on the chain: between offset 2 and 3"));
  CHECK(mentions(log.verify({log.operators(2), log.operators(3)}),
                 "of offset 3 is not on the chain: between offset 2 and 3"));
}

TEST_CASE("heads name the place of an event that was removed and everything behind it renumbered") {
  Attacked log;
  log.tamper([](EventDisk& disk) {
    disk.rewrite([](auto& drafts) { drafts.erase(drafts.begin() + 2); });
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({log.partner(2), log.partner(3)}), "between offset 2 and 3"));
  const auto report = log.verify({log.partner(2), log.partner(5)});
  CHECK(mentions(report,
                 "handed out to ems/cad at sequence 5, is not on the chain, and that "
                 "sequence is not in the log: between offset 2 and 4"));
}

TEST_CASE("heads name the place of events that changed places, the log rewritten") {
  Attacked log;
  log.tamper(
      [](EventDisk& disk) { disk.rewrite([](auto& drafts) { std::swap(drafts[1], drafts[2]); }); });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({log.partner(1), log.partner(2), log.partner(5)}),
                 "between offset 1 and 2"));
}

TEST_CASE("a head names the place of an event that was put in, the log rewritten") {
  Attacked log;
  log.tamper([](EventDisk& disk) {
    disk.rewrite([](auto& drafts) {
      Draft planted = drafts[1];
      planted.events[0].record_id = "planted";
      drafts.insert(drafts.begin() + 2, planted);
    });
  });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({log.operators(2), log.operators(3)}), "between offset 2 and 3"));
}

TEST_CASE("a head names an end that was cut off, everything else made to fit") {
  Attacked log;
  log.tamper([](EventDisk& disk) { disk.rewrite([](auto& drafts) { drafts.resize(3); }); });
  CHECK(log.verify().faults.empty());
  CHECK(mentions(log.verify({log.operators(3), log.operators(5)}),
                 "was handed out at offset 5, the log ends at 3: everything behind 3 is unproved"));
  HeldHead bare;
  bare.hash = log.published[4].chain_head;
  CHECK(mentions(log.verify({bare}), "is nowhere on the chain"));
}

// A stored event, its repeat and a rejection in one chunk at offset 0.
struct Mixed {
  Mixed() {
    const auto log = open_log(options, clock);
    const auto opened = open_source(*log, name).value();
    must_submit(*log, opened.handle, 1,
                {overdose("seen", 1, "payload", kNoon, kCorner),
                 overdose("seen", 1, "payload", kNoon, kCorner), refused("nonsense")});
  }
  void reduce_all() {
    clock.advance(std::chrono::days(100));
    REQUIRE(reduce(*open_log(options, clock), kept_for(90, 400), clock.wall()).has_value());
  }
  VerifyReport verify() { return open_log(options, clock)->verify(); }

  static inline const model::Cell kCorner = model::Cell::at({40.115, -75.344}, model::kLeafLevel);
  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  SourceName name = source("ems/cad");
  LogOptions options = options_at(directory / "data");
};

StoredChunk stored_chunk(const EventDisk& disk) {
  return StoredChunk::decode(Offset(0), disk.value(0)).value();
}

TEST_CASE("all that is kept of a repeat and of a rejection is on the chain") {
  const auto& [from, to] = GENERATE(values<std::pair<std::string, std::string>>({
      {"latitude must be a number", "latitude must be a numbeX"},
      {"location.latitude", "location.longitud"},
  }));
  Mixed log;
  EventDisk(log.options.directory).alter(0, from, to);
  CHECK(mentions(log.verify(), "offset 0: the chain of hashes does not hold"));
}

TEST_CASE("a repeat's every byte is on the chain") {
  Mixed log;
  std::size_t bytes = 0;
  {
    const EventDisk disk(log.options.directory);
    bytes = stored_chunk(disk).entry_bytes(1).size();
  }
  for (std::size_t at = 0; at < bytes; ++at) {
    EventDisk disk(log.options.directory);
    const std::string before = disk.value(0);
    const StoredChunk chunk = stored_chunk(disk);
    std::string entry(chunk.entry_bytes(1));
    entry[at] = static_cast<char>(entry[at] ^ 1);
    disk.alter(0, std::string(chunk.entry_bytes(1)), entry);
    auto altered = StoredChunk::decode(Offset(0), disk.value(0));
    CAPTURE(at);
    // A length that does not fit is found when the chunk is read.
    if (altered) {
      CHECK(altered->recompute_chain_head(Hash(kHashBytes, '\0')) != altered->chain_head());
    }
    disk.put(0, before);
  }
  CHECK(log.verify().faults.empty());
}

TEST_CASE("a rejection cannot be passed off as one of the older chain") {
  Mixed log;
  {
    EventDisk disk(log.options.directory);
    const StoredChunk chunk = stored_chunk(disk);
    for (const std::size_t index : {std::size_t{1}, std::size_t{2}}) {
      disk.alter(0, std::string(chunk.entry(index).hash), chunk.chained_hash(index));
    }
    std::string bytes = disk.value(0);
    bytes.front() = 1;  // its format
    disk.put(0, bytes);
  }
  CHECK(mentions(log.verify(), "offset 0: the chain of hashes does not hold"));
}

TEST_CASE("an altered skeleton is found at its offset") {
  Mixed log;
  log.reduce_all();
  REQUIRE(log.verify().faults.empty());
  {
    EventDisk disk(log.options.directory);
    Skeleton skeleton = *decode_skeleton(stored_chunk(disk).entry(0).skeleton);
    const std::string before = encode_skeleton(skeleton);
    skeleton.persons = 7;
    disk.alter(0, before, encode_skeleton(skeleton));
  }
  CHECK(
      mentions(log.verify(), "offset 0: what is left of reduced events is not what the log says"));
}

TEST_CASE("an event that somebody reduced behind the hub's back is found at its offset") {
  Mixed log;
  {
    EventDisk disk(log.options.directory);
    const auto nothing_left = [](std::size_t, const EntryView&) { return Reduction{}; };
    disk.put(0, *reduce_chunk(stored_chunk(disk), nothing_left));
  }
  CHECK(mentions(log.verify(), "offset 0: events were reduced, and no event of the log says so"));
}

}  // namespace commonwatch::storage::test
