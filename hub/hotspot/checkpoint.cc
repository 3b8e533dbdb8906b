#include "hub/hotspot/checkpoint.h"

#include <bit>
#include <cmath>

#include "hub/hotspot/hours.h"
#include "hub/hotspot/scoring.h"

namespace commonwatch::hotspot {
namespace {

constexpr std::uint64_t kMagic = 0x544f5053544f4857;  // "WHOTSPOT"
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kIncidentBytes = 16 + 4 + 4 + 1 + 8 + 8 + 4 + 4;
constexpr std::size_t kTileBytesMin = 8 + 8 + 8 + 8;
constexpr std::size_t kHotspotBytes = 8 + 4 + 4 + 4 + 8 + 8 + 1 + 8 + 4 + 1;

class Writer {
 public:
  template <class Number>
  void put(Number number) {
    const auto value = static_cast<std::uint64_t>(number);
    for (unsigned shift = 0; shift < 8 * sizeof(Number); shift += 8) {
      bytes_.push_back(static_cast<char>((value >> shift) & 0xffU));
    }
  }
  void put_double(double number) { put(std::bit_cast<std::uint64_t>(number)); }
  void put_text(std::string_view text) {
    put<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  std::string finish() {
    put(checkpoint_hash(bytes_));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// After the first read beyond the end, every read gives 0 and `failed` stays.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number get() {
    if (bytes_.size() < sizeof(Number)) failed_ = true;
    if (failed_) return Number{};
    std::uint64_t value = 0;
    for (unsigned i = 0; i < sizeof(Number); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(sizeof(Number));
    return static_cast<Number>(value);
  }
  double get_double() { return std::bit_cast<double>(get<std::uint64_t>()); }
  std::string_view get_text() {
    const auto size = get<std::uint64_t>();
    if (size > bytes_.size()) failed_ = true;
    if (failed_) return {};
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  // The length of a list whose items take at least `item_bytes` each.
  std::size_t get_length(std::size_t item_bytes) {
    const auto length = get<std::uint64_t>();
    if (length > bytes_.size() / item_bytes) failed_ = true;
    return failed_ ? 0 : length;
  }
  bool get_bool() {
    const auto value = get<std::uint8_t>();
    require(value <= 1);
    return value == 1;
  }
  Instant get_instant() { return instant_from_micros(get<std::int64_t>()); }
  void require(bool holds) { failed_ = failed_ || !holds; }
  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

void put(Writer& writer, const IncidentEntry& entry) {
  writer.put(entry.key.words[0]);
  writer.put(entry.key.words[1]);
  writer.put(entry.revision);
  writer.put(entry.touched_hour);
  writer.put(static_cast<std::uint8_t>(entry.state));
  writer.put(to_micros(entry.incident.occurred));
  writer.put(entry.incident.cell.id());
  writer.put(entry.incident.persons);
  writer.put(entry.incident.fatal);
}

IncidentEntry get_incident(Reader& reader) {
  IncidentEntry entry;
  entry.key.words[0] = reader.get<std::uint64_t>();
  entry.key.words[1] = reader.get<std::uint64_t>();
  entry.revision = reader.get<std::uint32_t>();
  entry.touched_hour = reader.get<std::int32_t>();
  entry.state = static_cast<IncidentEntry::State>(reader.get<std::uint8_t>());
  entry.incident.occurred = reader.get_instant();
  entry.incident.cell = model::Cell(reader.get<std::uint64_t>());
  entry.incident.persons = reader.get<std::uint32_t>();
  entry.incident.fatal = reader.get<std::uint32_t>();
  reader.require(entry.is_live() || (entry.state == IncidentEntry::State::kTombstone &&
                                     entry.incident == kNoIncident));
  return entry;
}

void put(Writer& writer, const model::Hotspot& hotspot) {
  writer.put(hotspot.zone.cell.id());
  writer.put(hotspot.window_hours);
  writer.put(hotspot.count);
  writer.put(hotspot.fatal);
  writer.put_double(hotspot.expected);
  writer.put_double(hotspot.score);
  writer.put(static_cast<std::uint8_t>(hotspot.severity));
  writer.put(to_micros(hotspot.last_occurred));
  writer.put(hotspot.exposure_days);
  writer.put(static_cast<std::uint8_t>(hotspot.provisional));
}

model::Hotspot get_hotspot(Reader& reader, model::Tile tile) {
  const model::Cell cell(reader.get<std::uint64_t>());
  reader.require(cell.is_valid() && cell.level() >= model::kTileLevel && tile.contains(cell));
  if (reader.failed()) return {};
  model::Hotspot hotspot = hotspot_of(cell);
  hotspot.window_hours = reader.get<std::uint32_t>();
  hotspot.count = reader.get<std::uint32_t>();
  hotspot.fatal = reader.get<std::uint32_t>();
  hotspot.expected = reader.get_double();
  hotspot.score = reader.get_double();
  hotspot.severity = static_cast<model::Severity>(reader.get<std::uint8_t>());
  hotspot.last_occurred = reader.get_instant();
  hotspot.exposure_days = reader.get<std::uint32_t>();
  hotspot.provisional = reader.get_bool();
  reader.require(std::isfinite(hotspot.expected) && std::isfinite(hotspot.score) &&
                 hotspot.severity <= model::Severity::kAlert);
  return hotspot;
}

model::TileState get_tile(Reader& reader) {
  model::TileState state;
  state.tile = model::Tile(reader.get<std::uint64_t>());
  reader.require(state.tile.is_valid() && state.tile.level() == model::kTileLevel);
  state.version = model::Version(reader.get<std::uint64_t>());
  state.as_of = reader.get_instant();
  const std::size_t length = reader.get_length(kHotspotBytes);
  for (std::size_t i = 0; i < length && !reader.failed(); ++i) {
    state.hotspots.push_back(get_hotspot(reader, state.tile));
    reader.require(i == 0 || state.hotspots[i - 1].id < state.hotspots[i].id);
  }
  return state;
}

void put_lists(Writer& writer, const CheckpointContent& content) {
  writer.put<std::uint64_t>(content.incidents.size());
  for (const IncidentEntry& entry : content.incidents) put(writer, entry);
  writer.put<std::uint64_t>(content.tiles.size());
  for (const model::TileState& state : content.tiles) {
    writer.put(state.tile.id());
    writer.put(state.version.value());
    writer.put(to_micros(state.as_of));
    writer.put<std::uint64_t>(state.hotspots.size());
    for (const model::Hotspot& hotspot : state.hotspots) put(writer, hotspot);
  }
}

void get_lists(Reader& reader, CheckpointContent& content) {
  const std::size_t incidents = reader.get_length(kIncidentBytes);
  content.incidents.reserve(incidents);
  for (std::size_t i = 0; i < incidents && !reader.failed(); ++i) {
    content.incidents.push_back(get_incident(reader));
    reader.require(i == 0 || content.incidents[i - 1].key < content.incidents[i].key);
  }
  const std::size_t tiles = reader.get_length(kTileBytesMin);
  for (std::size_t i = 0; i < tiles && !reader.failed(); ++i) {
    content.tiles.push_back(get_tile(reader));
    reader.require(i == 0 || content.tiles[i - 1].tile < content.tiles[i].tile);
    reader.require(content.tiles[i].version <= content.version);
  }
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "the engine's checkpoint " + what + "; delete it, the log is folded anew");
}

}  // namespace

// FNV-1a over words of eight bytes, with more mixing.
std::uint64_t checkpoint_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32U;
  };
  std::size_t at = 0;
  for (; at < bytes.size();) {
    std::uint64_t word = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 8, ++at) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << shift;
    }
    add(word);
  }
  add(bytes.size());
  return hash;
}

std::string encode_checkpoint(const Settings& settings, const CheckpointContent& content) {
  Writer writer;
  writer.reserve(1024 + content.incidents.size() * kIncidentBytes);
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(kEngineVersion);
  writer.put_text(settings.canonical());
  writer.put(static_cast<std::uint8_t>(content.advanced));
  writer.put(content.version.value());
  writer.put(to_micros(content.as_of));
  put_lists(writer, content);
  return writer.finish();
}

Result<CheckpointContent> decode_checkpoint(const Settings& settings, std::string_view bytes) {
  if (bytes.size() < kHashBytes) return refused("is cut off");
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  Reader reader(body);
  if (reader.get<std::uint64_t>() != kMagic) return refused("is something else");
  if (Reader(bytes.substr(body.size())).get<std::uint64_t>() != checkpoint_hash(body)) {
    return refused("is damaged");
  }
  if (reader.get<std::uint32_t>() != kFormat || reader.get<std::uint32_t>() != kEngineVersion) {
    return refused("is of another engine version");
  }
  if (reader.get_text() != settings.canonical()) return refused("is of other settings");
  CheckpointContent content;
  content.advanced = reader.get_bool();
  content.version = model::Version(reader.get<std::uint64_t>());
  content.as_of = reader.get_instant();
  reader.require(is_tick_time(content.as_of));
  get_lists(reader, content);
  if (reader.failed() || !reader.at_end()) return refused("does not make sense");
  return content;
}

}  // namespace commonwatch::hotspot
