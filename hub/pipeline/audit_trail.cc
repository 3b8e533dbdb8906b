#include "hub/pipeline/audit_trail.h"

#include <algorithm>
#include <utility>

#include "hub/base/utf8.h"
#include "hub/wire/audit_record.h"

namespace commonwatch::pipeline {
namespace {

// A street's width; an area that needs more cells is named by coarser ones.
constexpr int kFinestLevel = 15;
constexpr int kLevelStep = 3;

// What is no UTF-8 could not be read again: each of its bytes above ASCII becomes a question mark.
// Cut between characters.
void tidy_up(std::string& text, std::size_t bytes_max) {
  if (!is_utf8(text)) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  if (text.size() <= bytes_max) return;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) {
    --bytes_max;
  }
  text.resize(bytes_max);
}

}  // namespace

AuditTrail::AuditTrail(storage::AuditLog& log, const Clock& clock, const Limits& limits)
    : log_(log), clock_(clock), limits_(limits), refusals_(limits.refusal_addresses_max) {}

Result<void> AuditTrail::append(const model::AuditRecord& record) {
  return log_.append(record.at, wire::encode_audit_record(record));
}

void AuditTrail::set_agreement(std::string version) {
  const std::lock_guard lock(mutex_);
  agreement_ = std::move(version);
}

Result<void> AuditTrail::check_room() const {
  if (log_.has_room()) return {};
  return make_error(ErrorCode::kNoSpace,
                    "the hub has no room to record what is done, and does nothing unrecorded; ask "
                    "again later");
}

void AuditTrail::record(model::AuditRecord record) {
  record.at = clock_.wall();
  if (record.agreement.empty()) {
    const std::lock_guard lock(mutex_);
    record.agreement = agreement_;
  }
  for (std::string* text :
       {&record.action, &record.session, &record.principal, &record.audience, &record.address,
        &record.purpose, &record.object.name, &record.agreement, &record.note}) {
    tidy_up(*text, limits_.audit_text_bytes_max);
  }
  if (const std::uint64_t unsaid = lost_unsaid_.exchange(0); unsaid != 0) {
    model::AuditRecord said;
    said.at = record.at;
    said.kind = model::AuditKind::kOperation;
    said.action = "records-lost";
    said.object.count = unsaid;
    if (!append(said)) lost_unsaid_ += unsaid;
  }
  if (append(record)) return;
  ++lost_;
  ++lost_unsaid_;
}

void AuditTrail::record(const AuditActor& actor, model::AuditKind kind, std::string action,
                        model::AuditObject object, std::optional<ErrorCode> refused) {
  model::AuditRecord record;
  record.kind = kind;
  record.action = std::move(action);
  record.session = actor.session;
  record.principal = actor.principal;
  record.audience = actor.audience;
  record.address = actor.address;
  record.purpose = actor.purpose;
  record.object = std::move(object);
  record.refused = refused;
  this->record(std::move(record));
}

void AuditTrail::refuse(const std::string& peer, ErrorCode reason) {
  const std::lock_guard lock(mutex_);
  refusals_.add(access::address_of(peer), reason, clock_.wall());
}

void AuditTrail::flush_refusals(bool all) {
  std::vector<access::FoldedRefusals> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = all ? refusals_.take_all() : refusals_.take_ended(clock_.wall());
  }
  for (const access::FoldedRefusals& refusals : ended) {
    model::AuditRecord folded;
    folded.kind = model::AuditKind::kRefusal;
    folded.address = refusals.address;
    folded.object.from = refusals.minute;
    folded.object.to = refusals.minute + std::chrono::minutes(1);
    folded.object.count = refusals.count;
    folded.refused = refusals.last;
    record(std::move(folded));
  }
}

std::vector<model::Cell> AuditTrail::cells_of(const model::AreaRequest& request) const {
  const auto area = model::Area::make(request, limits_);
  if (!area || area->is_everywhere()) return {};
  std::vector<model::Cell> cells;
  for (int level = kFinestLevel; level >= 0; level -= kLevelStep) {
    cells = area->covering(level);
    if (cells.size() <= limits_.audit_cells_max) break;
  }
  return cells;
}

}  // namespace commonwatch::pipeline
