#include "tests/sim/archivist.h"

namespace commonwatch::sim {

bool Archivist::erase(Process& process, Random& random) {
  if (!process.may_alter()) return false;
  if (!erasing_) {
    Partner& partner = *random.any(partners_);
    const auto record = partner.record_to_erase(random);
    if (!record) return false;
    partner.begin_erasing(*record);
    erasing_ = Erasing{&partner, *record};
  }
  process.erase(erasing_->partner->spool().source(), erasing_->record,
                [this](const Result<storage::Erased>& erased) {
                  // Not there: a start has completed it.
                  if (!erased && erased.error().code != ErrorCode::kNotFound) return;
                  erasing_->partner->end_erasing();
                  erasing_.reset();
                  ++erased_;
                });
  return true;
}

bool Archivist::retain(Process& process) {
  const auto began = process.retain({{}, kKept}, [this](Instant now, const auto& pass) {
    if (!pass) return;
    stored_.reduced(now);
    passes_ += pass->chunks > 0 ? 1 : 0;
  });
  if (!began) return false;
  reduces_ = true;
  stored_.reducing(*began);
  for (const auto& partner : partners_) partner->expect_reduced();
  return true;
}

}  // namespace commonwatch::sim
