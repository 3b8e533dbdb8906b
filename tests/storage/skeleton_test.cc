// What is left of an event, in bytes.
#include <catch2/catch.hpp>

#include "hub/storage/reduced_entry.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage::test {
namespace {

// Of an incident that as many records describe as can be kept, for so many audiences.
Skeleton crowded(std::size_t audiences) {
  Skeleton skeleton;
  for (std::size_t i = 0; i < audiences; ++i) {
    Links links{std::string(64, static_cast<char>('a' + i)), {}};
    for (std::uint64_t n = 0; n < 300; ++n) links.records.push_back({{i, n}});
    skeleton.linked.push_back(std::move(links));
  }
  return skeleton;
}

SharedChunk one_event() {
  Candidate event;
  event.record_id = "a";
  ChunkEncoder encoder("a/b", model::Offset(0), model::Sequence(1), 0);
  encoder.add(Disposition::kStored, event, nullptr, std::string(kSaltBytes, 's'), sha256("a"));
  Hash head(kHashBytes, '\0');
  return encoder.finish(Instant{}, head);
}

}  // namespace

TEST_CASE("A skeleton keeps 255 linked records for each of fifteen audiences") {
  const auto kept = decode_skeleton(encode_skeleton(crowded(15)));
  REQUIRE(kept);
  for (const Links& links : kept->linked) CHECK(links.records.size() == 255);
}

TEST_CASE("A chunk is readable whatever number of records and audiences its skeletons name") {
  const SharedChunk chunk = one_event();
  const auto reduced = reduce_chunk(*chunk, [](std::size_t, const EntryView&) {
    return std::optional(Reduction{EntryForm::kSkeleton, {}, crowded(16)});
  });
  REQUIRE(reduced);
  const auto read = StoredChunk::decode(model::Offset(0), *reduced);
  REQUIRE(read.has_value());
  const auto skeleton = decode_skeleton(read->entry(0).skeleton);
  REQUIRE(skeleton);
  CHECK(skeleton->linked.size() == 16);
}

}  // namespace commonwatch::storage::test
