// The health of every source, or group of small sources: a fold of the log, and of nothing else.
//
// Pure: no clock, no threads, no I/O. What is shown is a function of the events recorded before
// the minute of `as_of`, and of that minute: not of how many ticks there were. The rules and their
// constants: settings.h, usual.h, judgement.h, and docs/STATISTICS.md.
//
// Contract: events come in order of recorded time, and before advance(t) everything recorded up to
// t has been received. Events of a minute show when it is over.
//
// Groups: what a configured prefix gathers is one flow of the partner and keeps no memory of single
// sources. Beside it, a partner with enough small sources has these taken together; which they are
// is decided anew each day (UTC) and when a source appears or is forgotten.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/health/flow.h"
#include "hub/health/judgement.h"
#include "hub/health/settings.h"
#include "hub/model/ids.h"
#include "hub/model/source_health.h"

namespace commonwatch::health {

// Changes whenever the same log would give another health.
inline constexpr std::uint32_t kHealthVersion = 1;

// A source or group that is silent.
struct Silence {
  std::string name;  // `partner/source`, or the partner for a group
  // Occurred time from which on nothing of it is believed complete: its watermark.
  Instant since{};
  friend bool operator==(const Silence&, const Silence&) = default;
};

class Sources {
 public:
  // Throws Failure if a setting is out of range.
  explicit Sources(Settings settings);
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  // One stored event, of any kind; the hub's own are passed over. Constant time but for the look-up
  // of a source other than the last one.
  void receive(const model::SourceName& source, Instant recorded, Instant occurred);

  // Brings health() to the minute of `as_of`; an earlier one than before does nothing. Whether it
  // changed. Costs nothing before next_change().
  bool advance(Instant as_of);
  // Before this, advance() changes nothing. The end of time if there are no sources.
  Instant next_change() const;

  // As of the last advance(), in order of id.
  const std::vector<model::SourceHealth>& health() const { return health_; }
  // The silent ones of health(), in the same order.
  std::vector<Silence> silences() const;
  // `partner/source`: since when it, or the group that it is counted in, is silent. A partner:
  // since when everything of it is silent, which is the latest of its sources. Nothing if it is
  // not, or is unknown.
  std::optional<Instant> silent_since(std::string_view source_or_partner) const;

  // The same state gives the same bytes. Little-endian; ends with a hash of all before it.
  std::string checkpoint() const;
  // Replaces all state; the instance then goes on as the one that wrote it. kInternal: the bytes
  // are damaged, of another version, or of other settings; the state is then as it was.
  Result<void> restore(std::string_view bytes);

 private:
  // What is judged together.
  struct Unit {
    std::string name;
    std::vector<const Flow*> flows;
    FlowContent merged;  // of several flows
    Usual usual;
    std::uint64_t folds = 0;  // of its flows, when it was judged
    model::SourceHealth health;
    Minute next_change = 0;  // 0: not judged yet
    const FlowContent& content() const { return flows.size() == 1 ? flows[0]->content() : merged; }
  };
  using Flows = std::map<std::string, Flow, std::less<>>;

  // The flow that a source's events go to: its own name, or its partner's.
  std::string_view flow_name(const model::SourceName& source) const;
  Flow& flow_of(const model::SourceName& source);
  bool settle();  // whether a flow appeared or was forgotten
  void compose();
  void add_unit(std::string_view name, std::vector<const Flow*> flows);
  void judge_where_due();
  Minute due() const;

  Settings settings_;
  Flows flows_;  // by name
  model::SourceName last_source_;
  Flow* last_flow_ = nullptr;
  Minute now_ = 0;
  bool composed_ = false;
  std::int32_t composed_day_ = 0;
  std::vector<Unit> units_;  // by name
  std::map<std::string, std::string, std::less<>> unit_of_flow_;
  Minute next_change_ = kNever;
  std::vector<model::SourceHealth> health_;
};

}  // namespace commonwatch::health
