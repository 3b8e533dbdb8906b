// A log in which several partners report under agreements, and everything that leaves it for one
// audience. The same seed gives the same log, stamp by stamp; two logs that begin as copies of one
// share its epoch and its key, so that their frames can be compared byte by byte.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/pipeline/channel.h"
#include "hub/pipeline/own_events.h"
#include "hub/pipeline/replay.h"
#include "hub/wire/client_message.h"
#include "hub/wire/hub_event.h"
#include "hub/wire/server_message.h"
#include "tests/sharing/coalition.h"
#include "tests/sharing/events.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::pipeline::test {

using hotspot::test::Random;
using sharing::Field;

inline const model::TickLength kTick{std::chrono::seconds(60)};
inline const Instant kStart = *parse_rfc3339("2024-03-01T00:00:00Z");
inline constexpr int kDays = 45;

struct Report {
  Instant recorded;  // each at an instant of its own
  std::string source;
  model::Event event;
};

// Agreements of which a seed says all: the six audiences, with counts that are small enough for so
// few reports; two partners that share with some of them.
inline sharing::Settings any_sharing(Random& random) {
  for (;;) {
    sharing::Settings settings;
    settings.audiences = sharing::default_audiences();
    for (sharing::Audience& audience : settings.audiences) {
      if (audience.k == 1) continue;
      audience.k = audience.id == "public" ? 3 : 2;
      audience.period_days = 7;
      audience.population_floor = 1000;
    }
    for (const char* partner : {"county-ems", "outreach"}) {
      sharing::Agreement agreement{partner, 1, kStart, "mou", false, {}};
      sharing::Term term = sharing::everything("health");
      for (auto wide = settings.audiences.rbegin(); wide != settings.audiences.rend(); ++wide) {
        if (random.chance(25)) break;
        term.audience = wide->id;
        term.purposes = {"response"};
        term.fields = term.fields.both(sharing::test::any_fields(random, 85));
        term.fields.add(Field::kOccurredAt).add(Field::kLocation).add(Field::kPersons);
        term.cell_level = static_cast<int>(random.between(11, term.cell_level));
        if (random.chance(30)) term.time_rounding = std::chrono::minutes(30);
        if (random.chance(20)) term.delay += std::chrono::hours(6);
        agreement.terms.push_back(term);
      }
      settings.agreements.push_back(std::move(agreement));
    }
    std::map<model::Cell, std::uint64_t> persons;
    for (double north = 40.08; north < 40.34; north += 0.02) {
      for (double east = -75.44; east < -75.18; east += 0.02) {
        persons[model::Cell::at({north, east}, 11)] += 300;
      }
    }
    for (const auto& [cell, count] : persons) {
      settings.publication.population.push_back({cell, count});
    }
    settings.publication.coarsest_level = 9;
    try {
      return sharing::normalised(std::move(settings));
    } catch (const Failure&) {
      // A later draw keeps the rules.
    }
  }
}

// Thinly spread at first, a dozen at one corner in the end; some are corrected or taken back.
inline std::vector<Report> any_reports(Random& random) {
  std::vector<Report> reports;
  const auto report = [&](Instant occurred, const char* source, model::LatLng place) {
    model::Event event = sharing::test::any_event(random);
    while (event.kind() != model::EventKind::kOverdose) event = sharing::test::any_event(random);
    event.occurred_at = occurred;
    event.location.latitude = place.latitude;
    event.location.longitude = place.longitude;
    event.location.kind = model::LocationKind::kScene;
    event.record_id = "r" + std::to_string(reports.size());
    event.revision = 0;
    reports.push_back({occurred + std::chrono::minutes(random.between(40, 90)), source, event});
    if (!random.chance(12)) return;
    event.revision = 1;
    if (random.chance(50)) event.report = model::Retraction{1};
    reports.push_back({occurred + std::chrono::minutes(random.between(100, 900)), source, event});
  };
  constexpr const char* kSources[] = {"county-ems/cad", "outreach/van", "outreach/phone"};
  for (int day = 0; day < kDays; ++day) {
    for (int n = 0; n < 4; ++n) {
      const Instant occurred = kStart + std::chrono::hours(24 * day) +
                               std::chrono::minutes(random.between(0, 1439)) +
                               std::chrono::seconds(random.between(0, 59));
      const bool burst = day >= kDays - 2;
      report(occurred, kSources[random.between(0, 2)],
             burst ? model::LatLng{40.2 + random.unit() / 1000, -75.3}
                   : model::LatLng{40.1 + random.unit() / 5, -75.4 + random.unit() / 5});
    }
  }
  std::stable_sort(reports.begin(), reports.end(),
                   [](const Report& a, const Report& b) { return a.recorded < b.recorded; });
  // No two at the same time, whichever are left out.
  for (std::size_t i = 1; i < reports.size(); ++i) {
    reports[i].recorded =
        std::max(reports[i].recorded, reports[i - 1].recorded + std::chrono::milliseconds(10));
  }
  return reports;
}

class CoalitionLog {
 public:
  // `birth`: a directory that `give_birth` made.
  CoalitionLog(const std::filesystem::path& birth, sharing::Settings sharing,
               const std::vector<Report>& reports)
      : settings_{hotspot::Settings{}, std::move(sharing), {}} {
    settings_.hotspot.null_days = 3650;
    std::filesystem::copy(birth, directory_ / "log", std::filesystem::copy_options::recursive);
    log_ = storage::test::open_log(options(directory_ / "log"), clock_);
    auto epochs = begin_epochs(*log_, settings_, kTick);
    if (!epochs) FAIL(epochs.error().message);
    channels_ = std::make_unique<Channels>(*std::move(epochs), feed::RingLimits(), feed::FrameMaker());
    bool calibrated = false;
    for (const Report& report : reports) {
      if (!calibrated && report.recorded > kStart + std::chrono::hours(24 * 40)) {
        calibrated = true;
        move_to(kStart + std::chrono::hours(24 * 40));
        for (const auto& channel : channels_->all()) calibrate(channel->audience);
      }
      append(report);
    }
    move_to(kStart + std::chrono::hours(24 * (kDays + 4)));
    const model::Version end = kTick.at_or_before(clock_.wall());
    (void)storage::test::seal(*log_, kTick.instant_of(end));
    for (const auto& channel : channels_->all()) {
      channel->feed.reset({channel->epoch.get()->id, end}, kTick.instant_of(end), {});
    }
  }

  // An empty log, to be copied.
  static void give_birth(const std::filesystem::path& directory) {
    const storage::test::SteppedClock clock(kStart - std::chrono::hours(1));
    storage::test::open_log(options(directory), clock)->close();
  }

  // Every frame of every kind of replay that the audience may have, and what HTTP shows.
  std::vector<std::string> leaving_for(const std::string& audience) {
    std::vector<std::string> frames;
    const bool figures = settings_.sharing.audience(audience)->k > 1;
    for (const auto mode : {wire::ReplayMode::kHotspots, wire::ReplayMode::kEvents}) {
      for (const bool now : {false, true}) {
        if (mode == wire::ReplayMode::kHotspots && now && figures) continue;
        if (mode == wire::ReplayMode::kEvents &&
            settings_.sharing.audience(audience)->content != sharing::Content::kEvents) {
          continue;
        }
        replay(audience, mode, now, frames);
      }
    }
    return frames;
  }
  const Channels& channels() const { return *channels_; }
  const storage::EventLog& log() const { return *log_; }
  const PictureSettings& settings() const { return settings_; }

 private:
  static storage::LogOptions options(const std::filesystem::path& directory) {
    storage::LogOptions options = storage::test::options_at(directory);
    options.tick = kTick;
    set_own_events(options);
    return options;
  }

  void move_to(Instant when) {
    if (when > clock_.wall()) clock_.advance(when - clock_.wall());
  }

  void append(const Report& report) {
    move_to(report.recorded);
    const auto name = storage::test::source(report.source);
    auto held = sources_.find(report.source);
    if (held == sources_.end()) {
      held = sources_.emplace(report.source, storage::test::open_source(*log_, name).value()).first;
    }
    const model::Event& event = report.event;
    storage::Candidate candidate;
    candidate.payload = wire::encode_stored_event(event);
    candidate.record_id = event.record_id;
    candidate.revision = event.revision;
    candidate.kind = event.kind();
    candidate.occurred = event.occurred_at;
    candidate.cell = model::Cell::at({event.location.latitude, event.location.longitude},
                                     model::kLeafLevel);
    held->second.last = held->second.last.next();
    storage::test::must_submit(*log_, held->second.handle, held->second.last.value(), {candidate});
  }

  // So low that the burst is seen.
  void calibrate(const std::string& audience) {
    wire::Calibration calibration;
    calibration.jurisdiction = hotspot::kWholeJurisdiction;
    calibration.due = kTick.at_or_before(clock_.wall());
    calibration.exposure_days = 365;
    calibration.null_days = 3650;
    calibration.scores = {1, 2, 3, 4};
    calibration.interval_days = {10, 40, 120, 400};
    calibration.rate_per_day = 4;
    calibration.audience = audience;
    (void)storage::test::append_hub(*log_, wire::encode_hub_event(calibration));
    clock_.advance(std::chrono::milliseconds(1));
  }

  void replay(const std::string& audience, wire::ReplayMode mode, bool now,
              std::vector<std::string>& frames) {
    access::Principal principal = access::anyone();
    principal.audience = audience;
    principal.purpose = "response";
    const ReplaySources sources{*log_, *channels_, kTick, limits_};
    wire::ReplayRequest request;
    request.replay = 1;
    request.mode = mode;
    request.knowledge_now = now;
    auto replay = make_replay(request, principal, wire::Encoding::kJson, sources);
    // With nobody who shares there is no purpose that is agreed, and nothing to see.
    if (!replay && replay.error().code == ErrorCode::kForbidden) {
      return frames.push_back(replay.error().message);
    }
    if (!replay) FAIL(replay.error().message);
    for (bool more = true; more;) {
      const auto step = (*replay)->next(StepSize::kPage);
      if (!step) FAIL(step.error().message);
      frames.insert(frames.end(), step->frames.begin(), step->frames.end());
      more = !step->at_end;
    }
    frames.push_back(wire::encode((*replay)->summarize(wire::ReplayEndReason::kEndOfRange),
                                  wire::Encoding::kJson, 1));
  }

  struct Held {
    Held(storage::SourceOpened opened) : handle(opened.handle), last(opened.last) {}
    storage::SourceHandle handle;
    model::Sequence last;
  };

  storage::test::TemporaryDirectory directory_;
  storage::test::SteppedClock clock_{kStart - std::chrono::hours(1)};
  PictureSettings settings_;
  Limits limits_;
  std::unique_ptr<storage::EventLog> log_;
  std::unique_ptr<Channels> channels_;
  std::map<std::string, Held> sources_;
};

}  // namespace commonwatch::pipeline::test
