// Checkpoint, little-endian: magic, format, settings, version, as_of, the episodes in order of id,
// hash of all that.
#include "hub/alert/episode_bytes.h"
#include "hub/alert/state.h"
#include "hub/base/byte_stream.h"

namespace commonwatch::alert {
namespace {

constexpr std::uint64_t kMagic = 0x4b4352544c415743;  // "CWALTRCK"
constexpr std::uint32_t kFormat = 1;

void put(ByteWriter& writer, const Settings& settings) {
  writer.put(settings.close_after_hours);
  writer.put(settings.late_after_hours);
  writer.put(settings.rescored_days);
  writer.put(settings.shown_days);
  writer.put(settings.kept_days);
  writer.put_double(settings.score_step_nats);
  writer.put(settings.open_max);
  writer.put(settings.zones_max);
  writer.put(settings.acknowledgements_max);
}

Settings get_settings(ByteReader& reader) {
  Settings settings;
  settings.close_after_hours = reader.get<std::uint32_t>();
  settings.late_after_hours = reader.get<std::uint32_t>();
  settings.rescored_days = reader.get<std::uint32_t>();
  settings.shown_days = reader.get<std::uint32_t>();
  settings.kept_days = reader.get<std::uint32_t>();
  settings.score_step_nats = reader.get_double();
  settings.open_max = reader.get<std::uint32_t>();
  settings.zones_max = reader.get<std::uint32_t>();
  settings.acknowledgements_max = reader.get<std::uint32_t>();
  return settings;
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "the alerts' checkpoint " + what + "; delete it, the log is folded anew");
}

}  // namespace

std::string Episodes::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  put(writer, state_->settings);
  writer.put(state_->version.value());
  writer.put_instant(state_->as_of);
  writer.put_length(state_->episodes.size());
  for (const auto& [id, episode] : state_->episodes) put_episode(writer, episode);
  return writer.finish();
}

Result<Episodes> Episodes::restore(Settings settings, std::string_view checkpoint) {
  ByteReader reader(checkpoint);
  if (reader.failed()) return refused("is damaged");
  if (reader.get<std::uint64_t>() != kMagic) return refused("is something else");
  if (reader.get<std::uint32_t>() != kFormat) return refused("is of another format");
  if (!(get_settings(reader) == settings)) return refused("is of other settings");
  auto state = std::make_unique<State>();
  state->settings = settings;
  state->version = model::Version(reader.get<std::uint64_t>());
  state->as_of = reader.get_instant();
  const std::size_t length = reader.get_length(kEpisodeBytesMin);
  for (std::size_t i = 0; i < length && !reader.failed(); ++i) {
    Episode episode = get_episode(reader);
    const std::string id = episode.alert.id;
    reader.require(state->episodes.empty() || state->episodes.rbegin()->first < id);
    state->episodes.emplace_hint(state->episodes.end(), id, std::move(episode));
  }
  if (!reader.is_whole()) return refused("does not make sense");
  return Episodes(std::move(state));
}

}  // namespace commonwatch::alert
