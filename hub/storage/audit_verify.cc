#include "hub/storage/audit_verify.h"

#include <memory>
#include <utility>

#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

// A broken log would otherwise fill the memory with the same sentence.
constexpr std::size_t kFaultsMax = 100;

std::string name_of(model::AuditSequence sequence) {
  return "audit record " + std::to_string(sequence.value());
}

class AuditVerifier {
 public:
  AuditVerifier(const AuditEnds& ends, const std::vector<HeldHead>& held)
      : ends_(ends), search_(held, "audit record") {
    report_.head = {model::AuditSequence(0), Hash(kHashBytes, '\0')};
    if (!ends.anchor) {
      search_.pass(report_.head.hash, 0, {});
      return;
    }
    const AuditLink& anchor = *ends.anchor;
    search_.pass(anchor.before, anchor.sequence.value() - 1, anchor.at);
    report_.forgotten = ForgottenAudit{anchor.sequence, anchor.at};
    pass(anchor.sequence, anchor.head(), anchor.at);
  }

  void fault(std::string what) {
    if (report_.faults.size() < kFaultsMax) report_.faults.push_back(std::move(what));
  }

  void check(model::AuditSequence sequence, std::string_view value) {
    const model::AuditSequence expected = report_.head.sequence.next();
    if (sequence != expected) missing(expected, sequence.value() - 1);
    auto record = decode_audit_value(sequence, value);
    if (!record) {
      fault(record.error().message);
      // What it says is worth nothing; the chain goes on behind it.
      unknown_ = true;
      report_.head.sequence = sequence;
      return;
    }
    const AuditLink link{sequence, record->at, report_.head.hash, sha256(record->payload)};
    if (!unknown_ && sequence == expected && link.head() != record->head) {
      fault(name_of(sequence) +
            ": the chain of hashes does not hold: it was altered, or what "
            "stands before it");
    }
    unknown_ = false;
    ++report_.records;
    pass(sequence, record->head, record->at);
  }

  void missing(model::AuditSequence from, std::uint64_t to) {
    fault(name_of(from) + (from.value() == to
                               ? std::string(" is missing")
                               : " and those up to " + std::to_string(to) + " are missing"));
  }

  AuditVerifyReport finish(std::optional<Instant> kept_since) {
    if (report_.head.sequence < ends_.head.sequence) {
      missing(report_.head.sequence.next(), ends_.head.sequence.value());
    }
    if (kept_since && report_.forgotten && report_.forgotten->at >= *kept_since) {
      fault("the records up to " + std::to_string(report_.forgotten->last.value()) +
            " were forgotten before their time: that one is of " +
            to_rfc3339(report_.forgotten->at) + ", kept is everything since " +
            to_rfc3339(*kept_since));
    }
    const std::uint64_t forgotten = report_.forgotten ? report_.forgotten->last.value() : 0;
    for (std::string& what : search_.faults(report_.head.sequence.value(), forgotten)) {
      fault(std::move(what));
    }
    report_.held = search_.found();
    return std::move(report_);
  }

 private:
  void pass(model::AuditSequence sequence, const Hash& head, Instant at) {
    report_.head = {sequence, head};
    search_.pass(head, sequence.value(), at);
  }

  const AuditEnds& ends_;
  HeadSearch search_;
  AuditVerifyReport report_;
  bool unknown_ = false;  // the record before is not readable
};

}  // namespace

AuditVerifyReport verify_audit(const AuditDatabase& database, const AuditEnds& ends,
                               const std::vector<HeldHead>& held,
                               std::optional<Instant> kept_since) {
  AuditVerifier verifier(ends, held);
  if (const auto sums = database.db().VerifyChecksum(); !sums.ok()) {
    verifier.fault("a file's checksum does not hold: " + sums.ToString());
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(
      database.db().NewIterator(options, database.records()));
  const std::uint64_t begin = ends.anchor ? ends.anchor->sequence.value() : 0;
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto sequence = decode_audit_key({at->key().data(), at->key().size()});
    if (!sequence) {
      verifier.fault("the audit log holds a key that is no number");
      continue;
    }
    if (*sequence > ends.head.sequence) break;
    if (sequence->value() <= begin) {
      verifier.fault(name_of(*sequence) + " is there, though retention took it");
      continue;
    }
    verifier.check(*sequence, {at->value().data(), at->value().size()});
  }
  if (!at->status().ok()) {
    verifier.fault("the audit log cannot be read: " + at->status().ToString());
  }
  return verifier.finish(kept_since);
}

}  // namespace commonwatch::storage
