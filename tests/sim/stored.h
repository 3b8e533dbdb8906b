// The log, read from its beginning, against what the partners said: dense, rising, contiguous for
// each source, everything acknowledged, nothing twice, every event as its partner sent it and with
// the fate that the model gives it; and no chunk stamped at or before a tick that was given out
// before it.
#pragma once

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
  void check(const storage::EventLog& log) const;
  // The chain and all that hangs on it, with the heads that partners hold, by the hub's own
  // verification.
  void verify(const storage::EventLog& log) const;

 private:
  void check_entry(const Partner& partner, const storage::Entry& entry) const;

  const Partners& partners_;
  model::TickLength tick_;
  // Where the log ended when a higher tick than ever was given out.
  std::vector<std::pair<model::Offset, model::Version>> ticks_;
};

}  // namespace commonwatch::sim
