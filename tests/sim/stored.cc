#include "tests/sim/stored.h"

#include <algorithm>

#include "tests/sim/archivist.h"
#include "tests/sim/broken.h"

namespace commonwatch::sim {
namespace {

constexpr const char* kKept = "what was acknowledged is stored";
constexpr const char* kDense = "offsets are dense, sequences contiguous";
constexpr const char* kAsSent = "every event is stored once, as it was sent";
constexpr const char* kGone = "what was erased or reduced is gone, and nothing else";
constexpr const char* kForward = "no tick and no recorded time goes back";
constexpr const char* kSealed = "no chunk is stamped at or before a tick that was given out";

storage::Disposition disposition_of(Fate fate) {
  if (fate == Fate::kStored) return storage::Disposition::kStored;
  return fate == Fate::kRepeat ? storage::Disposition::kRepeat : storage::Disposition::kRejected;
}

}  // namespace

void Stored::tick_given(model::Version tick, const storage::DurableState& durable) {
  if (!ticks_.empty()) {
    require(tick >= ticks_.back().second, kForward,
            "tick " + std::to_string(tick.value()) + " was given out after " +
                std::to_string(ticks_.back().second.value()));
    if (tick == ticks_.back().second) return;
  }
  ticks_.emplace_back(durable.end, tick);
}

void Stored::check_reduced(const storage::Chunk& chunk, const storage::Entry& entry,
                           const std::string& where) const {
  const auto is_older = [&](std::uint32_t days, Instant than) {
    return chunk.recorded + std::chrono::days(days) < than;
  };
  const auto kept = Archivist::kKept;
  require(entry.is_whole() || is_older(kept.keep_days, reducing_), kGone,
          where + " is reduced, and too young");
  require(!entry.is_whole() || !is_older(kept.keep_days, reduced_), kGone,
          where + " is whole, and too old");
  if (entry.is_whole() || entry.disposition != storage::Disposition::kStored) return;
  const bool stub = entry.form == storage::EntryForm::kStub;
  require(!stub || is_older(kept.skeleton_days, reducing_), kGone,
          where + " is a stub, and too young");
  require(stub || !is_older(kept.skeleton_days, reduced_), kGone,
          where + " is a skeleton, and too old");
}

void Stored::check_form(const storage::Chunk& chunk, const storage::Entry& entry, const Said& said,
                        const std::string& where) const {
  const bool erased = entry.form == storage::EntryForm::kErased;
  require(!erased || said.erasure != Erasure::kNone, kGone, where + " was not to be erased");
  // Reduced repeats and rejections name no record.
  const bool is_named = entry.is_whole() || entry.key != model::RecordKey();
  require(erased || !is_named || said.erasure != Erasure::kDone, kGone,
          where + " was erased, and is there");
  if (!erased) check_reduced(chunk, entry, where);
}

void Stored::check_entry(const Partner& partner, const storage::Chunk& chunk,
                         const storage::Entry& entry) const {
  const std::uint64_t sequence = entry.sequence.value();
  const std::string where = partner.spool().source() + " sequence " + std::to_string(sequence);
  require(sequence <= partner.spool().size(), kAsSent, where + " was never sent");
  const Said& said = partner.spool().at(sequence);
  // Of what is reduced the content is not known any more.
  const bool taken_for_repeat = reducing_ > Instant{} && said.fate == Fate::kRevisionConflict &&
                                entry.disposition == storage::Disposition::kRepeat;
  require(taken_for_repeat || entry.disposition == disposition_of(said.fate), kAsSent,
          where + " has another fate");
  check_form(chunk, entry, said, where);
  if (said.fate == Fate::kInvalid || !entry.is_whole()) return;
  require(entry.record_id == said.event.record_id() && entry.revision == said.event.revision(),
          kAsSent, where + " is of another record");
  if (said.fate != Fate::kStored) return;
  v1::Event stored;
  require(stored.ParseFromString(std::string(entry.payload)) &&
              stored.SerializeAsString() == said.bytes,
          kAsSent, where + " has another content");
}

void Stored::check(const storage::EventLog& log) const {
  std::map<std::string, std::uint64_t> sequences;
  model::Offset next(0);
  Instant recorded{};
  std::size_t tick = 0;
  Instant sealed{};
  for (;;) {
    const auto chunk = log.read(next);
    require(chunk.has_value(), kKept, chunk ? "" : chunk.error().message);
    if (!*chunk) break;
    const std::string where = "the chunk at offset " + std::to_string(next.value());
    require((**chunk).first == next, kDense, where + " is missing");
    require((**chunk).recorded > recorded, kForward,
            where + " is stamped before the one before it");
    for (; tick < ticks_.size() && ticks_[tick].first <= next; ++tick) {
      sealed = tick_.instant_of(ticks_[tick].second);
    }
    require((**chunk).recorded > sealed, kSealed,
            where + " is stamped " + to_rfc3339((**chunk).recorded) + ", the tick " +
                to_rfc3339(sealed) + " was given out before");
    recorded = (**chunk).recorded;
    next = (**chunk).end();
    const std::string source = (**chunk).source.text();
    const auto of = std::ranges::find(
        partners_, source, [](const auto& partner) { return partner->spool().source(); });
    for (const storage::Entry& entry : (**chunk).entries) {
      require(entry.sequence.value() == ++sequences[source], kDense,
              source + " sequence " + std::to_string(sequences[source]) + " is missing");
      if (of != partners_.end()) check_entry(**of, **chunk, entry);
    }
  }
  require(next == log.durable().end, kDense, "the log does not end where it says");
  for (const auto& partner : partners_) {
    const std::string& source = partner->spool().source();
    require(sequences[source] >= partner->acknowledged(), kKept,
            source + " sequence " + std::to_string(partner->acknowledged()) +
                " was acknowledged, the log has " + std::to_string(sequences[source]));
    const auto name = model::SourceName::parse(source);
    require(log.last_sequence(*name).value() == sequences[source], kDense,
            "the position of " + source + " is another than its last sequence");
  }
}

void Stored::verify(const storage::EventLog& log) const {
  std::vector<storage::HeldHead> held;
  for (const auto& partner : partners_) {
    if (partner->chain_head().empty()) continue;
    const auto name = model::SourceName::parse(partner->spool().source());
    held.push_back({partner->chain_head(), std::nullopt,
                    std::pair(*name, model::Sequence(partner->chain_sequence()))});
  }
  const auto report = log.verify(held);
  for (const std::string& fault : report.faults) throw Broken("the log verifies", fault);
}

}  // namespace commonwatch::sim
