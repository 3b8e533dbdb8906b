// The log, read from its beginning, against what the partners said: dense, rising, contiguous for
// each source, everything acknowledged, nothing twice, every event as its partner sent it and with
// the fate that the model gives it, unless it was erased or is so old that it may be reduced; then
// it has to be, and nothing else; and no chunk stamped at or before a tick that was given out
// before it.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/storage/event_log.h"
#include "tests/sim/partner.h"

namespace commonwatch::sim {

class Stored {
 public:
  using Partners = std::vector<std::unique_ptr<Partner>>;

  Stored(const Partners& partners, model::TickLength tick) : partners_(partners), tick_(tick) {}

  // The log promised that no later chunk is stamped at or before the tick; `durable`: what was
  // then.
  void tick_given(model::Version tick, const storage::DurableState& durable);
  // Retention began, and ended, a pass at that time.
  void reducing(Instant now) { reducing_ = std::max(reducing_, now); }
  void reduced(Instant now) { reduced_ = std::max(reduced_, now); }
  void check(const storage::EventLog& log) const;
  // The chain and all that hangs on it, with the heads that partners hold, by the hub's own
  // verification.
  void verify(const storage::EventLog& log) const;

 private:
  void check_entry(const Partner& partner, const storage::Chunk& chunk,
                   const storage::Entry& entry) const;
  void check_form(const storage::Chunk& chunk, const storage::Entry& entry, const Said& said,
                  const std::string& where) const;
  void check_reduced(const storage::Chunk& chunk, const storage::Entry& entry,
                     const std::string& where) const;

  const Partners& partners_;
  model::TickLength tick_;
  Instant reducing_{};
  Instant reduced_{};
  // Where the log ended when a higher tick than ever was given out.
  std::vector<std::pair<model::Offset, model::Version>> ticks_;
};

}  // namespace commonwatch::sim
