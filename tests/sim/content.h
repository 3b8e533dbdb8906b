// What a client knows of the tiles that it is shown: everything whole, by list and id.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::sim {

class Content {
 public:
  // The tile as it stands, or what changed in one.
  void take(const v1::TileState& tile);
  void take(const v1::Delta& delta);
  void clear() { tiles_.clear(); }

  // Different for different content, as far as 64 bits go; 0 for an empty tile.
  std::uint64_t digest(std::uint64_t tile) const;
  // Every tile that holds something.
  std::map<std::uint64_t, std::uint64_t> digests() const;
  // The first item of the tile that is another there, for whoever reads the failure.
  std::string difference(const Content& other, std::uint64_t tile) const;

 private:
  using Items = std::map<std::string, std::string>;  // "list/id": bytes
  static void keep(const google::protobuf::Message& message, Items& items);

  std::map<std::uint64_t, Items> tiles_;
};

}  // namespace commonwatch::sim
