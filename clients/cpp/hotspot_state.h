// What an audience is shown, folded from snapshots and deltas: live, or of one replay.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::client {

struct TileContent {
  std::uint64_t version = 0;
  // Each by id.
  std::map<std::string, v1::Hotspot> hotspots;
  std::map<std::string, v1::Alert> alerts;
  std::map<std::string, v1::PersistentPlace> places;
  std::map<std::string, v1::SourceHealth> sources;
  std::map<std::string, v1::Comparison> comparisons;
  std::map<std::string, v1::Proposal> proposals;
  // In place of hotspots, for an audience for which small counts are suppressed.
  std::map<std::string, v1::PublishedCount> published_counts;
  std::map<std::string, v1::PublishedAlert> published_alerts;
  std::map<std::string, v1::BandedHealth> banded_health;
};

// A delta that cannot be applied, because one before it never came.
struct MissedDelta {
  std::uint64_t tile = 0;
  std::uint64_t held = 0;      // the version that we hold
  std::uint64_t previous = 0;  // the version at which the tile changed before this delta
};

class HotspotState {
 public:
  // Takes over a snapshot header, tile, delta or progress; other messages change nothing. A missed
  // delta is not applied: what is held is right for an older version, and may not be trusted
  // further.
  std::optional<MissedDelta> apply(const v1::ServerMessage& message);

  // Of the last progress; nothing before the first.
  const std::optional<v1::Position>& position() const { return position_; }
  const google::protobuf::Timestamp& as_of() const { return as_of_; }
  const std::map<std::uint64_t, TileContent>& tiles() const { return tiles_; }
  // All hotspots, the highest severity and score first.
  std::vector<const v1::Hotspot*> ranked() const;
  // Alerts that are open: those that ask first, then the highest severity and score.
  std::vector<const v1::Alert*> open_alerts() const;
  // Sources that are late or silent, the silent ones first. Where they report, few hotspots say
  // little.
  std::vector<const v1::SourceHealth*> troubled_sources() const;

  // Whether figures stand in the place of hotspots: said by what came.
  bool is_of_figures() const;
  // Figures: the newest period first, and in it the most persons, then by zone and class.
  std::vector<const v1::PublishedCount*> published_counts() const;
  // That of a figure, by its id; null: none.
  const v1::PublishedAlert* published_alert(const std::string& figure) const;
  // Late or silent ones, the silent first.
  std::vector<const v1::BandedHealth*> troubled_health() const;

  // Starts from a position of an earlier run, of which the tiles are not known any more.
  void resume_from(const v1::Position& position) { position_ = position; }
  void clear();

 private:
  std::optional<MissedDelta> apply_delta(const v1::Delta& delta);

  std::map<std::uint64_t, TileContent> tiles_;
  std::optional<v1::Position> position_;
  google::protobuf::Timestamp as_of_;
  std::uint64_t snapshot_version_ = 0;  // of the snapshot that is being received
};

}  // namespace commonwatch::client
