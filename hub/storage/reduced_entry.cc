#include "hub/storage/reduced_entry.h"

#include <algorithm>

#include "hub/storage/byte_codec.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/record_keys.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kLinkedMax = 255;
constexpr std::size_t kSkeletonBytesMax = 65'535;
// Stands behind the numbers of a skeleton. Before there were audiences, how many records are linked
// stood there, at most 254, and they behind it.
constexpr std::uint8_t kLinksByAudience = 255;

void put_reduced(const EntryView& entry, const Hash& chained, const Reduction& reduction,
                 std::string& to) {
  put_little(to, static_cast<std::uint8_t>(reduction.form));
  put_little(to, static_cast<std::uint8_t>(entry.disposition));
  put_little(to, static_cast<std::uint16_t>(entry.refusal));
  to.append(chained);
  if (reduction.form == EntryForm::kErased) return;
  to.append(encode_key(reduction.key));
  put_little(to, entry.revision);
  if (reduction.form == EntryForm::kStub) return;
  put_little(to, static_cast<std::uint8_t>(entry.kind));
  put_little(to, static_cast<std::int32_t>(hour_of(entry.occurred)));
  const std::string skeleton = encode_skeleton(reduction.skeleton);
  put_little(to, static_cast<std::uint16_t>(skeleton.size()));
  to.append(skeleton);
}

// How many records each audience may have linked, so that `bytes` and all of it stay within the
// length of a skeleton: all that any may, unless there are sixteen audiences.
std::size_t records_max(const Skeleton& skeleton, std::size_t audiences, std::size_t bytes) {
  for (std::size_t i = 0; i < audiences; ++i) bytes += 2 + skeleton.linked[i].audience.size();
  if (audiences == 0 || bytes > kSkeletonBytesMax) return 0;
  return std::min(kLinkedMax, (kSkeletonBytesMax - bytes) / kRecordKeyBytes / audiences);
}

void put_links(const Links& links, std::size_t most, std::string& bytes) {
  put_little(bytes, static_cast<std::uint8_t>(links.audience.size()));
  bytes.append(links.audience);
  const std::size_t records = std::min(links.records.size(), most);
  put_little(bytes, static_cast<std::uint8_t>(records));
  for (std::size_t i = 0; i < records; ++i) bytes.append(encode_key(links.records[i]));
}

Links take_links(std::string audience, Reader& reader) {
  Links links{std::move(audience), {}};
  const auto records = reader.little<std::uint8_t>();
  for (std::size_t i = 0; i < records && reader.good(); ++i) {
    links.records.push_back(decode_key(reader.take(kRecordKeyBytes)));
  }
  return links;
}

}  // namespace

std::string encode_skeleton(const Skeleton& skeleton) {
  std::string bytes;
  put_little(bytes, skeleton.cell.id());
  put_little(bytes, skeleton.persons);
  put_little(bytes, skeleton.fatal);
  put_little(bytes, static_cast<std::uint8_t>(skeleton.location));
  put_little(bytes, static_cast<std::uint8_t>(skeleton.has_area_code ? 1 : 0));
  put_little(bytes, skeleton.accuracy_m);
  put_little(bytes, skeleton.delay_s);
  const std::size_t audiences = std::min(skeleton.linked.size(), kLinkedMax);
  put_little(bytes, static_cast<std::uint8_t>(kLinksByAudience));
  put_little(bytes, static_cast<std::uint8_t>(audiences));
  const std::size_t most = records_max(skeleton, audiences, bytes.size());
  for (std::size_t i = 0; i < audiences; ++i) put_links(skeleton.linked[i], most, bytes);
  return bytes;
}

std::optional<Skeleton> decode_skeleton(std::string_view bytes) {
  Reader reader(bytes);
  Skeleton skeleton;
  skeleton.cell = model::Cell(reader.little<std::uint64_t>());
  skeleton.persons = reader.little<std::uint32_t>();
  skeleton.fatal = reader.little<std::uint32_t>();
  const auto location = reader.little<std::uint8_t>();
  skeleton.location = static_cast<model::LocationKind>(location);
  skeleton.has_area_code = reader.little<std::uint8_t>() != 0;
  skeleton.accuracy_m = reader.little<std::uint32_t>();
  skeleton.delay_s = reader.little<std::uint32_t>();
  const auto linked = reader.little<std::uint8_t>();
  if (linked == kLinksByAudience) {
    const auto audiences = reader.little<std::uint8_t>();
    for (std::size_t i = 0; i < audiences && reader.good(); ++i) {
      const auto size = reader.little<std::uint8_t>();
      std::string audience(reader.take(size));
      skeleton.linked.push_back(take_links(std::move(audience), reader));
    }
  } else if (linked > 0) {
    Links links{std::string(model::kOpenAudience), {}};
    for (std::size_t i = 0; i < linked && reader.good(); ++i) {
      links.records.push_back(decode_key(reader.take(kRecordKeyBytes)));
    }
    skeleton.linked.push_back(std::move(links));
  }
  const bool known = location <= static_cast<std::uint8_t>(model::LocationKind::kFacility);
  if (!reader.good() || !reader.at_end() || !known) return std::nullopt;
  return skeleton;
}

std::optional<std::string> reduce_chunk(
    const StoredChunk& chunk,
    const std::function<std::optional<Reduction>(std::size_t index, const EntryView& entry)>&
        reduce) {
  std::string entries;
  bool any = false;
  for (std::size_t index = 0; index < chunk.size(); ++index) {
    const EntryView entry = chunk.entry(index);
    if (const auto reduction = reduce(index, entry)) {
      any = true;
      put_reduced(entry, chunk.chained_hash(index), *reduction, entries);
    } else {
      if (!chunk.has_forms()) put_little(entries, static_cast<std::uint8_t>(EntryForm::kWhole));
      entries.append(chunk.entry_bytes(index));
    }
  }
  if (!any) return std::nullopt;
  return chunk.with_entries(entries);
}

}  // namespace commonwatch::storage
