#include "tests/sim/content.h"

#include <functional>

namespace commonwatch::sim {
namespace {

std::string id_of(const google::protobuf::Message& item) {
  const auto* field = item.GetDescriptor()->FindFieldByName("id");
  return item.GetReflection()->GetString(item, field);
}

// Lists that a tile and a delta call otherwise.
std::string list_name(const std::string& field) { return field == "changed" ? "hotspots" : field; }

}  // namespace

void Content::keep(const google::protobuf::Message& message, Items& items) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  for (int at = 0; at < descriptor->field_count(); ++at) {
    const auto* field = descriptor->field(at);
    if (!field->is_repeated() || field->message_type() == nullptr) continue;
    for (int n = 0; n < reflection->FieldSize(message, field); ++n) {
      const auto& item = reflection->GetRepeatedMessage(message, field, n);
      items[list_name(field->name()) + "/" + id_of(item)] = item.SerializeAsString();
    }
  }
}

void Content::take(const v1::TileState& tile) {
  Items items;
  keep(tile, items);
  tiles_[tile.tile()] = std::move(items);
}

void Content::take(const v1::Delta& delta) {
  Items& items = tiles_[delta.tile()];
  for (const std::string& id : delta.removed()) {
    std::erase_if(
        items, [&](const auto& item) { return item.first.substr(item.first.find('/') + 1) == id; });
  }
  keep(delta, items);
}

std::uint64_t Content::digest(std::uint64_t tile) const {
  const auto found = tiles_.find(tile);
  if (found == tiles_.end() || found->second.empty()) return 0;
  std::string all;
  for (const auto& [name, bytes] : found->second) {
    all += name + "=" + std::to_string(bytes.size()) + ":" + bytes;
  }
  return std::hash<std::string>()(all) | 1U;
}

std::map<std::uint64_t, std::uint64_t> Content::digests() const {
  std::map<std::uint64_t, std::uint64_t> all;
  for (const auto& [tile, items] : tiles_) {
    if (!items.empty()) all[tile] = digest(tile);
  }
  return all;
}

std::string Content::difference(const Content& other, std::uint64_t tile) const {
  static const Items kNone;
  const auto items_of = [&](const Content& content) -> const Items& {
    const auto found = content.tiles_.find(tile);
    return found == content.tiles_.end() ? kNone : found->second;
  };
  const Items& here = items_of(*this);
  const Items& there = items_of(other);
  for (const auto& [name, bytes] : here) {
    const auto found = there.find(name);
    if (found == there.end()) return name + " is not there";
    if (found->second != bytes) return name + " is another";
  }
  for (const auto& [name, bytes] : there) {
    if (!here.contains(name)) return name + " is not here";
  }
  return "nothing";
}

}  // namespace commonwatch::sim
