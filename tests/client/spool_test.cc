#include "clients/cpp/spool.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/client/fixtures.h"

namespace commonwatch::test {
namespace {

using client::Spool;
using client::SpoolLimits;
using client::SpoolReader;

std::unique_ptr<Spool> open_spool(const TemporaryDirectory& directory, SpoolLimits limits = {}) {
  auto spool = Spool::open(directory.path() / "spool", limits);
  REQUIRE(spool);
  return std::move(*spool);
}

std::vector<std::filesystem::path> segments(const TemporaryDirectory& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path() / "spool")) {
    if (entry.path().extension() == ".spool") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<std::string> read_all(const Spool& spool, std::uint64_t first) {
  SpoolReader reader(spool);
  std::vector<std::string> payloads;
  for (;;) {
    auto events = reader.read(first + payloads.size(), 3, 1U << 20U);
    REQUIRE(events);
    if (events->empty()) return payloads;
    for (auto& event : *events) payloads.push_back(event.payload);
  }
}

void append(Spool& spool, const std::string& payload, const client::Mark& mark = {}) {
  REQUIRE(spool.append(payload, "origin of " + payload, mark));
}

}  // namespace

TEST_CASE(
    "Spool gives back what was synced, with origin, mark and numbering, after it was reopened") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    append(*spool, "a");
    append(*spool, "b", {"input", 17});
    REQUIRE(spool->number_from(1, 101));
    REQUIRE(spool->acknowledge(1));
    REQUIRE(spool->sync());
  }
  auto spool = open_spool(directory);
  CHECK(spool->next_index() == 3);
  CHECK(spool->acknowledged_index() == 1);
  CHECK(spool->numbering().sequence_of(2) == 102);
  CHECK(spool->marks().at("input") == 17);
  SpoolReader reader(*spool);
  auto events = reader.read(2, 10, 1000);
  REQUIRE(events);
  REQUIRE(events->size() == 1);
  CHECK(events->front().payload == "b");
  CHECK(events->front().origin == "origin of b");
}

TEST_CASE("Spool whose last segment ends at any byte keeps every whole record before it") {
  TemporaryDirectory directory;
  std::vector<std::size_t> ends;  // of the file behind each event
  {
    auto spool = open_spool(directory);
    for (const std::string payload : {"one", "two", "three"}) {
      append(*spool, payload, {"input", ends.size() + 1});
      REQUIRE(spool->sync());
      ends.push_back(std::filesystem::file_size(segments(directory).front()));
    }
  }
  const auto path = segments(directory).front();
  const auto whole = read_file(path);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    std::filesystem::remove(directory.path() / "spool" / "0000000002.spool");
    auto spool = open_spool(directory);
    const auto kept = static_cast<std::uint64_t>(
        std::ranges::count_if(ends, [size](auto end) { return end <= size; }));
    INFO("cut at byte " << size);
    REQUIRE(spool->next_index() == kept + 1);
    REQUIRE((kept == 0 ? spool->marks().empty() : spool->marks().at("input") == kept));
    // It goes on as if nothing had been there.
    append(*spool, "next");
    REQUIRE(spool->sync());
    REQUIRE(read_all(*spool, 1).size() == kept + 1);
  }
}

TEST_CASE("Spool cuts off a last record whose checksum is wrong") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    append(*spool, "one");
    append(*spool, "two");
    REQUIRE(spool->sync());
  }
  const auto path = segments(directory).front();
  auto bytes = read_file(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(path, bytes);
  auto spool = open_spool(directory);
  CHECK(spool->next_index() == 2);
  CHECK(spool->cut_bytes() > 0);
}

TEST_CASE("Spool refuses a damaged record with sound ones behind it and names the file") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    append(*spool, "one");
    append(*spool, "two");
    REQUIRE(spool->sync());
  }
  const auto path = segments(directory).front();
  auto bytes = read_file(path);
  const auto at = bytes.find("origin of one");
  bytes[at] = 'X';
  write_file(path, bytes);
  const auto spool = Spool::open(directory.path() / "spool", {});
  REQUIRE_FALSE(spool);
  CHECK_THAT(spool.error().message, Catch::Contains(path.string()));
}

TEST_CASE("Spool refuses damage with sound records anywhere behind it, and takes nothing away") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    for (const char* payload : {"one", "two", "three"}) append(*spool, payload);
    REQUIRE(spool->sync());
  }
  const auto path = segments(directory).front();
  auto bytes = read_file(path);
  SECTION("in the segment's head") { bytes[client::kSegmentMagic.size() + 9] ^= 1; }
  SECTION("in its first bytes") { bytes[0] ^= 1; }
  SECTION("in the length of a record, so that the next one is not found by it") {
    const auto first = bytes.find("origin of one");
    for (std::size_t at = first - 40; at < first; ++at) bytes[at] = '\x7f';
  }
  SECTION("over several records") {
    const auto first = bytes.find("origin of one");
    const auto last = bytes.find("origin of two") + 5;
    for (std::size_t at = first; at < last; ++at) bytes[at] = '\0';
  }
  write_file(path, bytes);
  const auto spool = Spool::open(directory.path() / "spool", {});
  REQUIRE_FALSE(spool);
  CHECK_THAT(spool.error().message, Catch::Contains(path.string()));
  CHECK(read_file(path) == bytes);
}

TEST_CASE("Spool says what it cannot read, and takes nothing away") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    append(*spool, "one");
    REQUIRE(spool->sync());
  }
  const auto path = segments(directory).front();
  std::filesystem::rename(path, directory.path() / "kept");
  std::filesystem::create_symlink(directory.path() / "spool", path);  // opens, and cannot be read
  CHECK_FALSE(Spool::open(directory.path() / "spool", {}));
  CHECK(std::filesystem::is_symlink(path));
}

TEST_CASE("Spool keeps the marks that were set last, over segments and starts") {
  TemporaryDirectory directory;
  SpoolLimits limits;
  limits.segment_bytes_max = 64U << 10U;
  const auto key = [](std::size_t n) { return "input " + std::to_string(n); };
  const std::size_t count = client::Marks::kMarksMax + 500;
  {
    auto spool = open_spool(directory, limits);
    REQUIRE(spool->set_mark({key(0), 1}));
    for (std::size_t n = 1; n < count; ++n) {
      REQUIRE(spool->set_mark({key(n), n}));
      if (n % 100 == 0) REQUIRE(spool->set_mark({key(0), n}));
    }
    REQUIRE(spool->sync());
  }
  const auto marks = open_spool(directory, limits)->marks();
  CHECK(marks.size() == client::Marks::kMarksMax);
  CHECK(marks.count(key(0)) == 1);  // in use all the time
  CHECK(marks.count(key(1)) == 0);
  CHECK(marks.at(key(count - 1)) == count - 1);
}

TEST_CASE("Spool reads in order over many segments") {
  TemporaryDirectory directory;
  SpoolLimits limits;
  limits.segment_bytes_max = 200;
  std::vector<std::string> payloads;
  auto spool = open_spool(directory, limits);
  for (int i = 0; i < 60; ++i) {
    payloads.push_back("payload " + std::to_string(i));
    append(*spool, payloads.back());
  }
  REQUIRE(spool->sync());
  CHECK(segments(directory).size() > 5);
  CHECK(read_all(*spool, 1) == payloads);
  CHECK(read_all(*spool, 31) == std::vector<std::string>(payloads.begin() + 30, payloads.end()));
}

TEST_CASE("Spool reader does not give what is not yet synced") {
  TemporaryDirectory directory;
  auto spool = open_spool(directory);
  append(*spool, "a");
  CHECK(read_all(*spool, 1).empty());
  REQUIRE(spool->sync());
  CHECK(read_all(*spool, 1).size() == 1);
}

TEST_CASE("Spool keeps acknowledged events for some days and then removes them") {
  TemporaryDirectory directory;
  SpoolLimits limits;
  limits.segment_bytes_max = 200;
  {
    auto spool = open_spool(directory, limits);
    for (int i = 0; i < 20; ++i) append(*spool, "payload");
    REQUIRE(spool->sync());
    REQUIRE(spool->acknowledge(15));
    CHECK(spool->first_index() == 1);
  }
  for (const auto& path : segments(directory)) {
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 8));
  }
  auto spool = open_spool(directory, limits);
  CHECK(spool->first_index() > 1);
  CHECK(spool->first_index() <= 16);
  SpoolReader reader(*spool);
  const auto gone = reader.read(1, 1, 1000);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().kind == client::FaultKind::kPositionLost);
}

TEST_CASE("Spool bounds the bytes that it keeps of acknowledged events") {
  TemporaryDirectory directory;
  SpoolLimits limits;
  limits.segment_bytes_max = 200;
  limits.kept_bytes_max = 500;
  auto spool = open_spool(directory, limits);
  for (int i = 0; i < 100; ++i) append(*spool, "payload");
  REQUIRE(spool->sync());
  REQUIRE(spool->acknowledge(100));
  CHECK(segments(directory).size() <= 5);
  CHECK(spool->first_index() > 50);
}

TEST_CASE("Spool that is full of unacknowledged events refuses more until some are acknowledged") {
  TemporaryDirectory directory;
  SpoolLimits limits;
  limits.segment_bytes_max = 200;
  limits.unacknowledged_bytes_max = 1000;
  auto spool = open_spool(directory, limits);
  std::uint64_t appended = 0;
  while (spool->has_room()) {
    append(*spool, "payload");
    ++appended;
  }
  CHECK_FALSE(spool->append("payload", "", {}));
  REQUIRE(spool->acknowledge(appended));
  CHECK(spool->has_room());
}

TEST_CASE("Spool removes a segment whose creation was interrupted") {
  TemporaryDirectory directory;
  {
    auto spool = open_spool(directory);
    append(*spool, "one");
    REQUIRE(spool->sync());
  }
  write_file(directory.path() / "spool" / "0000000002.spool", "CWSPO");
  auto spool = open_spool(directory);
  CHECK(spool->next_index() == 2);
  CHECK(read_all(*spool, 1) == std::vector<std::string>{"one"});
}

}  // namespace commonwatch::test
