// The fold of a whole log, straight and from its checkpoints: what is shown and what is kept.
#include <algorithm>

#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

// What a fold gave out, encoded, and the state that it ended in.
struct Folded {
  std::vector<std::string> deltas;
  std::string state;
};

std::vector<storage::Chunk> chunks_of(const storage::EventLog& log) {
  std::vector<storage::Chunk> chunks;
  for (model::Offset next(0); next < log.durable().end; next = chunks.back().end()) {
    chunks.push_back(log.read(next).value().value());
  }
  return chunks;
}

// Every chunk up to the tick, and the tick.
void fold_up_to(pipeline::Fold& fold, const std::vector<storage::Chunk>& chunks,
                model::Version version, std::vector<std::string>& deltas) {
  const pipeline::TickSink sink = [&](model::Version, Instant,
                                      const std::vector<model::TileDelta>& changed) {
    for (const model::TileDelta& delta : changed) {
      deltas.push_back(wire::encode(delta, wire::Encoding::kBinary));
    }
  };
  for (const storage::Chunk& chunk : chunks) {
    if (chunk.first < fold.next()) continue;
    if (chunk.recorded > kTick.instant_of(version)) break;
    fold.apply(chunk, sink);
  }
  fold.seal(version, sink);
}

// Folds the log; at each of the versions it goes on from a checkpoint of its own.
Folded fold(const std::vector<storage::Chunk>& chunks, model::Version last,
            std::vector<model::Version> restored_at = {}) {
  pipeline::Fold fold(pipeline::Picture(open_settings()), kTick, model::Offset(0));
  Folded folded;
  for (const model::Version version : restored_at) {
    fold_up_to(fold, chunks, version, folded.deltas);
    auto picture = pipeline::Picture::restore(open_settings(), fold.picture().checkpoint());
    REQUIRE(picture.has_value());
    fold = pipeline::Fold(*std::move(picture), kTick, fold.next());
  }
  fold_up_to(fold, chunks, last, folded.deltas);
  folded.state = fold.picture().checkpoint();
  return folded;
}

model::Version version_at(Duration after) { return kTick.at_or_after(kStart + after); }

}  // namespace

TEST_CASE("A fold that goes on from checkpoints shows and keeps what a straight one does") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  REQUIRE(core.publish("county-ems/cad", burst()).has_value());
  core.settle();
  const auto alerts = core.all_alerts();
  REQUIRE(alerts.size() == 1);
  core.say(wire::AlertAcknowledged{alerts[0].id, alerts[0].version, model::AlertAction::kSeen,
                                   "anna"});
  using std::chrono::hours;
  // Not more than a day apart: a lone report from further ahead would move no time.
  REQUIRE(core.publish("county-ems/cad",
                       {retraction("c3", kBurstAt + hours(5), 1),
                        overdose("d", kBurstAt + hours(20)), overdose("e", kBurstAt + hours(40)),
                        overdose("f", kBurstAt + hours(60))})
              .has_value());
  core.settle();
  const auto chunks = chunks_of(core.log());
  const model::Version last = core.feed().position().version;
  const Folded straight = fold(chunks, last);
  REQUIRE(straight.deltas.size() > 100);

  using std::chrono::minutes;
  const std::vector<model::Version> moments = {
      version_at(hours(30)),                   // nothing is known yet
      version_at(hours(24 * 38)),              // just calibrated
      version_at(kBurstAt + minutes(50)),      // the burst has begun
      version_at(kBurstAt + hours(4)),         // the alert stands
      version_at(kBurstAt + hours(24 * 2))};   // and may be over
  REQUIRE(moments.back() < last);
  for (const model::Version moment : moments) {
    const Folded once = fold(chunks, last, {moment});
    CHECK(once.deltas == straight.deltas);
    CHECK((once.state == straight.state));
  }
  const Folded always = fold(chunks, last, moments);
  CHECK(always.deltas == straight.deltas);
  CHECK((always.state == straight.state));
}

TEST_CASE("A checkpoint that was cut short or flipped is refused, not half believed") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  core.settle();
  pipeline::Fold fold(pipeline::Picture(open_settings()), kTick, model::Offset(0));
  std::vector<std::string> ignored;
  fold_up_to(fold, chunks_of(core.log()), core.feed().position().version, ignored);
  const std::string whole = fold.picture().checkpoint();
  REQUIRE(pipeline::Picture::restore(open_settings(), whole).has_value());
  const auto length = GENERATE(std::size_t{0}, std::size_t{11}, std::size_t{100});
  CHECK_FALSE(pipeline::Picture::restore(open_settings(), whole.substr(0, length)).has_value());
  CHECK_FALSE(pipeline::Picture::restore(open_settings(), whole + "x").has_value());
  hotspot::Settings other = quick_settings();
  other.count_min = 5;
  CHECK_FALSE(pipeline::Picture::restore(open_settings(other), whole).has_value());
}

}  // namespace commonwatch::tests
