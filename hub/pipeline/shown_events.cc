#include "hub/pipeline/shown_events.h"

#include <algorithm>

#include "hub/sharing/redact.h"
#include "hub/storage/record_keys.h"
#include "hub/wire/client_message.h"

namespace commonwatch::pipeline {
namespace {

// Secret, and each audience's own: made of the log's key, under a name that no record can have.
sharing::PseudonymKey pseudonym_key(const storage::EventLog& log, std::string_view audience) {
  return {log.record_keys().of(model::SourceName::hub(), audience).words};
}

}  // namespace

ShownEvents::ShownEvents(std::shared_ptr<const sharing::View> view, std::string purpose,
                         const storage::EventLog& log)
    : view_(std::move(view)),
      purpose_(std::move(purpose)),
      key_(pseudonym_key(log, view_->audience().id)) {}

Result<void> ShownEvents::check() const {
  const std::string& audience = view_->audience().id;
  if (view_->audience().content != sharing::Content::kEvents) {
    return make_error(ErrorCode::kForbidden,
                      audience + " is shown no events; replay hotspots, or ask the hub's operator",
                      "replay.mode");
  }
  const auto partners = view_->partners();
  const auto allows = [&](const std::string& partner) {
    return view_->allows_purpose(partner, purpose_);
  };
  if (is_open() || std::ranges::any_of(partners, allows)) return {};
  return make_error(ErrorCode::kForbidden,
                    "no partner lets " + audience + " use its events for " +
                        (purpose_.empty() ? "a purpose that is not stated" : purpose_) +
                        "; say one that is agreed in hello.purpose",
                    "hello.purpose");
}

bool ShownEvents::shares(const model::SourceName& source) const {
  return view_->allows_purpose(source.partner(), purpose_);
}

void ShownEvents::set_agreed(std::string_view settings) {
  const auto then = sharing::Settings::of_canonical(settings);
  const std::string& audience = view_->audience().id;
  nothing_then_ = !then.is_open() && then.audience(audience) == nullptr;
  then_.reset();
  if (nothing_then_) return;
  then_ = sharing::View::compile(then, then.is_open() ? model::kOpenAudience : audience);
}

std::optional<sharing::Term> ShownEvents::term_of(std::string_view partner) const {
  const sharing::Term* now = view_->term(partner);
  if (now == nullptr || nothing_then_) return std::nullopt;
  if (!then_) return *now;
  const sharing::Term* then = then_->term(partner);
  const bool events = then_->audience().content == sharing::Content::kEvents;
  return then == nullptr || !events ? std::nullopt : std::optional(sharing::both(*now, *then));
}

bool ShownEvents::is_less(const model::SourceName& source) const {
  if (is_open()) return false;
  const auto term = term_of(source.partner());
  const sharing::Term& now = *view_->term(source.partner());
  return !term || term->fields != now.fields || term->cell_level != now.cell_level ||
         term->time_rounding != now.time_rounding;
}

bool ShownEvents::is_over(const storage::Chunk& chunk, Instant now) const {
  const std::int32_t days = view_->term(chunk.source.partner())->keep_days;
  return days > 0 && chunk.recorded + std::chrono::days(days) <= now;
}

std::optional<ShownEvent> ShownEvents::show(const storage::Chunk& chunk,
                                            const storage::Entry& entry) const {
  if (is_open()) {
    return ShownEvent{entry.kind, entry.occurred, entry.cell, entry.sequence, chunk.recorded, {}};
  }
  const auto event = wire::decode_stored_event(entry.payload);
  if (!event) throw Failure(event.error());
  const auto agreed = term_of(chunk.source.partner());
  if (!agreed) return std::nullopt;
  const sharing::Term& term = *agreed;
  const auto cut = sharing::redact(*event, chunk.source.text(), term, key_);
  if (!cut) return std::nullopt;
  ShownEvent shown;
  shown.kind = entry.kind;
  if (cut->has_occurred_at) shown.occurred = cut->occurred_at;
  if (cut->has_location) {
    shown.cell = model::Cell::at({cut->location.latitude, cut->location.longitude},
                                 model::kLeafLevel);
  }
  // A report comes soon behind what it reports, so that it may tell the time no better.
  shown.recorded = sharing::round_down(chunk.recorded, term.time_rounding);
  shown.payload = wire::encode_stored_event(*cut);
  return shown;
}

}  // namespace commonwatch::pipeline
