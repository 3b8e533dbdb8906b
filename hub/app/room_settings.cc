#include "hub/app/room_settings.h"

#include <algorithm>

#include "hub/wire/server_message.h"

namespace commonwatch::app {

namespace {

constexpr std::uint32_t kForEver = 1'000'000;  // days

std::uint32_t days(std::uint32_t stated) { return stated == 0 ? kForEver : stated; }

// As long as somebody may still see it.
storage::KeptFor kept_by(const sharing::Agreement& agreement) {
  storage::KeptFor kept;
  for (const sharing::Term& term : agreement.terms) {
    kept.keep_days = std::max(kept.keep_days, days(static_cast<std::uint32_t>(term.keep_days)));
    kept.skeleton_days =
        std::max(kept.skeleton_days, days(static_cast<std::uint32_t>(term.skeleton_days)));
  }
  return kept;
}

}  // namespace

// [retention] holds for all; an agreement may ask for less of its partner's.
storage::Retention retention_of(const Configuration& configuration) {
  const Retention& kept = configuration.retention;
  const storage::KeptFor usual{days(kept.events_days), days(kept.skeleton_days)};
  storage::Retention retention;
  if (kept.events_days != 0) retention.others = usual;
  for (const sharing::Agreement& agreement : configuration.sharing.agreements) {
    if (agreement.terms.empty()) continue;
    const storage::KeptFor agreed = kept_by(agreement);
    const storage::KeptFor least{std::min(usual.keep_days, agreed.keep_days),
                                 std::min(usual.skeleton_days, agreed.skeleton_days)};
    if (least.keep_days != kForEver) retention.partners.emplace(agreement.partner, least);
  }
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
