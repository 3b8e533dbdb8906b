#include "tests/wire/samples.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

namespace commonwatch::wire::samples {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::uint64_t below(std::mt19937_64& random, std::uint64_t bound) { return random() % bound; }

std::string random_text(std::mt19937_64& random) {
  static const std::vector<std::string> pieces = {"a",  "Z", "0", "-", "ü", "\"", "\\",    "\n",
                                                  "漢", "😀", "{", "]", ",", " ",  "\u0001"};
  std::string text;
  for (std::uint64_t i = below(random, 12); i > 0; --i) {
    text += pieces[below(random, pieces.size())];
  }
  return text;
}

double random_double(std::mt19937_64& random) {
  switch (below(random, 4)) {
    case 0:
      return 0;
    case 1:
      return static_cast<double>(below(random, 361)) - 180;
    case 2:
      return std::uniform_real_distribution<double>(-180, 180)(random);
    default:
      return std::uniform_real_distribution<double>(-1, 1)(random) *
             std::pow(10.0, static_cast<double>(below(random, 40)) - 20);
  }
}

void fill(std::mt19937_64& random, Message& message);

void fill_timestamp(std::mt19937_64& random, google::protobuf::Timestamp& time) {
  time.set_seconds(static_cast<std::int64_t>(below(random, 4'000'000'000)) - 1'000'000'000);
  if (below(random, 2) == 0) time.set_nanos(static_cast<int>(below(random, 1'000'000'000)));
}

void fill_field(std::mt19937_64& random, Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = random_text(random);
      if (field.type() == FieldDescriptor::TYPE_BYTES) text += "\xff\xfe";
      reflection.SetString(&message, &field, std::move(text));
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(random()));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      reflection.SetDouble(&message, &field, random_double(random));
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      reflection.SetFloat(&message, &field, static_cast<float>(random_double(random)));
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& type = *field.enum_type();
      const auto value = type.value(
          static_cast<int>(below(random, static_cast<std::uint64_t>(type.value_count()))));
      if (field.is_repeated()) {
        reflection.AddEnum(&message, &field, value);
      } else {
        reflection.SetEnum(&message, &field, value);
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      fill(random, field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                       : *reflection.MutableMessage(&message, &field));
      break;
    default:
      FAIL("the generator does not know " << field.full_name());
  }
}

void fill(std::mt19937_64& random, Message& message) {
  if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&message)) {
    fill_timestamp(random, *time);
    return;
  }
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    std::uint64_t count = below(random, 4) == 0 ? 0 : 1;
    if (type.field(i)->is_repeated()) count = below(random, 4);
    for (; count > 0; --count) fill_field(random, message, *type.field(i));
  }
}

}  // namespace

template <class Made>
Made from_text(const std::string& text) {
  Made message;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}
template v1::Event from_text<v1::Event>(const std::string&);
template v1::ClientMessage from_text<v1::ClientMessage>(const std::string&);

std::string proto3_json(const Message& message) {
  std::string json;
  REQUIRE(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

v1::Event full_overdose() {
  return from_text<v1::Event>(R"(
    record_id: "2016-000123" revision: 2
    occurred_at { seconds: 1457687340 nanos: 250000000 }
    location { latitude: 40.1215 longitude: -75.3399 accuracy_m: 25.5
               kind: LOCATION_KIND_SCENE area_code: "19401" }
    overdose {
      certainty: CERTAINTY_PROBABLE outcome: OUTCOME_NONFATAL
      persons { age_band: AGE_BAND_25_TO_34 sex: SEX_FEMALE outcome: OUTCOME_NONFATAL
                administrations { medication: MEDICATION_NALOXONE dose_mg: 4
                                  route: ROUTE_INTRANASAL giver: GIVER_POLICE
                                  response: RESPONSE_IMPROVED } }
      persons { age_band: AGE_BAND_35_TO_44 sex: SEX_MALE outcome: OUTCOME_FATAL }
      substances: SUBSTANCE_FENTANYL substances: SUBSTANCE_XYLAZINE
      place: PLACE_STREET transport: TRANSPORT_TRANSPORTED
      match_key: "\001\377key" match_key_version: 7
    })");
}

v1::Event random_event(std::mt19937_64& random) {
  v1::Event event;
  fill(random, event);
  return event;
}

v1::ServerMessage parse_frame(std::string_view frame) {
  v1::ServerMessage message;
  REQUIRE(message.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
  return message;
}

model::Hotspot hotspot(std::string id, double latitude, double longitude) {
  model::Hotspot made;
  made.id = std::move(id);
  made.zone.cell = model::Cell::at({latitude, longitude}, 13);
  made.center = made.zone.cell.center();
  made.window_hours = 24;
  made.count = 7;
  made.fatal = 1;
  made.expected = 1.234;
  made.score = 3.25;
  made.interval_days = 480.5;
  made.severity = model::Severity::kAlert;
  made.last_occurred = instant_from_micros(1'457'687'340'000'000);
  made.exposure_days = 120;
  return made;
}

namespace {

model::Alert alert() {
  const Instant time = instant_from_micros(1'457'687'340'000'000);
  model::Alert made;
  made.id = "89c6961c-1";
  made.version = 3;
  made.state = model::AlertState::kMerged;
  made.assessment = model::Assessment::kWeakened;
  made.jurisdiction = "Montgomery";
  made.hotspot = hotspot("h", 40.12, -75.34);
  made.hotspot.zone.name = "Norristown";
  made.evidence = {time,
                   time + std::chrono::hours(24),
                   11.5,
                   2.25,
                   92,
                   0.9,
                   0.8,
                   1.1,
                   0.05,
                   5,
                   7,
                   9,
                   40,
                   50,
                   600,
                   4.5,
                   {{"county-ems", 5}, {"police", 2}},
                   {"hospital"}};
  made.peak = model::Severity::kAlert;
  made.opened = time;
  made.changed = time + std::chrono::hours(1);
  made.closed = time + std::chrono::hours(2);
  made.found_late = true;
  made.merged_into = "older";
  made.merged = {"younger"};
  made.acknowledgements = {{"anna", model::AlertAction::kTaken, 2, time}};
  return made;
}

model::Place place() {
  model::Place made;
  made.id = "place:89c6961c:90";
  made.zone = {model::ZoneKind::kBlock, model::Cell::at({40.12, -75.34}, 13), "name"};
  made.center = made.zone.cell.center();
  made.days = 90;
  made.count = 31;
  made.expected = 12.5;
  made.q_value = 0.0123;
  made.gi_star = 3.456;
  made.trend = model::PlaceTrend::kIntensifying;
  return made;
}

model::SourceHealth health() {
  const Instant time = instant_from_micros(1'457'687'340'000'000);
  return {"source:county-ems/cad-1",
          "county-ems/cad-1",
          model::HealthState::kLate,
          time,
          time - std::chrono::minutes(9),
          time - std::chrono::minutes(40),
          17,
          20.5,
          300,
          1800};
}

}  // namespace

model::TileContent full_content() {
  model::TileContent content;
  content.hotspots = {alert().hotspot};
  content.alerts = {alert()};
  content.places = {place()};
  content.sources = {health()};
  content.comparisons = {{"comparison:Norristown", "Norristown", "2016-03-11", 4, 5, 2.5, 3.5, 4.5,
                          3, 6, 7.25, 1.5, 1.25}};
  content.proposals.resize(1);
  model::Proposal& proposal = content.proposals.front();
  proposal.id = "proposal:89c6961c3";
  proposal.kind = model::ProposalKind::kPlaceholder;
  proposal.cell = model::Cell::at({40.2290075, -75.3878525}, model::kLeafLevel);
  proposal.center = proposal.cell.center();
  proposal.persons = 56;
  proposal.share_unnamed = 0.875;
  const model::Cell zone = model::Cell::at({40.12, -75.34}, 11);
  const Instant start = *parse_rfc3339("2016-03-11T05:00:00Z");
  model::PublishedCount count;
  count.shared_with = "police";
  count.cell = zone;
  count.period_start = start;
  count.period_end = start + std::chrono::hours(24);
  count.state = model::FigureState::kShown;
  count.persons = 9;
  count.outcomes = model::OutcomeCounts{3, 6};
  content.published_counts = {count};
  content.published_alerts = {{model::published_count_id(count), zone, count.period_start,
                               count.period_end, 9, model::Severity::kWatch,
                               model::IntervalBand::kDays100, model::ExpectationBand::kFromK}};
  content.banded_health = {{"county-ems", model::HealthState::kLate, 4}};
  return content;
}

namespace {

void collect_set(const Message& message, std::set<std::string>& seen, std::set<std::string>& set) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  if (type.full_name() == "google.protobuf.Timestamp") return;
  for (int i = 0; i < type.field_count(); ++i) seen.insert(type.field(i)->full_name());
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    set.insert(field->full_name());
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      collect_set(reflection.GetMessage(message, field), seen, set);
      continue;
    }
    for (int k = 0; k < reflection.FieldSize(message, field); ++k) {
      collect_set(reflection.GetRepeatedMessage(message, field, k), seen, set);
    }
  }
}

}  // namespace

std::set<std::string> unset_fields(const Message& message) {
  std::set<std::string> seen;
  std::set<std::string> set;
  collect_set(message, seen, set);
  for (const std::string& name : set) seen.erase(name);
  return seen;
}

}  // namespace commonwatch::wire::samples
