#include "hub/pipeline/fold.h"

#include <algorithm>
#include <utility>

namespace commonwatch::pipeline {
Fold::Fold(Picture picture, model::TickLength tick, model::Offset next)
    : picture_(std::move(picture)), tick_(tick), next_(next), sealed_(picture_.version()) {}

void Fold::preload(const storage::Chunk& chunk) {
  picture_.take_in(chunk);
  next_ = chunk.end();
}

void Fold::apply(const storage::Chunk& chunk, const TickSink& sink) {
  const model::Version version = tick_.at_or_after(counted_at(chunk));
  if (open_ != model::Version() && open_ < version) give_out(open_, sink);
  if (version > model::Version(0)) pass_time(model::Version(version.value() - 1), sink);
  picture_.take_in(chunk);
  next_ = chunk.end();
  open_ = version;
}

void Fold::seal(model::Version version, const TickSink& sink) {
  if (open_ != model::Version() && open_ <= version) give_out(open_, sink);
  pass_time(version, sink);
  sealed_ = std::max(sealed_, version);
}

void Fold::give_out(model::Version version, const TickSink& sink) {
  const Instant as_of = tick_.instant_of(version);
  auto deltas = picture_.advance(version, as_of);
  open_ = model::Version();
  sealed_ = version;
  if (!deltas.empty()) sink(version, as_of, std::move(deltas));
}

void Fold::pass_time(model::Version version, const TickSink& sink) {
  // What was taken in belongs to a tick of its own, which comes first.
  while (open_ == model::Version()) {
    const auto change = picture_.next_change();
    if (!change) return;
    const model::Version due = std::max(tick_.at_or_after(*change), picture_.version().next());
    if (due > version) return;
    give_out(due, sink);
  }
}

}  // namespace commonwatch::pipeline
