#include <sys/stat.h>

#include "hub/storage/audit_codec.h"
#include "hub/storage/backup_content.h"
#include "hub/storage/chunk_codec.h"
#include "hub/storage/erasure_task.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/reduced_entry.h"
#include "hub/storage/sha256.h"
#include "hub/storage/watermark.h"
#include "tests/fuzz/made_inputs.h"

namespace commonwatch::fuzz {
namespace {

using namespace storage;

const Instant kNoon = *parse_rfc3339("2024-03-01T12:00:00Z");

Candidate candidate(const std::string& record, const std::string& payload) {
  Candidate made;
  made.record_id = record;
  made.payload = payload;
  made.revision = 1;
  made.kind = model::EventKind::kOverdose;
  made.occurred = kNoon;
  made.cell = model::Cell::at({40.12, -75.34}, model::kLeafLevel);
  return made;
}

SharedChunk whole_chunk() {
  const std::string salt(kSaltBytes, 's');
  const Hash hash = sha256("content");
  const Error refusal = make_error(ErrorCode::kOutOfRange, "too many persons", "overdose.persons");
  ChunkEncoder encoder("county-ems/cad", model::Offset(7), model::Sequence(3), 1000);
  encoder.add(Disposition::kStored, candidate("a", "payload"), nullptr, salt, hash);
  encoder.add(Disposition::kRepeat, candidate("b", ""), nullptr, salt, hash);
  encoder.add(Disposition::kRejected, candidate("c", ""), &refusal, salt, hash);
  encoder.add(Disposition::kStored, candidate("d", ""), nullptr, salt, hash);
  Hash head(kHashBytes, '\0');
  return encoder.finish(kNoon, head);
}

Skeleton skeleton() {
  Skeleton made;
  made.cell = model::Cell::at({40.12, -75.34}, 15);
  made.persons = 2;
  made.fatal = 1;
  made.location = model::LocationKind::kScene;
  made.delay_s = 300;
  made.linked = {{"all", {{{1, 2}}, {{3, 4}}}}, {"police", {{{1, 2}}}}};
  return made;
}

void make_chunks(const std::filesystem::path& corpus) {
  const SharedChunk whole = whole_chunk();
  keep(corpus, "chunk/whole", whole->value());
  const auto reduced = reduce_chunk(*whole, [](std::size_t index, const EntryView&) {
    const EntryForm forms[] = {EntryForm::kSkeleton, EntryForm::kStub, EntryForm::kErased};
    return index == 3 ? std::nullopt : std::optional(Reduction{forms[index], {{5, 6}}, skeleton()});
  });
  keep(corpus, "chunk/reduced", *reduced);
  // The checksum is made to hold anyway.
  for (const auto& [name, bytes] :
       {std::pair("chunk/old_whole", whole->value()), std::pair("chunk/old_reduced", *reduced)}) {
    std::string old = bytes;
    old.front() = old.front() == 4 ? 1 : 2;
    keep(corpus, name, old);
  }
}

void make_values(const std::filesystem::path& corpus) {
  const auto put = [&](const std::string& name, std::string_view bytes) {
    keep(corpus, "stored_values/" + name, bytes);
  };
  put("number", encode_number(70'000));
  put("source_state", encode_source_state({SourceNumber(3), model::Sequence(17)}));
  put("offset_key", offset_key(model::Offset(70'000)));
  put("occurred_key", encode_occurred_key({-3, model::Cell::at({40, -75}, 9), model::Offset(7)}));
  put("erasing", encode_erasing({model::Offset(9),
                                 *model::SourceName::parse("county-ems/cad"),
                                 {{5, 6}},
                                 2,
                                 {model::Offset(3), model::Offset(7)},
                                 1}));
  put("skeleton", encode_skeleton(skeleton()));
  put("audit_value", encode_audit_value(kNoon, sha256("head"), "payload"));
  put("anchor", encode_anchor({model::AuditSequence(4), kNoon, sha256("a"), sha256("b")}));
  put("backup", encode_backup_record({kNoon, model::Offset(9), sha256("head"), std::string(32, 'k'),
                                      "commonwatch tokens 1\n"}));
  put("backup_completion", encode_backup_completion({3, model::Offset(12)}));
}

void make_watermark(const std::filesystem::path& corpus) {
  const std::filesystem::path path = corpus / "watermark/written";
  std::filesystem::create_directories(path.parent_path());
  std::filesystem::remove(path);
  const auto file = WatermarkFile::open(path).value();
  for (std::uint64_t end = 1; end < 4; ++end) {
    const Watermark mark{model::LogEpoch(3), model::Offset(end), "12345678", 5, 700 * end};
    file->sync(mark).value();
  }
  ::chmod(path.c_str(), 0644);
}

// A fragment whose checksum the fuzzer makes hold; `number`: of the log, of a recyclable one.
std::string fragment(char type, const std::string& body, const std::string& number = {}) {
  std::string bytes(4, '\0');
  bytes += static_cast<char>(body.size() & 0xffU);
  bytes += static_cast<char>(body.size() >> 8U);
  return bytes + type + number + body;
}

void make_wal(const std::filesystem::path& corpus) {
  const std::string number("\x0c\0\0\0", 4);
  keep(corpus, "wal_tail/plain", fragment(1, "one") + fragment(1, "two"));
  keep(corpus, "wal_tail/recyclable",
       fragment(5, "one", number) + fragment(6, "first", number) + fragment(7, "middle", number) +
           fragment(8, "last", number) + std::string(20, '\0'));
  std::string torn = fragment(1, "whole") + fragment(2, "first") + fragment(4, "last");
  torn[fragment(1, "whole").size() + 6] = 9;
  keep(corpus, "wal_tail/torn", torn + fragment(1, "behind"));
  // A record of two blocks, and the bytes at a block's end that hold no header.
  keep(corpus, "wal_tail/blocks",
       fragment(2, std::string(32'768 - 7 - 3, 'x')) + std::string(3, '\0') + fragment(4, "end"));
}

}  // namespace

void make_storage(const std::filesystem::path& corpus) {
  make_chunks(corpus);
  make_values(corpus);
  make_watermark(corpus);
  make_wal(corpus);
}

}  // namespace commonwatch::fuzz
