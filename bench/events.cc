#include "bench/events.h"

#include <cstdio>
#include <ctime>
#include <random>
#include <set>
#include <utility>

#include "bench/frame.h"
#include "bench/incomplete.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::bench {
namespace {

constexpr std::int64_t kSpanSeconds = 30LL * 24 * 3600;

void add_report(std::uint64_t number, v1::Overdose& overdose) {
  overdose.set_certainty(v1::CERTAINTY_PROBABLE);
  overdose.set_outcome(number % 17 == 0 ? v1::OUTCOME_FATAL : v1::OUTCOME_NONFATAL);
  overdose.set_place(v1::PLACE_STREET);
  overdose.set_transport(v1::TRANSPORT_TRANSPORTED);
  overdose.add_substances(v1::SUBSTANCE_FENTANYL);
  overdose.add_substances(v1::SUBSTANCE_XYLAZINE);
  v1::Person& person = *overdose.add_persons();
  person.set_age_band(v1::AGE_BAND_25_TO_34);
  person.set_sex(v1::SEX_MALE);
  person.set_outcome(v1::OUTCOME_NONFATAL);
  for (const float dose : {4.0F, 8.0F}) {
    v1::Administration& given = *person.add_administrations();
    given.set_medication(v1::MEDICATION_NALOXONE);
    given.set_dose_mg(dose);
    given.set_route(v1::ROUTE_INTRANASAL);
    given.set_giver(v1::GIVER_EMS);
    given.set_response(v1::RESPONSE_IMPROVED);
  }
  // A number of its own: reports with one number are one incident.
  char key[33];
  std::snprintf(key, sizeof key, "%032llx", static_cast<unsigned long long>(number));
  overdose.set_match_key(std::string(key, 32));
  overdose.set_match_key_version(1);
}

}  // namespace

std::string encode_event(std::uint64_t number, const Happening& happening) {
  char name[32];
  std::snprintf(name, sizeof name, "%020llu", static_cast<unsigned long long>(number));
  v1::Event event;
  event.set_record_id(name);
  event.mutable_occurred_at()->set_seconds(happening.second);
  v1::Location& location = *event.mutable_location();
  location.set_latitude(happening.place.latitude);
  location.set_longitude(happening.place.longitude);
  location.set_accuracy_m(25);
  location.set_kind(v1::LOCATION_KIND_SCENE);
  add_report(number, *event.mutable_overdose());
  const std::size_t size = event.ByteSizeLong();
  require(size <= kEventBytes, "an event is larger than it should be");
  event.mutable_record_id()->append(kEventBytes - size, 'x');
  return event.SerializeAsString();
}

std::string publish_frame(const std::string& source, std::uint64_t first_sequence,
                          const std::vector<std::string>& events) {
  v1::ClientMessage message;
  v1::Publish& publish = *message.mutable_publish();
  publish.set_source(source);
  publish.set_first_sequence(first_sequence);
  for (const std::string& event : events) publish.add_events(event);
  return client_frame(Opcode::kBinary, message.SerializeAsString());
}

std::string source_name(std::uint32_t partner) {
  return "bench-" + std::to_string(partner) + "/cad";
}

std::vector<std::string> make_events(const std::string& source, std::uint64_t events,
                                     std::int64_t age_s) {
  std::mt19937_64 random(std::hash<std::string>{}(source));
  std::uniform_real_distribution<double> offset(-kCountyDegrees, kCountyDegrees);
  // The same in every round.
  static const std::int64_t start = std::time(nullptr) - kSpanSeconds;
  std::vector<std::string> encoded;
  for (std::uint64_t sequence = 1; sequence <= events; ++sequence) {
    const auto share = static_cast<double>(sequence) / static_cast<double>(events);
    const model::LatLng place{kMiddle.latitude + offset(random),
                              kMiddle.longitude + offset(random)};
    const auto second = start - age_s + static_cast<std::int64_t>(share * kSpanSeconds);
    encoded.push_back(encode_event(sequence, {place, second}));
  }
  return encoded;
}

std::vector<Batch> make_batches(const std::string& source, std::uint64_t events,
                                std::uint64_t batch_events, std::int64_t age_s) {
  std::vector<Batch> batches;
  std::vector<std::string> batch;
  std::uint64_t sequence = 0;
  for (std::string& event : make_events(source, events, age_s)) {
    batch.push_back(std::move(event));
    ++sequence;
    if (batch.size() < batch_events && sequence < events) continue;
    batches.push_back({publish_frame(source, sequence - batch.size() + 1, batch), sequence});
    batch.clear();
  }
  return batches;
}

namespace {

std::vector<model::LatLng> places_in(const model::Cell tile, std::size_t count, int level) {
  constexpr double kStepDegrees = 0.003;
  constexpr int kSteps = 100;
  const model::LatLng middle = tile.center();
  std::set<model::Cell> cells;
  for (int north = -kSteps; north <= kSteps; ++north) {
    for (int east = -kSteps; east <= kSteps && cells.size() < count; ++east) {
      const model::Cell cell = model::Cell::at(
          {middle.latitude + north * kStepDegrees, middle.longitude + east * kStepDegrees}, level);
      if (tile.contains(cell)) cells.insert(cell);
    }
  }
  require(cells.size() == count, "a tile does not hold so many cells");
  std::vector<model::LatLng> places;
  for (const model::Cell cell : cells) places.push_back(cell.center());
  return places;
}

}  // namespace

std::vector<model::LatLng> places_in_one_tile(std::size_t count, int level) {
  return places_in(model::Cell::at(kMiddle, model::kTileLevel), count, level);
}

std::vector<TilePlaces> places_in_tiles(std::size_t tiles, std::size_t count, int level) {
  constexpr double kStepDegrees = 0.1;
  std::set<model::Cell> chosen;
  for (int step = 0; chosen.size() < tiles; ++step) {
    const double north = kStepDegrees * (step % 100);
    const double west = kStepDegrees * (step / 100);
    chosen.insert(
        model::Cell::at({kMiddle.latitude - north, kMiddle.longitude - west}, model::kTileLevel));
  }
  std::vector<TilePlaces> all;
  for (const model::Cell tile : chosen) all.push_back({tile, places_in(tile, count, level)});
  return all;
}

}  // namespace commonwatch::bench
