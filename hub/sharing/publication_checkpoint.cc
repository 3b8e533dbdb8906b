// The bytes of a checkpoint, in order: magic, format, version of the room, canonical rules, the
// first period, the next to begin, the next to decide, the partition, the periods, the incidents by
// key; last a hash of all before it. What can be computed again is not in it.
#include <map>
#include <utility>

#include "hub/sharing/figure_bytes.h"
#include "hub/sharing/publication.h"

namespace commonwatch::sharing {
namespace {

constexpr std::uint64_t kMagic = 0x4853494c42505743;  // "CWPBLISH"
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kZoneBytes = 8 + 8 + 1;
constexpr std::size_t kPeriodBytesMin = 8 + 1 + 1 + 8 + 8;
constexpr std::size_t kCountedBytes = 2 * 8 + 8 + 8 + 4 + 4;

void put(ByteWriter& writer, const Partition& partition) {
  writer.put_length(partition.zones().size());
  for (const Partition::Zone& zone : partition.zones()) {
    writer.put(zone.cell.id());
    writer.put(zone.population);
    writer.put(zone.publishable);
  }
}

Partition get_partition(ByteReader& reader, int coarsest_level) {
  std::vector<Partition::Zone> zones;
  const std::size_t length = reader.get_length(kZoneBytes);
  for (std::size_t i = 0; i < length && !reader.failed(); ++i) {
    Partition::Zone zone;
    zone.cell = model::Cell(reader.get<std::uint64_t>());
    zone.population = reader.get<std::uint64_t>();
    zone.publishable = reader.get_bool();
    reader.require(zone.cell.is_valid());
    if (reader.failed()) break;
    reader.require(zones.empty() ||
                   (zones.back().cell < zone.cell && !zones.back().cell.contains(zone.cell) &&
                    !zone.cell.contains(zones.back().cell)));
    zones.push_back(zone);
  }
  return Partition::restored(std::move(zones), coarsest_level);
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal, "the checkpoint of a publication " + what +
                                              "; delete it, the log is folded anew");
}

}  // namespace

std::string Publication::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(kPublicationVersion);
  writer.put_text(rules_.canonical());
  writer.put(first_);
  writer.put(open_);
  writer.put(decide_);
  put(writer, partition_);
  writer.put_length(periods_.size());
  for (const auto& [number, period] : periods_) {
    writer.put(number);
    writer.put(period.decided);
    writer.put(period.final);
    put(writer, period.partition);
    for (const auto& [zone, unit] : period.units) {
      put(writer, unit.now);
      put(writer, unit.figure);
      put(writer, unit.narrowest);
      writer.put(unit.no_data);
    }
  }
  const std::map<model::RecordKey, Counted> sorted(counted_.begin(), counted_.end());
  writer.put_length(sorted.size());
  for (const auto& [key, incident] : sorted) {
    for (const std::uint64_t word : key.words) writer.put(word);
    writer.put(incident.period);
    writer.put(incident.cell.id());
    writer.put(incident.persons);
    writer.put(incident.fatal);
  }
  return writer.finish();
}

Result<void> Publication::read(ByteReader& reader) {
  const int coarsest = rules_.settings.coarsest_level;
  first_ = reader.get<std::int64_t>();
  open_ = reader.get<std::int64_t>();
  decide_ = reader.get<std::int64_t>();
  // Days since 1970 fit well into 32 bits; nothing wilder is looked up in a calendar.
  const auto sane = [](std::int64_t number) { return number > INT32_MIN && number < INT32_MAX; };
  reader.require(sane(first_) && sane(open_) && sane(decide_) && decide_ <= open_);
  if (reader.failed()) return refused("does not make sense");
  partition_ = get_partition(reader, coarsest);
  const std::size_t periods = reader.get_length(kPeriodBytesMin);
  for (std::size_t i = 0; i < periods && !reader.failed(); ++i) {
    const auto number = reader.get<std::int64_t>();
    reader.require(sane(number) && number >= first_ && number < open_);
    if (reader.failed()) break;
    Period& period = periods_[number];
    period.start = calendar_.start(number);
    period.end = calendar_.end(number);
    period.decided = reader.get_bool();
    period.final = reader.get_bool();
    period.partition = get_partition(reader, coarsest);
    for (const Partition::Zone& zone : period.partition.zones()) {
      Unit& unit = period.units[zone.cell];
      unit.now = get_tally(reader);
      unit.figure = get_figure(reader);
      unit.narrowest = get_figure(reader);
      unit.no_data = reader.get_bool();
    }
  }
  const std::size_t incidents = reader.get_length(kCountedBytes);
  for (std::size_t i = 0; i < incidents && !reader.failed(); ++i) {
    model::RecordKey key;
    for (std::uint64_t& word : key.words) word = reader.get<std::uint64_t>();
    Counted incident;
    incident.period = reader.get<std::int64_t>();
    incident.cell = model::Cell(reader.get<std::uint64_t>());
    incident.persons = reader.get<std::uint32_t>();
    incident.fatal = reader.get<std::uint32_t>();
    reader.require(incident.cell.is_valid() && incident.fatal <= incident.persons);
    counted_.emplace(key, incident);
  }
  if (!reader.is_whole()) return refused("does not make sense");
  schedule();
  return {};
}

Result<Publication> Publication::restore(PublicationRules rules, std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.failed()) return refused("is damaged or cut off");
  if (reader.get<std::uint64_t>() != kMagic) return refused("is something else");
  if (reader.get<std::uint32_t>() != kFormat ||
      reader.get<std::uint32_t>() != kPublicationVersion) {
    return refused("is of another version");
  }
  if (reader.get_text() != rules.canonical()) return refused("is of other rules");
  Publication publication(std::move(rules), Restored{});
  if (const auto read = publication.read(reader); !read) return read.error();
  return publication;
}

}  // namespace commonwatch::sharing
