// Engine epochs while the hub runs: after an erasure, and after a change of settings.
#include "hub/alert/stray.h"
#include "hub/pipeline/erasure.h"
#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

using std::chrono::hours;

// Erases, and waits until the new epoch is what the feed shows.
pipeline::Epoch erase(Core& core, const std::string& record) {
  const auto erased =
      pipeline::erase_record(core.log(), "county-ems/cad", record, "the privacy officer");
  REQUIRE(erased.has_value());
  REQUIRE(erased->events == 1);
  return core.begin_epoch(quick_settings());
}

std::uint32_t persons(const Core& core) {
  std::uint32_t most = 0;
  for (const model::Hotspot& hotspot : core.feed().hotspots().second) {
    most = std::max(most, hotspot.count);
  }
  return most;
}

model::Alert only_alert(const Core& core) {
  const auto alerts = core.all_alerts();
  REQUIRE(alerts.size() == 1);
  return alerts[0];
}

wire::ReplayRequest request(wire::ReplayMode mode, std::optional<Instant> from = {}) {
  wire::ReplayRequest made;
  made.replay = 1;
  made.mode = mode;
  made.from_recorded = from;
  return made;
}

constexpr auto kEvents = wire::ReplayMode::kEvents;
constexpr auto kHotspots = wire::ReplayMode::kHotspots;

}  // namespace

TEST_CASE(
    "After an erasure positions are refused, and what is shown is folded without the record") {
  const TemporaryDirectory directory;
  model::EngineEpoch id;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", city()).has_value());
    core.settle();
    const model::Position before = core.feed().position();
    REQUIRE(core.feed().can_resume(before));
    REQUIRE(persons(core) == kBurst);
    id = erase(core, "c3").id;
    CHECK(id != before.epoch);
    CHECK_FALSE(core.feed().can_resume(before));
    CHECK(core.feed().read(before, {}).kind == feed::Delivery::Kind::kSnapshot);
    CHECK(persons(core) == kBurst - 1);
    // And goes on from there.
    REQUIRE(core.publish("county-ems/cad", {overdose("d", kBurstAt + hours(5))}).has_value());
    core.settle();
    CHECK(core.feed().position().epoch == id);
    CHECK(core.feed().can_resume({id, core.feed().position().version}));
    CHECK(persons(core) == kBurst);
  }
  Core again(directory.path());
  again.settle();
  CHECK(again.feed().position().epoch == id);
  CHECK(persons(again) == kBurst);
}

TEST_CASE("Replays of times before an erasure are marked altered, later ones are not") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  const auto before = core.replay(request(kEvents)).second;
  CHECK_FALSE(before.marks.altered);
  erase(core, "c3");
  const Instant since = core.log().durable().recorded + hours(1);
  REQUIRE(core.publish("county-ems/cad", {overdose("d", kBurstAt + hours(6))}).has_value());
  core.settle();
  const auto after = core.replay(request(kEvents)).second;
  CHECK(after.marks == wire::ReplayMarks{true, false, false});
  CHECK(after.count == before.count);  // one less, one more
  CHECK(core.replay(request(kHotspots)).second.marks == wire::ReplayMarks{true, false, false});
  CHECK(core.replay(request(kEvents, since)).second.marks == wire::ReplayMarks());
  CHECK(core.replay(request(kHotspots, since)).second.marks == wire::ReplayMarks());
}

TEST_CASE("A replay of hotspots ends when a record is erased meanwhile, as far as it has come") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  wire::ReplayRequest known_now = request(kHotspots);
  known_now.knowledge_now = true;
  const auto then = core.begin_replay(request(kHotspots));
  const auto now = core.begin_replay(known_now);
  const auto events = core.begin_replay(request(kEvents));
  for (const auto& replay : {then.get(), now.get()}) {
    REQUIRE(replay->next(pipeline::StepSize::kMoment).has_value());
  }
  erase(core, "c3");
  for (const auto& replay : {then.get(), now.get()}) {
    const auto step = replay->next(pipeline::StepSize::kMoment);
    REQUIRE_FALSE(step.has_value());
    CHECK(step.error().code == ErrorCode::kReplayInvalid);
    CHECK_FALSE(replay->seek(kStart).has_value());
  }
  CHECK(events->next(pipeline::StepSize::kPage).has_value());  // reads what is there now
}

TEST_CASE("What was answered holds in the next epoch, unless somebody was told since") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  const model::Alert alert = only_alert(core);
  core.say(wire::AlertAcknowledged{alert.id, alert.version, model::AlertAction::kTaken, "anna",
                                   "all", alert::subject_of(alert), alert.hotspot.severity,
                                   alert.hotspot.count});
  core.settle();
  REQUIRE_FALSE(only_alert(core).asks);
  bool was_told = false;
  SECTION("that an erasure begins") { erase(core, "c0"); }
  SECTION("that settings begin") {
    hotspot::Settings settings = quick_settings();
    settings.guard_days += 1;
    core.begin_epoch(settings);
  }
  SECTION("and not who was told") {
    was_told = true;
    wire::Paging page;
    page.alert_id = alert.id;
    page.attempt = 1;
    page.phase = wire::PagingPhase::kIntended;
    page.reason = model::PageReason::kAsksAgain;
    page.subject = alert::subject_of(alert);
    core.say(page);
    erase(core, "c0");
  }
  const model::Alert again = only_alert(core);
  CHECK(again.id != alert.id);
  CHECK(again.asks == was_told);
  REQUIRE(again.acknowledgements.size() == 1);
  CHECK(again.acknowledgements[0].principal == "anna");
}

TEST_CASE("An audience that was away when a record was erased comes back in another epoch") {
  const auto agreed = [](std::vector<std::string> audiences) {
    pipeline::PictureSettings settings{quick_settings(), {}, {}};
    sharing::Agreement agreement{"county-ems", 1, kStart, "mou", false, {}};
    for (const std::string& id : audiences) {
      sharing::Audience& audience = settings.sharing.audiences.emplace_back();
      audience.id = id;
      audience.content = sharing::Content::kEvents;
      audience.persons = true;
      agreement.terms.push_back(sharing::everything(id));
      agreement.terms.back().purposes = {"response"};
    }
    settings.sharing.agreements = {agreement};
    settings.sharing = sharing::normalised(std::move(settings.sharing));
    return settings;
  };
  const TemporaryDirectory directory;
  Core core(directory.path(), agreed({"police", "health"}));
  REQUIRE(core.publish("county-ems/cad", {overdose("a", hours(1))}).has_value());
  const auto before = core.channel("police").epoch.get();
  const auto begin = [&](const pipeline::PictureSettings& settings) {
    return pipeline::begin_epochs(core.log(), settings, kTick).value();
  };
  const bool erases = GENERATE(true, false);
  CHECK(begin(agreed({"health"})).size() == 1);
  if (erases) {
    REQUIRE(pipeline::erase_record(core.log(), "county-ems/cad", "a", "the privacy officer")
                .has_value());
  }
  CHECK(begin(agreed({"health"})).size() == 1);
  const pipeline::Epoch after = begin(agreed({"police", "health"})).front();
  REQUIRE(after.audience() == "police");
  CHECK((after.id != before->id) == erases);
  CHECK((after.altered_before > before->begins) == erases);
  CHECK(after.recomputed_before == before->recomputed_before);
}

TEST_CASE("Hotspots replayed from before a change of settings are marked recomputed") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  CHECK(core.replay(request(kHotspots)).second.marks == wire::ReplayMarks());
  hotspot::Settings other = quick_settings();
  other.count_min = 5;
  const model::Position before = core.feed().position();
  const auto epoch = core.begin_epoch(other);
  CHECK(epoch.id != before.epoch);
  CHECK_FALSE(core.feed().can_resume(before));
  CHECK(core.replay(request(kHotspots)).second.marks == wire::ReplayMarks{false, false, true});
  CHECK(core.replay(request(kEvents)).second.marks == wire::ReplayMarks());
  const Instant since = kTick.instant_of(epoch.begins);
  CHECK(core.replay(request(kHotspots, since)).second.marks == wire::ReplayMarks());
}

TEST_CASE("A fold that was made behind the beginning of its epoch is not gone over to") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  hotspot::Settings other = quick_settings();
  other.count_min += 1;
  const std::vector current = {core.channel().epoch.get()};
  const auto prepare = [&] {
    return pipeline::prepare_epochs(core.log(), current, open_settings(other), kTick,
                                    [] { return true; });
  };
  const auto first = prepare();
  REQUIRE(first.has_value());
  CHECK(first->front().fold.has_value());
  // The same again, before anybody has gone over: the epoch began below what has come since.
  REQUIRE(core.publish("county-ems/cad", burst()).has_value());
  const auto second = prepare();
  REQUIRE(second.has_value());
  CHECK(second->front().epoch.id == first->front().epoch.id);
  CHECK_FALSE(second->front().fold.has_value());
}

TEST_CASE("An erasure takes the operators' decisions that name the record") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad",
                       {overdose("planted-a", hours(1)), overdose("planted-b", hours(2))})
              .has_value());
  const auto ems = *model::SourceName::parse("county-ems/cad");
  core.say(wire::Decided{
      {"anna",
       model::PairDecision{{ems, "planted-b"}, {ems, "planted-a"}, model::PairVerdict::kLinked}}});
  const auto erased = pipeline::erase_record(core.log(), "county-ems/cad", "planted-a", "anna");
  REQUIRE(erased.has_value());
  std::size_t decisions = 0;
  std::optional<wire::Erasure> said;
  for (model::Offset next(0); next < core.log().durable().end;) {
    const auto chunk = core.log().read(next).value().value();
    next = chunk.end();
    if (chunk.source != model::SourceName::hub()) continue;
    for (const storage::Entry& entry : chunk.entries) {
      if (!entry.is_stored()) continue;
      const auto event = wire::decode_hub_event(entry.payload).value();
      decisions += std::holds_alternative<wire::Decided>(event) ? 1 : 0;
      if (const auto* erasure = std::get_if<wire::Erasure>(&event)) said = *erasure;
    }
  }
  CHECK(decisions == 0);
  REQUIRE(said.has_value());
  CHECK(said->source == ems);
  CHECK(said->events == 1);
  CHECK(said->principal == "anna");
}

TEST_CASE("A source's name that is none is refused") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const auto erased = pipeline::erase_record(core.log(), "county-ems", "c3", "anna");
  REQUIRE(erased.has_error());
  CHECK(erased.error().code == ErrorCode::kSourceInvalid);
}

}  // namespace commonwatch::tests
