#include "hub/storage/verify.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// A broken log would otherwise fill the memory with the same sentence.
constexpr std::size_t kFaultsMax = 100;

class Verifier {
 public:
  explicit Verifier(const std::vector<HeldHead>& held) : search_(held, "offset") {
    search_.pass(head_, 0, {});
  }

  void check(const StoredChunk& chunk) {
    const std::string at = "offset " + std::to_string(chunk.first().value());
    if (chunk.first() != next_) {
      fault(at + ": expected is offset " + std::to_string(next_.value()));
    }
    if (report_.chunks > 0 && chunk.recorded() <= recorded_) {
      fault(at + ": recorded time does not rise");
    }
    const std::string source(chunk.source());
    const std::uint64_t expected = sequences_[source] + 1;
    if (chunk.first_sequence().value() != expected) {
      fault(at + ": " + source + " continues at sequence " +
            std::to_string(chunk.first_sequence().value()) + ", expected is " +
            std::to_string(expected));
    }
    if (chunk.recompute_chain_head(head_) != chunk.chain_head()) {
      fault(at + ": the chain of hashes does not hold");
    }
    next_ = chunk.end();
    recorded_ = chunk.recorded();
    sequences_[source] = chunk.last_sequence().value();
    head_ = Hash(chunk.chain_head());
    search_.pass(head_, next_.value(), recorded_);
    search_.pass(source, chunk.first_sequence(), chunk.last_sequence(), next_.value());
    if (source == model::SourceName::hub().text()) hub_chunks_.insert(chunk.first());
    ++report_.chunks;
    report_.events += chunk.size();
  }

  void fault(std::string what) {
    if (report_.faults.size() < kFaultsMax) report_.faults.push_back(std::move(what));
  }

  model::Offset next() const { return next_; }
  void check_source_end(const model::SourceName& name, model::Sequence last) {
    const std::uint64_t found = sequences_[name.text()];
    if (found < last.value()) {
      fault(name.text() + ": its chunks end at sequence " + std::to_string(found) +
            ", its state says " + std::to_string(last.value()) + ": the end was cut off");
    }
  }
  // At least what the chunks hold: the source may have gone on meanwhile.
  void check_source(const model::SourceName& name, model::Sequence last) {
    const std::uint64_t found = sequences_[name.text()];
    if (last.value() < found) {
      fault(name.text() + ": its state says sequence " + std::to_string(last.value()) +
            ", its chunks end at " + std::to_string(found));
    }
  }
  VerifyReport give_up() {
    report_.given_up = true;
    return std::move(report_);
  }
  // The list of the hub's own events names this chunk.
  void check_hub_event(model::Offset first) {
    if (hub_chunks_.erase(first) == 0) {
      fault("offset " + std::to_string(first.value()) +
            ": is in the list of the hub's own events, and is none");
    }
  }
  VerifyReport finish() {
    for (const model::Offset first : hub_chunks_) {
      fault("offset " + std::to_string(first.value()) +
            ": is missing in the list of the hub's own events");
    }
    for (std::string& what : search_.faults(next_.value(), 0)) fault(std::move(what));
    report_.held = search_.found();
    report_.chain_head = head_;
    return std::move(report_);
  }

 private:
  VerifyReport report_;
  model::Offset next_;
  Instant recorded_{};
  std::map<std::string, std::uint64_t> sequences_;
  std::set<model::Offset> hub_chunks_;
  HeadSearch search_;
  Hash head_ = Hash(kHashBytes, '\0');
};

}  // namespace

VerifyReport verify_log(const LogDatabase& log, const SourceTable& sources,
                        const DurableEnd& durable, const std::vector<HeldHead>& held,
                        const std::function<bool()>& is_wanted) {
  Verifier verifier(held);
  // What a source had before `end` was looked at lies below it.
  const auto sources_before = sources.durable_sources();
  const model::Offset end = durable.state().end;
  if (const auto sums = log.db().VerifyChecksum(); !sums.ok()) {
    verifier.fault("a file's checksum does not hold: " + sums.ToString());
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(log.db().NewIterator(options, log.chunks()));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto first = decode_offset_key({at->key().data(), at->key().size()});
    if (!first) {
      verifier.fault("the log holds a key that is no offset");
      continue;
    }
    if (*first >= end) break;
    if (is_wanted && !is_wanted()) return verifier.give_up();
    const auto chunk = StoredChunk::decode(*first, at->value().ToString());
    if (!chunk) {
      verifier.fault(chunk.error().message);
    } else {
      verifier.check(*chunk);
    }
  }
  if (!at->status().ok()) verifier.fault("the log cannot be read: " + at->status().ToString());
  if (verifier.next() < end) {
    verifier.fault("the log ends at offset " + std::to_string(verifier.next().value()) +
                   ", expected is " + std::to_string(end.value()));
  }
  const std::unique_ptr<rocksdb::Iterator> own(log.db().NewIterator(options, log.hub_events()));
  for (own->SeekToFirst(); own->Valid(); own->Next()) {
    const auto first = decode_offset_key({own->key().data(), own->key().size()});
    if (!first || *first >= end) break;
    verifier.check_hub_event(*first);
  }
  for (const auto& [name, last] : sources_before) verifier.check_source_end(name, last);
  for (const auto& [name, last] : sources.durable_sources()) verifier.check_source(name, last);
  return verifier.finish();
}

}  // namespace commonwatch::storage
