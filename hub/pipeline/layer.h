// The fold of what one audience's view lets through: records to incidents, incidents to what lies
// beyond expectation, findings to alerts, arrivals to the health of sources. What a partner does not
// share with the audience changes nothing here. Pure; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/alert/episodes.h"
#include "hub/alert/ledger.h"
#include "hub/base/byte_stream.h"
#include "hub/health/sources.h"
#include "hub/hotspot/engine.h"
#include "hub/linkage/linker.h"
#include "hub/model/name_table.h"
#include "hub/pipeline/contents.h"
#include "hub/pipeline/picture_settings.h"
#include "hub/sharing/view.h"
#include "hub/storage/event_log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {

class Layer {
 public:
  // Throws Failure if a setting is out of range, or there is no such audience.
  Layer(const PictureSettings& settings, std::string_view audience);
  // The engine refers to a name table that must stay where it is.
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  // The engine epoch begins then.
  void begin(Instant begins) { episodes_.begin(begins); }
  // What the chunk says counts from the next `advance` on, as recorded at `counted`.
  void take_in(const storage::Chunk& chunk, Instant counted);
  // Moves to a tick; whether what is shown may differ. Versions rise and time never falls.
  bool advance(model::Version version, Instant as_of);
  // As hotspot::Engine::next_change, for everything of the layer.
  std::optional<Instant> next_change() const;
  Contents contents() const;

  const sharing::View& view() const { return view_; }
  const hotspot::Engine& engine() const { return engine_; }
  const alert::Episodes& episodes() const { return episodes_; }
  const linkage::Linker& linker() const { return linker_; }
  const alert::Ledger& ledger() const { return ledger_; }
  const std::vector<model::SourceHealth>& sources() const { return health_.health(); }
  const model::NameTable& partners() const { return partners_; }
  // Incidents that the last `advance` took in, changed or let go.
  const std::vector<linkage::IncidentChange>& changes() const { return changes_; }
  // Whether its records have the names that storage::RecordKeys gives, as those of a log with
  // skeletons do; else model::record_key.
  bool is_keyed() const { return keyed_; }
  // Recorded time up to which retention had reduced what it took in; 1970: nothing.
  Instant reduced_until() const { return reduced_until_; }
  // What to simulate for a calibration that is due.
  hotspot::NullModel null_model(const hotspot::Due& due) const;

  void write(ByteWriter& writer) const;
  // Into a layer that has taken in nothing. Throws Failure: the bytes are damaged, of another
  // version, or of other settings.
  void read(ByteReader& reader);

 private:
  void take_in(const storage::Chunk& chunk, const storage::Entry& entry, Instant counted);
  void take_in_skeleton(const storage::Chunk& chunk, const storage::Entry& entry, Instant counted);
  void take_in_own(const storage::Chunk& chunk, std::string_view payload, Instant counted);
  void take_answer(const wire::AlertAcknowledged& answered, Instant counted);
  void take_page(const model::Paging& page);
  // Pages about alerts that another engine epoch named go to those that they belong to.
  void adopt_pages();
  void decide(const storage::Chunk& chunk, const model::Decision& decision);
  // The record as the view lets it through; with its names.
  std::optional<model::Record> reduced(const storage::Chunk& chunk, const model::RecordKey& key,
                                       model::Record record);
  model::RecordKey key_of(const storage::Chunk& chunk, const model::SourceName& source,
                          std::string_view record_id) const;
  bool is_shared(const model::SourceName& source) const;
  // Whether what was decided by somebody of `audience` counts here: this one or a narrower one.
  bool heeds(std::string_view audience) const;
  std::vector<hotspot::Silence> silences() const;

  sharing::View view_;
  std::vector<std::string> heeded_;  // audiences
  model::NameTable partners_;
  model::NameTable sources_;
  linkage::Linker linker_;
  hotspot::Engine engine_;
  alert::Episodes episodes_{alert::Settings{}};
  alert::Ledger ledger_;
  std::vector<model::Paging> stray_pages_;  // none once the epoch has begun
  health::Sources health_{health::Settings{}};
  int count_min_;
  std::vector<linkage::IncidentChange> changes_;
  // A log with skeletons names all its records as these do. Decided by the first chunk.
  bool keyed_ = false;
  bool begun_ = false;
  Instant reduced_until_{};
};

}  // namespace commonwatch::pipeline
