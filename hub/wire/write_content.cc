#include "hub/wire/write_content.h"

#include <google/protobuf/repeated_ptr_field.h>

#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

// 1970 says that there is none.
template <class Message>
void write_some_instant(Instant from, Message& message,
                        google::protobuf::Timestamp* (Message::*field)()) {
  if (from != Instant{}) write_instant(from, *(message.*field)());
}

void write(const model::Hotspot& from, v1::Hotspot& to) {
  to.set_id(from.id);
  write_zone(from.zone, *to.mutable_zone());
  to.set_latitude(from.center.latitude);
  to.set_longitude(from.center.longitude);
  to.set_window_hours(from.window_hours);
  to.set_count(from.count);
  to.set_expected(from.expected);
  to.set_severity(static_cast<v1::Severity>(from.severity));
  write_instant(from.last_occurred, *to.mutable_last_occurred_at());
  to.set_exposure_days(from.exposure_days);
  to.set_provisional(from.provisional);
  to.set_fatal(from.fatal);
  to.set_score_nats(from.score);
  to.set_interval_days(from.interval_days);
}

void write(const model::Evidence& from, v1::Evidence& to) {
  write_instant(from.window_start, *to.mutable_window_start());
  write_instant(from.window_end, *to.mutable_window_end());
  to.set_baseline_persons(from.baseline_persons);
  to.set_prior_persons(from.prior_persons);
  to.set_exposure_days(from.exposure_days);
  to.set_profile_days(from.profile_days);
  to.set_completeness(from.completeness);
  to.set_trend(from.trend);
  to.set_dispersion(from.dispersion);
  to.set_note_score_nats(from.note_score);
  to.set_watch_score_nats(from.watch_score);
  to.set_alert_score_nats(from.alert_score);
  to.set_permutation_zone(from.permutation_zone);
  to.set_permutation_window(from.permutation_window);
  to.set_permutation_all(from.permutation_all);
  to.set_permutation_score_nats(from.permutation_score);
  for (const model::AgencyCount& agency : from.agencies) {
    v1::AgencyCount& written = *to.add_agencies();
    written.set_partner(agency.partner);
    written.set_persons(agency.persons);
  }
  for (const std::string& partner : from.silent) to.add_silent(partner);
}

void write(const model::Acknowledgement& from, v1::AlertAcknowledgement& to) {
  to.set_principal(from.principal);
  to.set_action(static_cast<v1::AlertAction>(from.action));
  to.set_alert_version(from.alert_version);
  write_instant(from.recorded, *to.mutable_recorded_at());
}

void write(const model::Alert& from, v1::Alert& to) {
  to.set_id(from.id);
  to.set_version(from.version);
  to.set_state(static_cast<v1::AlertState>(from.state));
  write(from.hotspot, *to.mutable_hotspot());
  write_instant(from.opened, *to.mutable_opened_at());
  write_some_instant(from.closed, to, &v1::Alert::mutable_closed_at);
  for (const auto& answer : from.acknowledgements) write(answer, *to.add_acknowledgements());
  to.set_assessment(static_cast<v1::AlertAssessment>(from.assessment));
  to.set_jurisdiction(from.jurisdiction);
  write(from.evidence, *to.mutable_evidence());
  to.set_peak(static_cast<v1::Severity>(from.peak));
  write_instant(from.changed, *to.mutable_changed_at());
  to.set_found_late(from.found_late);
  to.set_asks(from.asks);
  to.set_merged_into(from.merged_into);
  for (const std::string& id : from.merged) to.add_merged(id);
}

void write(const model::Place& from, v1::PersistentPlace& to) {
  to.set_id(from.id);
  write_zone(from.zone, *to.mutable_zone());
  to.set_latitude(from.center.latitude);
  to.set_longitude(from.center.longitude);
  to.set_days(from.days);
  to.set_count(from.count);
  to.set_expected(from.expected);
  to.set_q_value(from.q_value);
  to.set_gi_star(from.gi_star);
  to.set_trend(static_cast<v1::PlaceTrend>(from.trend));
}

void write(const model::SourceHealth& from, v1::SourceHealth& to) {
  to.set_id(from.id);
  to.set_name(from.name);
  to.set_state(static_cast<v1::HealthState>(from.state));
  write_some_instant(from.last_received, to, &v1::SourceHealth::mutable_last_received_at);
  write_some_instant(from.last_occurred, to, &v1::SourceHealth::mutable_last_occurred_at);
  write_some_instant(from.watermark, to, &v1::SourceHealth::mutable_watermark);
  to.set_received(from.received);
  to.set_expected(from.expected);
  to.set_delay_median_s(from.delay_median_s);
  to.set_delay_p90_s(from.delay_p90_s);
}

void write_figure(double from, v1::Comparison& to, void (v1::Comparison::*set)(double)) {
  if (from != model::kNoScore) (to.*set)(from);
}

void write(const model::Comparison& from, v1::Comparison& to) {
  to.set_id(from.id);
  to.set_area(from.area);
  to.set_day(from.day);
  to.set_count(from.count);
  to.set_rolling_24h(from.rolling_24h);
  write_figure(from.ears_c1, to, &v1::Comparison::set_ears_c1);
  write_figure(from.ears_c2, to, &v1::Comparison::set_ears_c2);
  write_figure(from.ears_c3, to, &v1::Comparison::set_ears_c3);
  if (from.fixed_threshold > 0) to.set_fixed_threshold(from.fixed_threshold);
  write_figure(from.recommended_threshold, to, &v1::Comparison::set_recommended_threshold);
  write_figure(from.mean_plus_2sd, to, &v1::Comparison::set_mean_plus_2sd);
  write_figure(from.cusum_poisson, to, &v1::Comparison::set_cusum_poisson);
  write_figure(from.cusum_negative_binomial, to, &v1::Comparison::set_cusum_negative_binomial);
}

void write(const model::Proposal& from, v1::Proposal& to) {
  to.set_id(from.id);
  to.set_kind(static_cast<v1::ProposalKind>(from.kind));
  to.set_cell(from.cell.id());
  to.set_latitude(from.center.latitude);
  to.set_longitude(from.center.longitude);
  to.set_persons(from.persons);
  to.set_share_unnamed(from.share_unnamed);
}

template <class Message>
void write_cell(model::Cell from, Message& to) {
  const model::LatLng center = model::zone_center({model::ZoneKind::kCell, from, {}});
  to.set_cell(from.id());
  to.set_latitude(center.latitude);
  to.set_longitude(center.longitude);
}

void write(const model::PublishedCount& from, v1::PublishedCount& to) {
  to.set_id(model::published_count_id(from));
  to.set_shared_with(from.shared_with);
  write_cell(from.cell, to);
  write_instant(from.period_start, *to.mutable_period_start());
  write_instant(from.period_end, *to.mutable_period_end());
  to.set_state(static_cast<v1::FigureState>(from.state));
  to.set_persons(from.persons);
  if (from.outcomes) {
    to.set_fatal(from.outcomes->fatal);
    to.set_other(from.outcomes->other);
  }
  to.set_revision_pending(from.revision_pending);
}

void write(const model::PublishedAlert& from, v1::PublishedAlert& to) {
  to.set_id(model::published_alert_id(from));
  to.set_figure(from.figure);
  write_cell(from.cell, to);
  write_instant(from.period_start, *to.mutable_period_start());
  write_instant(from.period_end, *to.mutable_period_end());
  to.set_persons(from.persons);
  to.set_severity(static_cast<v1::Severity>(from.severity));
  to.set_interval(static_cast<v1::IntervalBand>(from.interval));
  to.set_expectation(static_cast<v1::ExpectationBand>(from.expectation));
}

void write(const model::BandedHealth& from, v1::BandedHealth& to) {
  to.set_id(model::banded_health_id(from));
  to.set_name(from.name);
  to.set_state(static_cast<v1::HealthState>(from.state));
  to.set_sources(from.sources);
}

template <class Item, class Message>
void write_all(const std::vector<Item>& from, google::protobuf::RepeatedPtrField<Message>& to) {
  for (const Item& item : from) write(item, *to.Add());
}

template <class Message>
void write_lists(const model::TileContent& from, Message& to) {
  write_all(from.alerts, *to.mutable_alerts());
  write_all(from.places, *to.mutable_places());
  write_all(from.sources, *to.mutable_sources());
  write_all(from.comparisons, *to.mutable_comparisons());
  write_all(from.proposals, *to.mutable_proposals());
  write_all(from.published_counts, *to.mutable_published_counts());
  write_all(from.published_alerts, *to.mutable_published_alerts());
  write_all(from.banded_health, *to.mutable_banded_health());
}

}  // namespace

void write_zone(const model::Zone& from, v1::Zone& to) {
  to.set_kind(static_cast<v1::ZoneKind>(from.kind));
  to.set_cell(from.cell.id());
  to.set_name(from.name);
}

void write_alert(const model::Alert& from, v1::Alert& to) { write(from, to); }

void write_content(const model::TileContent& from, v1::TileState& to) {
  write_all(from.hotspots, *to.mutable_hotspots());
  write_lists(from, to);
}

void write_content(const model::TileContent& from, v1::Delta& to) {
  write_all(from.hotspots, *to.mutable_changed());
  write_lists(from, to);
}

}  // namespace commonwatch::wire
