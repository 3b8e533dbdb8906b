#include "hub/pipeline/picture.h"

#include <algorithm>

#include "hub/base/byte_stream.h"
#include "hub/pipeline/figures.h"

namespace commonwatch::pipeline {
namespace {

constexpr std::uint64_t kMagic = 0x4552555443495057;  // "WPICTURE"
constexpr std::uint32_t kFormat = 3;

using Tiles = std::map<model::Tile, model::TileState>;

}  // namespace

struct Picture::State {
  explicit State(const PictureSettings& settings) : layer(settings, settings.audience) {
    if (layer.view().audience().k > 1) figures.emplace(settings, layer);
  }

  Contents contents() const { return figures ? figures->contents() : layer.contents(); }
  void restore(ByteReader& reader);

  Layer layer;
  std::optional<Figures> figures;
  Tiles tiles;
};

Picture::Picture(const PictureSettings& settings) : state_(std::make_unique<State>(settings)) {}
Picture::~Picture() = default;
Picture::Picture(Picture&&) noexcept = default;
Picture& Picture::operator=(Picture&&) noexcept = default;

void Picture::begin(Instant begins) {
  state_->layer.begin(begins);
  if (state_->figures) state_->figures->begin(begins);
}

Instant Picture::counted_at(Instant recorded) const {
  return recorded + state_->layer.view().delay();
}

void Picture::take_in(const storage::Chunk& chunk) {
  const Instant counted = counted_at(chunk.recorded);
  state_->layer.take_in(chunk, counted);
  if (state_->figures) state_->figures->take_in(chunk, counted);
}

std::vector<model::TileDelta> Picture::advance(model::Version version, Instant as_of) {
  State& state = *state_;
  bool changed = state.layer.advance(version, as_of);
  if (state.figures) changed = state.figures->advance(version, as_of);
  return changed ? show(version, as_of) : std::vector<model::TileDelta>();
}

std::vector<model::TileDelta> Picture::show(model::Version version, Instant as_of) {
  Contents now = state_->contents();
  for (const auto& [tile, shown] : state_->tiles) now.tiles.try_emplace(tile);
  std::vector<model::TileDelta> deltas;
  for (const auto& [tile, view] : now.tiles) {
    model::TileState& shown = state_->tiles[tile];
    model::TileDelta delta = model::difference(shown.content, view);
    if (delta.changed.is_empty() && delta.removed.empty()) continue;
    delta.tile = tile;
    delta.version = version;
    delta.previous = shown.version;
    delta.as_of = as_of;
    shown.tile = tile;
    shown.version = version;
    shown.as_of = as_of;
    model::apply(delta, shown.content);
    deltas.push_back(std::move(delta));
  }
  return deltas;
}

std::optional<Instant> Picture::next_change() const {
  const auto own = state_->layer.next_change();
  const auto figures = state_->figures ? state_->figures->next_change() : std::nullopt;
  return own && figures ? std::min(*own, *figures) : own ? own : figures;
}

std::vector<model::TileState> Picture::tiles() const {
  std::vector<model::TileState> tiles;
  for (const auto& [tile, state] : state_->tiles) {
    if (!state.content.is_empty()) tiles.push_back(state);
  }
  return tiles;
}

const Layer& Picture::layer() const { return state_->layer; }
bool Picture::is_live() const { return !state_->figures; }
model::Version Picture::version() const { return state_->layer.engine().version(); }
Instant Picture::as_of() const { return state_->layer.engine().as_of(); }

// In order: magic, format, layer, figures if there are any, and the version of each tile that was
// ever shown; what is in the tiles follows from the rest.
std::string Picture::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  state_->layer.write(writer);
  if (state_->figures) state_->figures->write(writer);
  writer.put_length(state_->tiles.size());
  for (const auto& [tile, state] : state_->tiles) {
    writer.put(tile.id());
    writer.put(state.version.value());
    writer.put_instant(state.as_of);
  }
  return writer.finish();
}

void Picture::State::restore(ByteReader& reader) {
  layer.read(reader);
  if (figures) figures->read(reader);
  const Contents now = contents();
  for (std::size_t left = reader.get_length(24); left > 0; --left) {
    const model::Tile tile(reader.get<std::uint64_t>());
    const model::Version version(reader.get<std::uint64_t>());
    const Instant as_of = reader.get_instant();
    model::TileState& shown = tiles[tile] = {tile, version, as_of, {}};
    const auto view = now.tiles.find(tile);
    if (view != now.tiles.end()) {
      model::apply(model::difference({}, view->second), shown.content);
    }
  }
}

Result<Picture> Picture::restore(const PictureSettings& settings, std::string_view checkpoint) {
  const Error damaged = make_error(ErrorCode::kInternal,
                                   "the checkpoint is damaged; delete it, the log is folded anew");
  ByteReader reader(checkpoint);
  if (reader.get<std::uint64_t>() != kMagic || reader.get<std::uint32_t>() != kFormat ||
      reader.failed()) {
    return damaged;
  }
  Picture picture(settings);
  try {
    picture.state_->restore(reader);
  } catch (const Failure& failure) {
    return failure.error();
  }
  if (!reader.is_whole()) return damaged;
  return picture;
}

}  // namespace commonwatch::pipeline
