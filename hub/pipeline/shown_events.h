// Stored events as an audience is shown them: as they are, or cut down to what was agreed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub/access/principal.h"
#include "hub/base/error.h"
#include "hub/model/cell.h"
#include "hub/sharing/pseudonym.h"
#include "hub/sharing/view.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

struct ShownEvent {
  model::EventKind kind = model::EventKind::kUnspecified;
  std::optional<Instant> occurred;  // of an agreement that leaves it out: none
  model::Cell cell;                 // of kLeafLevel; none: no place
  model::Sequence sequence;         // 0 where gaps would tell of what is not shown
  Instant recorded{};
  std::string payload;  // empty: the entry's own
};

// By what was agreed when an event was recorded, and by what is agreed now: nothing leaves that either
// keeps back. Not thread-safe.
class ShownEvents {
 public:
  // By what is in force (`view`), for the purpose that was stated.
  ShownEvents(std::shared_ptr<const sharing::View> view, std::string purpose,
              const storage::EventLog& log);

  // kForbidden: the audience is shown no events, or nobody's for this purpose.
  Result<void> check() const;
  // Whether anything of a source may be shown; what may not be has never been there.
  bool shares(const model::SourceName& source) const;
  // What was agreed for what follows (sharing::Settings::canonical); until then, as now.
  void set_agreed(std::string_view settings);
  // Whether it takes something away from a source's events that is agreed now.
  bool is_less(const model::SourceName& source) const;
  // How long after its recording an event is shown.
  Duration delay() const { return view_->delay(); }
  // Whether the agreed time has passed for which events of this source are kept.
  bool is_over(const storage::Chunk& chunk, Instant now) const;
  // A stored event, whole, of a source that is shared. Nothing: not of a kind that is, or was, shown.
  // Throws Failure where the payload cannot be decoded: the log is damaged.
  std::optional<ShownEvent> show(const storage::Chunk& chunk, const storage::Entry& entry) const;
  // Nothing is taken away.
  bool is_open() const { return view_->is_open(); }

 private:
  // What both grant of a partner; nothing: one of them grants nothing.
  std::optional<sharing::Term> term_of(std::string_view partner) const;

  std::shared_ptr<const sharing::View> view_;
  std::optional<sharing::View> then_;  // nothing: as now
  bool nothing_then_ = false;          // there was no such audience
  std::string purpose_;
  sharing::PseudonymKey key_;
};

}  // namespace commonwatch::pipeline
