#include "hub/wire/hub_event.h"

#include <cmath>

#include "commonwatch/log/v1/log.pb.h"
#include "hub/wire/decision.h"
#include "hub/wire/parse.h"
#include "hub/wire/read_event.h"
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

// --- written ---------------------------------------------------------------------------------

void write(const Configuration& from, log::v1::HubEvent& event) {
  log::v1::Configuration& to = *event.mutable_configuration();
  to.set_engine_version(from.engine_version);
  to.set_hub(from.hub);
  to.set_settings(from.settings);
  for (const AudienceEpoch& audience : from.audiences) {
    log::v1::AudienceEpoch& written = *to.add_audiences();
    written.set_audience(audience.audience);
    written.set_digest(audience.digest);
    written.set_generation(audience.generation);
    written.set_begins(audience.begins);
    written.set_settings_generation(audience.settings_generation);
    written.set_altered_generation(audience.altered_generation);
  }
}

void write(const End&, log::v1::HubEvent& event) { event.mutable_end(); }

void write_subject(const model::AlertSubject& from, log::v1::AlertSubject& to) {
  to.set_jurisdiction(from.jurisdiction);
  write_zone(from.zone, *to.mutable_zone());
  to.set_latitude(from.center.latitude);
  to.set_longitude(from.center.longitude);
  write_instant(from.last_occurred, *to.mutable_last_occurred());
}

void write(const AlertAcknowledged& from, log::v1::HubEvent& event) {
  log::v1::AlertAcknowledged& to = *event.mutable_alert_acknowledged();
  to.set_alert_id(from.alert_id);
  to.set_alert_version(from.alert_version);
  to.set_action(static_cast<v1::AlertAction>(from.action));
  to.set_principal(from.principal);
  to.set_audience(from.audience);
  if (from.subject) write_subject(*from.subject, *to.mutable_subject());
  to.set_level(static_cast<v1::Severity>(from.level));
  to.set_count(from.count);
}

void write(const Decided& from, log::v1::HubEvent& event) {
  log::v1::Decided& to = *event.mutable_decided();
  to.set_principal(from.decision.principal);
  if (const auto* pair = std::get_if<model::PairDecision>(&from.decision.subject)) {
    write_pair(*pair, *to.mutable_pair());
  } else {
    write_site(std::get<model::SiteDecision>(from.decision.subject), *to.mutable_site());
  }
  to.set_audience(from.audience);
}

void write(const Calibration& from, log::v1::HubEvent& event) {
  log::v1::Calibration& to = *event.mutable_calibration();
  to.set_jurisdiction(from.jurisdiction);
  to.set_due_version(from.due.value());
  to.set_seed(from.seed);
  to.set_exposure_days(from.exposure_days);
  to.set_null_days(from.null_days);
  to.mutable_scores()->Add(from.scores.begin(), from.scores.end());
  to.mutable_interval_days()->Add(from.interval_days.begin(), from.interval_days.end());
  to.set_rate_per_day(from.rate_per_day);
  to.set_audience(from.audience);
}

void write(const Paging& from, log::v1::HubEvent& event) {
  log::v1::Paging& to = *event.mutable_paging();
  to.set_alert_id(from.alert_id);
  to.set_alert_version(from.alert_version);
  to.set_target(from.target);
  to.set_page_id(from.page_id);
  to.set_attempt(from.attempt);
  to.set_phase(static_cast<log::v1::PagingPhase>(from.phase));
  write_instant(from.at, *to.mutable_at());
  to.set_level(static_cast<v1::Severity>(from.level));
  to.set_count(from.count);
  to.set_reason(static_cast<log::v1::PageReason>(from.reason));
  to.set_audience(from.audience);
  if (from.subject) write_subject(*from.subject, *to.mutable_subject());
}

// Most significant byte first.
void write(const Erasure& from, log::v1::HubEvent& event) {
  log::v1::Erasure& to = *event.mutable_erasure();
  to.set_source(from.source.text());
  for (const std::uint64_t word : from.record.words) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      to.mutable_record_key()->push_back(static_cast<char>(word >> static_cast<unsigned>(shift)));
    }
  }
  to.set_events(from.events);
  to.set_principal(from.principal);
}

void write(const Rewritten& from, log::v1::HubEvent& event) {
  log::v1::Rewritten& to = *event.mutable_rewritten();
  for (const model::Offset first : from.chunks) to.add_chunks(first.value());
  to.set_hashes(from.hashes);
}

// --- read ------------------------------------------------------------------------------------

Error unknown(const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "an event of the hub's own " + what +
                        " that this hub does not know; was it written by a newer hub?");
}

Error inconsistent(const std::string& what) {
  return make_error(ErrorCode::kInternal,
                    "an event of the hub's own " + what + "; run verify on the log");
}

std::string audience_or_all(const std::string& audience) {
  return audience.empty() ? std::string(model::kOpenAudience) : audience;
}

Configuration read(const log::v1::Configuration& from) {
  Configuration to{from.engine_version(), from.hub(), from.settings(), {}};
  for (const log::v1::AudienceEpoch& audience : from.audiences()) {
    to.audiences.push_back({audience.audience(), audience.digest(), audience.generation(),
                            audience.begins(), audience.settings_generation(),
                            audience.altered_generation()});
  }
  return to;
}

bool is_on_earth(model::LatLng point) {
  return std::abs(point.latitude) <= 90 && std::abs(point.longitude) <= 180;  // a NaN is not
}

// Nothing where there is none.
Result<std::optional<model::AlertSubject>> read_subject(bool has,
                                                        const log::v1::AlertSubject& from) {
  std::optional<model::AlertSubject> to;
  if (!has) return to;
  if (!v1::ZoneKind_IsValid(from.zone().kind())) return unknown("has a kind of zone");
  const auto last = read_instant(from.last_occurred());
  const auto kind = static_cast<model::ZoneKind>(from.zone().kind());
  const model::Cell cell(from.zone().cell());
  const bool has_cells = kind == model::ZoneKind::kCell || kind == model::ZoneKind::kBlock;
  const model::LatLng center{from.latitude(), from.longitude()};
  if (!last || (has_cells && !cell.is_valid()) || !is_on_earth(center)) {
    return inconsistent("has an alert that lies nowhere");
  }
  to = {from.jurisdiction(), {kind, cell, from.zone().name()}, center, *last};
  return to;
}

Result<HubEvent> read(const log::v1::AlertAcknowledged& from) {
  if (!v1::AlertAction_IsValid(from.action())) return unknown("has an action");
  if (!v1::Severity_IsValid(from.level())) return unknown("has a level");
  auto subject = read_subject(from.has_subject(), from.subject());
  if (!subject) return subject.error();
  return HubEvent(AlertAcknowledged{
      from.alert_id(), from.alert_version(), static_cast<model::AlertAction>(from.action()),
      from.principal(), audience_or_all(from.audience()), *std::move(subject),
      static_cast<model::Severity>(from.level()), from.count()});
}

Result<HubEvent> read(const log::v1::Decided& from) {
  switch (from.subject_case()) {
    case log::v1::Decided::kPair: {
      auto pair = read_pair(from.pair());
      if (pair.has_error()) return inconsistent("is no decision: " + pair.error().message);
      return HubEvent(
          Decided{{from.principal(), std::move(*pair)}, audience_or_all(from.audience())});
    }
    case log::v1::Decided::kSite: {
      auto site = read_site(from.site());
      if (site.has_error()) return inconsistent("is no decision: " + site.error().message);
      return HubEvent(
          Decided{{from.principal(), std::move(*site)}, audience_or_all(from.audience())});
    }
    case log::v1::Decided::SUBJECT_NOT_SET:
      break;
  }
  return unknown("decides something");
}

Result<HubEvent> read(const log::v1::Calibration& from) {
  if (from.scores_size() != from.interval_days_size()) {
    return inconsistent("has a calibration whose columns differ in length");
  }
  Calibration to;
  to.jurisdiction = from.jurisdiction();
  to.due = model::Version(from.due_version());
  to.seed = from.seed();
  to.exposure_days = from.exposure_days();
  to.null_days = from.null_days();
  to.scores.assign(from.scores().begin(), from.scores().end());
  to.interval_days.assign(from.interval_days().begin(), from.interval_days().end());
  to.rate_per_day = from.rate_per_day();
  to.audience = audience_or_all(from.audience());
  return HubEvent(std::move(to));
}

Result<HubEvent> read(const log::v1::Paging& from) {
  if (!log::v1::PagingPhase_IsValid(from.phase())) return unknown("has a phase of paging");
  if (!v1::Severity_IsValid(from.level())) return unknown("has a level");
  if (!log::v1::PageReason_IsValid(from.reason())) return unknown("has a reason of paging");
  const auto at = read_instant(from.at());
  if (!at) return inconsistent("has a time of paging that is none");
  auto subject = read_subject(from.has_subject(), from.subject());
  if (!subject) return subject.error();
  return HubEvent(Paging{from.alert_id(), from.alert_version(), from.target(), from.page_id(),
                         from.attempt(), static_cast<PagingPhase>(from.phase()), *at,
                         static_cast<model::Severity>(from.level()), from.count(),
                         static_cast<model::PageReason>(from.reason()),
                         audience_or_all(from.audience()), *std::move(subject)});
}

Result<HubEvent> read(const log::v1::Erasure& from) {
  const auto source = model::SourceName::parse(from.source());
  constexpr std::size_t kKeyBytes = 16;
  if (!source || from.record_key().size() != kKeyBytes) {
    return inconsistent("is an erasure of no record");
  }
  Erasure to{*source, {}, from.events(), from.principal()};
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    std::uint64_t& word = to.record.words[i / 8];
    word = word << 8U | static_cast<unsigned char>(from.record_key()[i]);
  }
  return HubEvent(std::move(to));
}

Result<HubEvent> read(const log::v1::Rewritten& from) {
  constexpr int kHashBytes = 32;
  if (from.chunks_size() * std::size_t{kHashBytes} != from.hashes().size()) {
    return inconsistent("names chunks and hashes that do not fit");
  }
  Rewritten to;
  to.chunks.reserve(static_cast<std::size_t>(from.chunks_size()));
  for (const std::uint64_t first : from.chunks()) to.chunks.emplace_back(first);
  to.hashes = from.hashes();
  return HubEvent(std::move(to));
}

}  // namespace

std::string encode_hub_event(const HubEvent& event) {
  log::v1::HubEvent message;
  std::visit([&message](const auto& kind) { write(kind, message); }, event);
  return message.SerializeAsString();
}

Result<HubEvent> decode_hub_event(std::string_view payload) {
  log::v1::HubEvent message;
  if (!parse_binary(payload, message)) return inconsistent("is not in protobuf encoding");
  switch (message.event_case()) {
    case log::v1::HubEvent::kConfiguration:
      return HubEvent(read(message.configuration()));
    case log::v1::HubEvent::kEnd:
      return HubEvent(End{});
    case log::v1::HubEvent::kAlertAcknowledged:
      return read(message.alert_acknowledged());
    case log::v1::HubEvent::kDecided:
      return read(message.decided());
    case log::v1::HubEvent::kCalibration:
      return read(message.calibration());
    case log::v1::HubEvent::kPaging:
      return read(message.paging());
    case log::v1::HubEvent::kErasure:
      return read(message.erasure());
    case log::v1::HubEvent::kRewritten:
      return read(message.rewritten());
    case log::v1::HubEvent::EVENT_NOT_SET:
      break;
  }
  return unknown("is of a kind");
}

}  // namespace commonwatch::wire
