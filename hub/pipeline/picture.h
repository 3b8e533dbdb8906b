// Everything that is shown, as a fold of the log: records to incidents, incidents to what lies
// beyond expectation, findings to alerts, arrivals to the health of sources; and all of it by
// tile. Pure; not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/alert/episodes.h"
#include "hub/alert/ledger.h"
#include "hub/health/sources.h"
#include "hub/hotspot/engine.h"
#include "hub/linkage/linker.h"
#include "hub/model/hotspot.h"
#include "hub/model/name_table.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

class Picture {
 public:
  // Throws Failure if a setting is out of range.
  explicit Picture(const hotspot::Settings& settings);
  ~Picture();
  Picture(Picture&&) noexcept;
  Picture& operator=(Picture&&) noexcept;

  // What the chunk says counts from the next `advance` on.
  void take_in(const storage::Chunk& chunk);
  // Moves to a tick and gives what changed since the last one, in order of tile; often nothing.
  // Versions rise and time never falls.
  std::vector<model::TileDelta> advance(model::Version version, Instant as_of);
  // As hotspot::Engine::next_change, for everything that is shown.
  std::optional<Instant> next_change() const;

  // Everything that is shown, by tile in order, as of the last `advance`. Tiles that became empty
  // are left out.
  std::vector<model::TileState> tiles() const;
  const hotspot::Engine& engine() const;
  const alert::Episodes& episodes() const;
  const linkage::Linker& linker() const;
  // Whether its records have the names that storage::RecordKeys gives, as those of a log with
  // skeletons do; else model::record_key.
  bool is_keyed() const;
  const alert::Ledger& ledger() const;
  const std::vector<model::SourceHealth>& sources() const;
  // What to simulate for a calibration that is due.
  hotspot::NullModel null_model(const hotspot::Due& due) const;
  model::Version version() const;
  Instant as_of() const;

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another version, or of other settings.
  static Result<Picture> restore(const hotspot::Settings& settings, std::string_view checkpoint);

 private:
  // What changed since the last tick that was shown.
  std::vector<model::TileDelta> show(model::Version version, Instant as_of);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::pipeline
