#include "hub/storage/verify.h"

#include <rocksdb/snapshot.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/log_keys.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// A broken log would otherwise fill the memory with the same sentence.
constexpr std::size_t kFaultsMax = 100;

bool comes_before(const RewrittenChunk& a, const RewrittenChunk& b) {
  return std::tie(a.first, a.hash) < std::tie(b.first, b.hash);
}

// Every chunk that the log says was rewritten; sorted. 56 bytes each.
std::vector<RewrittenChunk> find_rewritten(const LogDatabase& log, const RewriteEvent& event,
                                           const rocksdb::ReadOptions& options) {
  std::vector<RewrittenChunk> found;
  const std::unique_ptr<rocksdb::Iterator> own(log.db().NewIterator(options, log.hub_events()));
  for (own->SeekToFirst(); own->Valid(); own->Next()) {
    const auto first = decode_offset_key({own->key().data(), own->key().size()});
    std::string value;
    if (!first || !log.db().Get(options, log.chunks(), own->key(), &value).ok()) continue;
    const auto chunk = StoredChunk::decode(*first, std::move(value));  // its faults are found later
    if (!chunk || chunk->source() != model::SourceName::hub().text()) continue;
    for (std::size_t index = 0; index < chunk->size(); ++index) {
      const EntryView entry = chunk->entry(index);
      if (!entry.is_stored()) continue;
      for (RewrittenChunk& named : event.decode(entry.payload)) found.push_back(std::move(named));
    }
  }
  std::sort(found.begin(), found.end(), comes_before);
  return found;
}

class Verifier {
 public:
  Verifier(const std::vector<HeldHead>& held, std::vector<RewrittenChunk> rewritten)
      : search_(held, "offset"), rewritten_(std::move(rewritten)) {
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
    if (chunk.has_forms()) check_rewritten(chunk, at);
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
  // An event before it went may have been named more than once: a crash came between.
  void check_rewritten(const StoredChunk& chunk, const std::string& at) {
    const RewrittenChunk found{chunk.first(), sha256(chunk.value())};
    if (std::binary_search(rewritten_.begin(), rewritten_.end(), found, comes_before)) return;
    const auto named = std::lower_bound(
        rewritten_.begin(), rewritten_.end(), found.first,
        [](const RewrittenChunk& one, model::Offset first) { return one.first < first; });
    const bool is_named = named != rewritten_.end() && named->first == found.first;
    if (!is_named && chunk.is_of_old_chain()) {
      ++report_.unnamed;
    } else if (is_named) {
      fault(at + ": what is left of reduced events is not what the log says: it was altered");
    } else {
      fault(at +
            ": events were reduced, and no event of the log says so: it was altered, or a "
            "repair cut off what said so");
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
  std::vector<RewrittenChunk> rewritten_;
  Hash head_ = Hash(kHashBytes, '\0');
};

}  // namespace

VerifyReport verify_log(const LogDatabase& log, const SourceTable& sources,
                        const DurableEnd& durable, const RewriteEvent& rewrite_event,
                        const std::vector<HeldHead>& held, const std::function<bool()>& is_wanted) {
  // What a source had before `end` was looked at lies below it.
  const auto sources_before = sources.durable_sources();
  const model::Offset end = durable.state().end;
  // One state of the database, so that what is rewritten meanwhile is seen as it was named, or not
  // at all.
  rocksdb::ManagedSnapshot snapshot(&log.db());
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.snapshot = snapshot.snapshot();
  Verifier verifier(held, find_rewritten(log, rewrite_event, options));
  if (const auto sums = log.db().VerifyChecksum(); !sums.ok()) {
    verifier.fault("a file's checksum does not hold: " + sums.ToString());
  }
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
