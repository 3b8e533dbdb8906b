#include "hub/app/room_settings.h"

#include "hub/wire/server_message.h"

namespace commonwatch::app {

// Alike for all partners, until their agreements say it.
storage::Retention retention_of(const Configuration& configuration) {
  const Retention& kept = configuration.retention;
  storage::Retention retention;
  if (kept.events_days == 0) return retention;
  constexpr std::uint32_t kForEver = 1'000'000;
  retention.others = {kept.events_days, kept.skeleton_days == 0 ? kForEver : kept.skeleton_days};
  return retention;
}

// Where a year passes in a minute, a span of recorded time says nothing about how long a reader
// has.
feed::RingLimits ring_limits(const Configuration& configuration) {
  const bool wall = configuration.clock == storage::ClockMode::kWall;
  return {configuration.limits.ring_bytes_max,
          wall ? std::chrono::milliseconds(configuration.limits.ring_ms_max)
               : std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::days(36'500))};
}

server::StaticRoots static_roots(const Configuration& configuration) {
  const Dashboard& dashboard = configuration.dashboard;
  return {dashboard.dir.empty() ? server::find_dashboard() : std::filesystem::path(dashboard.dir),
          dashboard.tiles_dir};
}

server::TlsFiles tls_files(const Configuration& configuration) {
  return {configuration.tls_certificate, configuration.tls_key, configuration.client_ca};
}

feed::FrameMaker make_frames() {
  return {
      [](const model::TileDelta& delta) { return wire::encode(delta, wire::Encoding::kBinary); },
      [](const model::TileState& tile) { return wire::encode(tile, wire::Encoding::kBinary); },
      [](const model::Position& position, Instant as_of) {
        return wire::encode(wire::Progress{position, as_of}, wire::Encoding::kBinary);
      },
      &wire::to_json_frame};
}

}  // namespace commonwatch::app
