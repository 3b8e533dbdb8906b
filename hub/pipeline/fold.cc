#include "hub/pipeline/fold.h"

#include <algorithm>
#include <utility>

#include "hub/wire/client_message.h"

namespace commonwatch::pipeline {
namespace {

std::optional<hotspot::Incident> to_incident(const storage::Entry& entry) {
  if (entry.kind != model::EventKind::kOverdose) return std::nullopt;
  const auto event = wire::decode_stored_event(entry.payload);
  if (!event) throw Failure(event.error());
  const auto& overdose = std::get<model::Overdose>(event->report);
  return hotspot::Incident{entry.occurred, entry.cell, overdose.person_count(),
                           overdose.fatal_count()};
}

}  // namespace

Fold::Fold(hotspot::Engine engine, model::TickLength tick, model::Offset next)
    : engine_(std::move(engine)), tick_(tick), next_(next), sealed_(engine_.version()) {}

void Fold::take_in(const storage::Chunk& chunk) {
  for (const storage::Entry& entry : chunk.entries) {
    if (entry.disposition != storage::Disposition::kStored) continue;
    if (entry.kind == model::EventKind::kUnspecified) continue;
    engine_.apply(hotspot::incident_key(chunk.source, entry.record_id), entry.revision,
                  to_incident(entry));
  }
  next_ = chunk.end();
}

void Fold::preload(const storage::Chunk& chunk) { take_in(chunk); }

void Fold::apply(const storage::Chunk& chunk, const TickSink& sink) {
  const model::Version version = tick_.at_or_after(chunk.recorded);
  if (open_ != model::Version() && open_ < version) give_out(open_, sink);
  if (version > model::Version(0)) pass_time(model::Version(version.value() - 1), sink);
  take_in(chunk);
  open_ = version;
}

void Fold::seal(model::Version version, const TickSink& sink) {
  if (open_ != model::Version() && open_ <= version) give_out(open_, sink);
  pass_time(version, sink);
  sealed_ = std::max(sealed_, version);
}

void Fold::give_out(model::Version version, const TickSink& sink) {
  const Instant as_of = tick_.instant_of(version);
  auto deltas = engine_.advance(version, as_of);
  open_ = model::Version();
  sealed_ = version;
  if (!deltas.empty()) sink(version, as_of, std::move(deltas));
}

void Fold::pass_time(model::Version version, const TickSink& sink) {
  // What was taken in belongs to a tick of its own, which comes first.
  while (open_ == model::Version()) {
    const auto change = engine_.next_change();
    if (!change) return;
    const model::Version due = std::max(tick_.at_or_after(*change), engine_.version().next());
    if (due > version) return;
    give_out(due, sink);
  }
}

}  // namespace commonwatch::pipeline
