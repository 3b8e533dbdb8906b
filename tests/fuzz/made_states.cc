#include <array>

#include "hub/pipeline/fold.h"
#include "hub/sharing/narrowing.h"
#include "hub/storage/checkpoint_store.h"
#include "hub/storage/chunk_codec.h"
#include "hub/wire/client_message.h"
#include "hub/wire/hub_event.h"
#include "tests/fuzz/made_inputs.h"
#include "tests/fuzz/picture_settings.h"

namespace commonwatch::fuzz {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Instant kStart = *parse_rfc3339("2024-03-01T00:00:00Z");
const model::TickLength kTick{hours(1)};
constexpr int kDays = 40;

struct Said {
  Instant recorded{};
  std::string source;
  storage::Candidate event;
};

Said report(const std::string& record, const char* source, Instant occurred, model::LatLng place) {
  const std::string json =
      R"({"recordId":")" + record + R"(","occurredAt":")" + to_rfc3339(occurred) +
      R"(","location":{"latitude":)" + std::to_string(place.latitude) + R"(,"longitude":)" +
      std::to_string(place.longitude) +
      R"(,"kind":"LOCATION_KIND_SCENE"},"overdose":{"certainty":"CERTAINTY_SUSPECTED",)" +
      R"("persons":[{"outcome":"OUTCOME_NONFATAL"}]}})";
  const auto decoded = wire::decode_event(json, wire::Encoding::kJson, {});
  require(!decoded.refusal);
  storage::Candidate event;
  event.payload = decoded.payload;
  event.record_id = record;
  event.kind = model::EventKind::kOverdose;
  event.occurred = occurred;
  event.cell = model::Cell::at(place, model::kLeafLevel);
  return {occurred + minutes(10), source, std::move(event)};
}

Said own(Instant recorded, const wire::HubEvent& said) {
  storage::Candidate event;
  event.payload = wire::encode_hub_event(said);
  return {recorded, model::SourceName::hub().text(), std::move(event)};
}

// A quiet month, then eight at one corner within hours; two of them by both partners.
std::vector<Said> history(std::string_view audience) {
  std::vector<Said> all;
  for (int day = 0; day < kDays; ++day) {
    all.push_back(report("q" + std::to_string(day), "county-ems/cad",
                         kStart + hours(24 * day + day * 5 % 24),
                         {40.0 + 0.02 * (day * 7 % 17), -75.6 + 0.03 * (day * 5 % 13)}));
  }
  const Instant burst = kStart + hours(24 * kDays);
  all.push_back(own(burst, wire::Calibration{hotspot::kWholeJurisdiction,
                                             kTick.at_or_after(burst),
                                             7,
                                             40,
                                             3650,
                                             {1.0, 2.0, 3.0},
                                             {30, 100, 365},
                                             1.5,
                                             std::string(audience)}));
  for (int n = 0; n < 8; ++n) {
    const Instant occurred = burst + minutes(60 + 20 * n);
    all.push_back(report("b" + std::to_string(n), "county-ems/cad", occurred, {40.115, -75.344}));
    if (n % 4 == 0) {
      all.push_back(report("o" + std::to_string(n), "outreach/van", occurred, {40.115, -75.344}));
    }
  }
  return all;
}

std::string picture_of(const pipeline::PictureSettings& settings) {
  pipeline::Fold fold(pipeline::Picture(settings), kTick, model::Offset(0));
  fold.begin(kStart);
  const auto ignored = [](model::Version, Instant, const std::vector<model::TileDelta>&) {};
  std::uint64_t offset = 0;
  storage::Hash head(32, '\0');
  Instant recorded = kStart;
  for (const Said& said : history(settings.audience)) {
    recorded = std::max(recorded + std::chrono::microseconds(1), said.recorded);
    storage::ChunkEncoder encoder(said.source, model::Offset(offset), model::Sequence(offset + 1),
                                  0);
    ++offset;
    encoder.add(storage::Disposition::kStored, said.event, nullptr, std::string(16, 's'),
                std::string(32, 'h'));
    fold.apply(storage::to_chunk(encoder.finish(recorded, head)).value(), ignored);
  }
  fold.seal(kTick.at_or_after(recorded + hours(24)), ignored);
  return fold.picture().checkpoint();
}

// The rooms' states, as they stand in the picture's.
void keep_rooms(const std::filesystem::path& corpus, std::string_view picture) {
  ByteReader reader(picture);
  reader.get<std::uint64_t>();
  reader.get<std::uint32_t>();
  reader.get_bool();
  reader.get_instant();
  for (int table = 0; table < 2; ++table) {
    for (std::size_t left = reader.get_length(8); left > 0; --left) reader.get_text();
  }
  for (const char* name : {"state_linkage/records", "state_hotspot/engine", "state_alert/episodes",
                           "state_alert/pages", "state_health/sources"}) {
    keep(corpus, name, reader.get_text());
  }
  require(!reader.failed());
}

void keep_checkpoint(const std::filesystem::path& corpus, const std::string& name,
                     const std::string& picture) {
  keep(corpus, "checkpoint/" + name,
       storage::encode_checkpoint(
           {model::EngineEpoch(5), model::Version(9), model::Offset(60), picture}));
}

void make_pages(const std::filesystem::path& corpus) {
  alert::Ledger ledger;
  for (const char* target : {"duty", "night"}) {
    model::Paging step;
    step.alert_id = "89c6961c-1";
    step.target = target;
    step.page_id = "page-1";
    step.phase = model::PagingPhase::kSent;
    step.level = model::Severity::kAlert;
    step.reason = model::PageReason::kOpened;
    step.at = kStart;
    ledger.record(step);
  }
  keep(corpus, "state_alert/ledger", ledger.checkpoint());
}

void make_publication(const std::filesystem::path& corpus) {
  const sharing::PublicationRules rules = publication_rules();
  sharing::Publication publication(rules, kStart);
  sharing::Narrowing narrowing(rules.k_max);
  for (int day = 0; day < 30; ++day) {
    const Instant at = kStart + hours(24 * day);
    model::Incident incident;
    incident.occurred = at;
    incident.first_recorded = at;
    incident.cell = model::Cell::at({40.12, -75.34}, model::kLeafLevel);
    incident.persons = static_cast<std::uint32_t>(1 + day % 4);
    incident.fatal = static_cast<std::uint32_t>(day % 2);
    incident.partners = {0};
    publication.apply({{7, static_cast<std::uint64_t>(day)}}, incident);
    narrowing.step(publication.advance(at));
  }
  keep(corpus, "state_sharing/publication", publication.checkpoint());
  keep(corpus, "state_sharing/narrowing", narrowing.checkpoint());
}

}  // namespace

void make_states(const std::filesystem::path& corpus) {
  const std::string open = picture_of(open_settings());
  keep_rooms(corpus, open);
  keep_checkpoint(corpus, "open", open);
  keep_checkpoint(corpus, "public", picture_of(public_settings()));
  make_pages(corpus);
  make_publication(corpus);
}

}  // namespace commonwatch::fuzz
