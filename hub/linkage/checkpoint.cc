// The bytes of the linkage: what cannot be computed again, by key.
//
// In order: magic, format, canonical settings, records and retractions by key, decisions by pair; a
// hash of everything at the end. Groups and possible links are made anew.
#include <algorithm>

#include "hub/base/byte_stream.h"
#include "hub/linkage/linker_state.h"

namespace commonwatch::linkage {
namespace {

using model::PersonTraits;
using model::Record;
using model::RecordKey;

constexpr std::uint64_t kMagic = 0x3147414b4e494c43;  // "CLINKAG1"
constexpr std::uint32_t kFormat = 2;
constexpr std::size_t kEntryBytesMin = 16 + 4 + 1 + 1;
constexpr std::size_t kDecisionBytes = 16 + 16 + 1;
constexpr std::size_t kTraitBytes = 3;

void put(ByteWriter& writer, const RecordKey& key) {
  writer.put(key.words[0]);
  writer.put(key.words[1]);
}

RecordKey get_key(ByteReader& reader) {
  const auto high = reader.get<std::uint64_t>();
  return RecordKey{{high, reader.get<std::uint64_t>()}};
}

void put(ByteWriter& writer, const Record& record) {
  writer.put(record.source);
  writer.put(record.partner);
  writer.put_instant(record.occurred);
  writer.put_instant(record.first_recorded);
  writer.put_double(record.point.latitude);
  writer.put_double(record.point.longitude);
  writer.put(record.cell.id());
  writer.put(std::bit_cast<std::uint32_t>(record.accuracy_m));
  writer.put(record.location);
  writer.put(record.has_area_code);
  writer.put(record.persons);
  writer.put(record.fatal);
  writer.put_length(record.traits.size());
  for (const PersonTraits& person : record.traits) {
    writer.put(person.age_band);
    writer.put(person.sex);
    writer.put(person.outcome);
  }
  writer.put(record.match_key);
  writer.put(record.reduced);
}

Record get_record(ByteReader& reader) {
  Record record;
  record.source = reader.get<model::NameIndex>();
  record.partner = reader.get<model::NameIndex>();
  record.occurred = reader.get_instant();
  record.first_recorded = reader.get_instant();
  record.point.latitude = reader.get_double();
  record.point.longitude = reader.get_double();
  reader.require(record.point.latitude >= -90 && record.point.latitude <= 90 &&
                 record.point.longitude >= -180 && record.point.longitude <= 180);
  record.cell = model::Cell(reader.get<std::uint64_t>());
  record.accuracy_m = std::bit_cast<float>(reader.get<std::uint32_t>());
  record.location = static_cast<model::LocationKind>(reader.get<std::uint8_t>());
  reader.require(record.location <= model::LocationKind::kFacility);
  record.has_area_code = reader.get_bool();
  record.persons = reader.get<std::uint32_t>();
  record.fatal = reader.get<std::uint32_t>();
  const std::size_t length = reader.get_length(kTraitBytes);
  for (std::size_t i = 0; i < length; ++i) {
    PersonTraits person;
    person.age_band = reader.get<std::uint8_t>();
    person.sex = reader.get<std::uint8_t>();
    person.outcome = static_cast<model::Outcome>(reader.get<std::uint8_t>());
    record.traits.push_back(person);
  }
  record.match_key = reader.get<std::uint64_t>();
  record.reduced = reader.get_bool();
  return record;
}

}  // namespace

std::string Linker::State::encode() const {
  std::vector<Slot> slots;
  slots.reserve(records_.size());
  for (Slot slot = 0; slot < records_.slots_end(); ++slot) {
    if (records_[slot].state != Node::State::kFree) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(),
            [this](Slot a, Slot b) { return records_[a].key < records_[b].key; });
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put_text(settings_.canonical());
  writer.put_length(slots.size());
  for (const Slot slot : slots) {
    const Node& node = records_[slot];
    put(writer, node.key);
    writer.put(node.revision);
    writer.put(node.is_live());
    writer.put(node.dated);
    if (node.is_live()) {
      put(writer, node.record);
    } else if (node.dated) {
      writer.put(node.dated_revision);
      writer.put_instant(node.record.occurred);
    }
  }
  writer.put_length(decisions_.all().size());
  for (const auto& [pair, verdict] : decisions_.all()) {
    put(writer, pair.first);
    put(writer, pair.second);
    writer.put(verdict);
  }
  return writer.finish();
}

bool Linker::State::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  reader.require(reader.get<std::uint64_t>() == kMagic && reader.get<std::uint32_t>() == kFormat &&
                 reader.get_text() == settings_.canonical());
  const std::size_t length = reader.get_length(kEntryBytesMin);
  for (std::size_t i = 0; i < length; ++i) {
    const RecordKey key = get_key(reader);
    const auto revision = reader.get<std::uint32_t>();
    const bool live = reader.get_bool();
    const bool dated = reader.get_bool();
    std::optional<Record> record;
    std::uint32_t dated_revision = revision;
    Instant occurred{};
    if (live) {
      record = get_record(reader);
    } else if (dated) {
      dated_revision = reader.get<std::uint32_t>();
      occurred = reader.get_instant();
    }
    reader.require((!live || dated) && records_.find(key) == kNoSlot);
    if (reader.failed()) return false;
    apply(key, revision, record);
    if (!live && dated) {
      const Slot slot = records_.find(key);
      records_[slot].dated_revision = dated_revision;
      date(slot, occurred);
    }
  }
  const std::size_t decisions = reader.get_length(kDecisionBytes);
  for (std::size_t i = 0; i < decisions; ++i) {
    const RecordKey first = get_key(reader);
    const RecordKey second = get_key(reader);
    const auto verdict = static_cast<model::PairVerdict>(reader.get<std::uint8_t>());
    reader.require(first < second && (verdict == model::PairVerdict::kLinked ||
                                      verdict == model::PairVerdict::kSplit));
    if (reader.failed()) return false;
    decide(first, second, verdict);
  }
  take_changes();
  return reader.is_whole();
}

}  // namespace commonwatch::linkage
