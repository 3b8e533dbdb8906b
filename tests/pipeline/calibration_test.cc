// Calibrations with time that follows data: each is made before time moves beyond where it was due.
#include <algorithm>
#include <boost/json.hpp>

#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

// One event of the log, as a line that does not depend on when it was recorded within its tick.
struct Line {
  std::string source;
  std::string payload;
  Instant recorded;
  bool operator==(const Line& other) const {
    return source == other.source && payload == other.payload;
  }
};

std::vector<Line> lines_of(const storage::EventLog& log) {
  std::vector<Line> lines;
  for (model::Offset next(0); next < log.durable().end;) {
    const storage::Chunk chunk = log.read(next).value().value();
    for (const storage::Entry& entry : chunk.entries) {
      lines.push_back({chunk.source.text(), std::string(entry.payload), chunk.recorded});
    }
    next = chunk.end();
  }
  return lines;
}

std::optional<wire::Calibration> calibration_in(const Line& line) {
  if (line.source != model::SourceName::hub().text()) return std::nullopt;
  const auto event = wire::decode_hub_event(line.payload).value();
  const auto* calibration = std::get_if<wire::Calibration>(&event);
  return calibration ? std::optional(*calibration) : std::nullopt;
}

std::vector<std::string> deltas_of(const feed::Feed& feed, const pipeline::Epoch& epoch) {
  std::vector<std::string> deltas;
  std::optional<model::Position> held = model::Position{epoch.id, model::Version(0)};
  for (;;) {
    const auto delivery = feed.read(held, {});
    if (delivery.kind != feed::Delivery::Kind::kDeltas) break;
    for (const auto& frame : delivery.frames) {
      const auto message = boost::json::parse(*frame->json()).as_object();
      if (const auto* body = message.if_contains("delta")) deltas.push_back(serialize(*body));
    }
    held = delivery.position;
  }
  return deltas;
}

// Publishes the city through one source that stays open, in batches of this size.
void publish_in_batches(Core& core, std::size_t size) {
  auto held = core.open_source("county-ems/cad").value();
  const std::vector<std::string> events = city();
  for (std::size_t first = 0; first < events.size(); first += size) {
    const auto begin = events.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(size, events.size() - first));
    const auto published = core.publish(held, {begin, end});
    REQUIRE(published.has_value());
    CHECK(published->stored == static_cast<std::uint32_t>(end - begin));
  }
  core.close_source(held);
  core.settle();
}

}  // namespace

TEST_CASE("What comes behind the tick at which a calibration is due waits for it in the log") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  publish_in_batches(core, 1000);
  const auto lines = lines_of(core.log());
  const auto found = std::find_if(lines.begin(), lines.end(), [](const Line& line) {
    return calibration_in(line).has_value();
  });
  REQUIRE(found != lines.end());
  const wire::Calibration calibration = *calibration_in(*found);
  CHECK(calibration.jurisdiction == hotspot::kWholeJurisdiction);
  CHECK(calibration.null_days >= 3650);
  CHECK(calibration.exposure_days >= 28);
  const Instant due = kTick.instant_of(calibration.due);
  CHECK(due > kStart + std::chrono::days(35));
  CHECK(due < kStart + std::chrono::days(38));
  CHECK(found->recorded > due);
  CHECK(std::all_of(lines.begin(), found, [&](const Line& line) { return line.recorded <= due; }));
  CHECK(std::all_of(found, lines.end(), [&](const Line& line) { return line.recorded > due; }));
  CHECK(std::next(found) != lines.end());
}

TEST_CASE("The log and what is shown do not depend on how the events were cut into batches") {
  const TemporaryDirectory one;
  const TemporaryDirectory two;
  Core whole(one.path());
  Core parts(two.path());
  const auto size = GENERATE(std::size_t{1}, std::size_t{7});
  publish_in_batches(whole, 1000);
  publish_in_batches(parts, size);
  const auto lines = lines_of(whole.log());
  CHECK(std::count_if(lines.begin(), lines.end(),
                      [](const Line& line) { return calibration_in(line).has_value(); }) == 1);
  CHECK((lines_of(parts.log()) == lines));
  const auto deltas = deltas_of(whole.feed(), *whole.channel().epoch.get());
  REQUIRE(deltas.size() > 100);
  CHECK(deltas_of(parts.feed(), *parts.channel().epoch.get()) == deltas);
  CHECK(whole.all_alerts() == parts.all_alerts());
  CHECK(whole.all_alerts().size() == 1);
}

TEST_CASE("Data that are sent again after a restart are repeats, and calibrate nothing anew") {
  const TemporaryDirectory directory;
  std::size_t lines = 0;
  {
    Core core(directory.path());
    publish_in_batches(core, 1000);
    lines = lines_of(core.log()).size();
  }
  // The same data again are repeats: nothing waits, nothing is calibrated twice.
  Core core(directory.path());
  auto held = core.open_source("county-ems/cad").value();
  held.last = model::Sequence(0);
  const auto again = core.publish(held, city());
  REQUIRE(again.has_value());
  CHECK(again->stored == 0);
  CHECK(again->repeated == city().size());
  core.close_source(held);
  CHECK(lines_of(core.log()).size() == lines);
}

}  // namespace commonwatch::tests
