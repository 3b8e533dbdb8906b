// Everything that one audience is shown, as a fold of the log, by tile: the live picture of its
// view, or, with k > 1, figures in its place. Pure; not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/model/hotspot.h"
#include "hub/pipeline/layer.h"
#include "hub/pipeline/picture_settings.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

class Picture {
 public:
  // Throws Failure if a setting is out of range, or there is no such audience.
  explicit Picture(const PictureSettings& settings);
  ~Picture();
  Picture(Picture&&) noexcept;
  Picture& operator=(Picture&&) noexcept;

  // The epoch began at this recorded time. Once, before the first `advance`.
  void begin(Instant begins);
  // What the chunk says counts from the next `advance` on.
  void take_in(const storage::Chunk& chunk);
  // When anything counts that was recorded then: later, by the delay that was agreed.
  Instant counted_at(Instant recorded) const;
  // Moves to a tick and gives what changed since the last one, in order of tile; often nothing.
  // Versions rise and time never falls.
  std::vector<model::TileDelta> advance(model::Version version, Instant as_of);
  // As hotspot::Engine::next_change, for everything that is shown.
  std::optional<Instant> next_change() const;

  // Everything that is shown, by tile in order, as of the last `advance`. Tiles that became empty
  // are left out.
  std::vector<model::TileState> tiles() const;
  // What lies behind it: the audience's view, before anything is suppressed.
  const Layer& layer() const;
  // Whether the layer is shown as it is: k = 1.
  bool is_live() const;
  model::Version version() const;
  Instant as_of() const;

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another version, or of other settings.
  static Result<Picture> restore(const PictureSettings& settings, std::string_view checkpoint);

 private:
  // What changed since the last tick that was shown.
  std::vector<model::TileDelta> show(model::Version version, Instant as_of);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::pipeline
