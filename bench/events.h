// Events to publish: the same bytes from the same numbers, about 200 bytes each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/model/cell.h"

namespace commonwatch::bench {

// Around Norristown, Pennsylvania.
inline constexpr model::LatLng kMiddle{40.12, -75.34};
inline constexpr double kCountyDegrees = 0.5;

// Of one encoded event.
inline constexpr std::size_t kEventBytes = 200;

// Where and when an event happened.
struct Happening {
  model::LatLng place;
  std::int64_t second = 0;  // since 1970
};

// Exactly kEventBytes; `number` names the record within the source.
std::string encode_event(std::uint64_t number, const Happening& happening);

// A `publish` of these encoded events as a whole masked frame.
std::string publish_frame(const std::string& source, std::uint64_t first_sequence,
                          const std::vector<std::string>& events);

// The source of a partner, by the partner's number.
std::string source_name(std::uint32_t partner);
// Encoded events of one source: places over a county, times that rise over thirty days, which ended
// `age_s` before the first call. The same bytes from every call.
std::vector<std::string> make_events(const std::string& source, std::uint64_t events,
                                     std::int64_t age_s = 0);

// The same as frames, made before they are needed.
struct Batch {
  std::string frame;
  std::uint64_t last_sequence = 0;
  std::uint64_t due_ns = 0;  // from when its delay counts; 0: from when it is sent
};
std::vector<Batch> make_batches(const std::string& source, std::uint64_t events,
                                std::uint64_t batch_events, std::int64_t age_s = 0);

// A tile, and the middles of cells of `level` in it.
struct TilePlaces {
  model::Cell tile;
  std::vector<model::LatLng> places;
};
// `tiles` different tiles with `count` places each.
std::vector<TilePlaces> places_in_tiles(std::size_t tiles, std::size_t count, int level);

// The middles of `count` cells of `level`, all within one tile.
std::vector<model::LatLng> places_in_one_tile(std::size_t count, int level);

}  // namespace commonwatch::bench
