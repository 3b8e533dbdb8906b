#include "bench/detection/nulls.h"

#include <algorithm>
#include <utility>

#include "bench/detection/null_years.h"
#include "bench/detection/second_city.h"
#include "bench/detection/threads.h"
#include "commonwatch/v1/event.pb.h"
#include "hub/pipeline/picture.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::detection {
namespace {

constexpr hotspot::Day kBegin = 16'800;  // 2015-12-31, whatever

hotspot::Settings settings_of(const NullsOptions& options) {
  hotspot::Settings settings;
  settings.null_days = options.null_days;
  return settings;
}

std::string payload_of(const CityReport& report) {
  v1::Event event;
  event.set_record_id(report.record_id);
  event.mutable_occurred_at()->set_seconds(to_micros(report.occurred) / 1'000'000);
  v1::Location& location = *event.mutable_location();
  location.set_latitude(report.where.latitude);
  location.set_longitude(report.where.longitude);
  location.set_kind(v1::LOCATION_KIND_SCENE);
  event.mutable_overdose()->set_certainty(v1::CERTAINTY_PROBABLE);
  return event.SerializeAsString();
}

struct Year {
  std::array<double, kLevels> days{};
  std::uint64_t reports = 0;
  std::uint64_t calibrations = 0;
};

// One city, from its first report to the end of the scored year.
class Watch {
 public:
  explicit Watch(const hotspot::Settings& settings) : picture_({settings, {}, std::string(model::kOpenAudience)}) {}

  void take_in(const CityReport& report) {
    storage::Entry entry;
    entry.kind = model::EventKind::kOverdose;
    entry.record_id = report.record_id;
    entry.occurred = report.occurred;
    entry.cell = model::Cell::at(report.where, model::kLeafLevel);
    const std::string payload = payload_of(report);
    entry.payload = payload;
    take_in(*model::SourceName::parse(report.source), std::move(entry), report.recorded);
  }
  // To the first tick at or behind `at`; whatever is due is calibrated.
  void advance(Instant at) {
    const model::Version version = std::max(kTick.at_or_after(at), picture_.version().next());
    picture_.advance(version, kTick.instant_of(version));
    for (const hotspot::Due& due : std::vector(picture_.layer().engine().due())) calibrate(due);
  }
  // Every change up to `until` that comes by the passing of time alone.
  template <class Look>
  void pass(Instant until, Look look) {
    for (auto due = picture_.next_change(); due && *due <= until; due = picture_.next_change()) {
      advance(*due);
      look();
    }
  }
  // How many of the levels something stands at now, from the lowest.
  std::size_t levels() const {
    std::size_t highest = 0;
    for (const hotspot::Finding& finding : picture_.layer().engine().findings()) {
      highest = std::max(highest, static_cast<std::size_t>(finding.hotspot.severity));
    }
    return highest;
  }
  Instant as_of() const { return picture_.as_of(); }
  std::uint64_t calibrations() const { return calibrations_; }

 private:
  static const model::TickLength kTick;

  void take_in(const model::SourceName& source, storage::Entry entry, Instant recorded) {
    storage::Chunk chunk{source, offset_, recorded, {}, nullptr, nullptr};
    chunk.entries.push_back(std::move(entry));
    offset_ = chunk.end();
    picture_.take_in(chunk);
  }
  void calibrate(const hotspot::Due& due) {
    const hotspot::NullModel model = picture_.layer().null_model(due);
    std::vector<double> maxima;
    for (int replicate = 0; replicate < model.replicates(); ++replicate) {
      const auto days = hotspot::simulate_null(model, replicate);
      maxima.insert(maxima.end(), days.begin(), days.end());
    }
    const hotspot::Calibration made = hotspot::calibrate(model, std::move(maxima));
    const std::string payload = wire::encode_hub_event(wire::Calibration{
        made.jurisdiction, model::Version(made.due), made.seed,
        static_cast<std::uint32_t>(made.exposure_days), static_cast<std::uint32_t>(made.null_days),
        made.scores, made.interval_days, made.rate_per_day});
    storage::Entry entry;
    entry.payload = payload;
    take_in(model::SourceName::hub(), std::move(entry), picture_.as_of());
    ++calibrations_;
  }

  pipeline::Picture picture_;
  model::Offset offset_;
  std::uint64_t calibrations_ = 0;
};

const model::TickLength Watch::kTick{std::chrono::seconds(1)};

Year watch_year(const NullsOptions& options, int number) {
  Random random =
      make_random(options.seed, Purpose::kSecondCity, static_cast<std::uint64_t>(number));
  const auto reports = simulate_second_city(kBegin, kHistoryDays + kYearDays, random);
  const Instant begin = hotspot::start_of((kBegin + kHistoryDays) * hotspot::kHoursOfDay);
  const Instant end = begin + std::chrono::days(kYearDays);
  Watch watch(settings_of(options));
  auto next = reports.begin();
  for (; next != reports.end() && next->recorded < begin; ++next) watch.take_in(*next);
  watch.advance(begin - std::chrono::seconds(1));

  Year year;
  std::vector<std::size_t> highest(kYearDays, 0);
  const auto look = [&] {
    if (watch.as_of() < begin || watch.as_of() >= end) return;
    const auto day = static_cast<std::size_t>((watch.as_of() - begin) / std::chrono::days(1));
    highest[day] = std::max(highest[day], watch.levels());
  };
  for (; next != reports.end() && next->recorded < end; ++next) {
    watch.pass(next->recorded, look);
    watch.take_in(*next);
    watch.advance(next->recorded);
    look();
  }
  watch.pass(end, look);
  for (std::size_t level = 0; level < kLevels; ++level) {
    year.days[level] = static_cast<double>(std::count_if(
        highest.begin(), highest.end(), [&](std::size_t levels) { return levels > level; }));
  }
  year.reports = static_cast<std::uint64_t>(next - reports.begin());
  year.calibrations = watch.calibrations();
  return year;
}

}  // namespace

NullsResult measure_nulls(const NullsOptions& options) {
  const hotspot::Settings settings;
  NullsResult result;
  result.options = options;
  const std::array<int, kLevels> intervals = {settings.note_days, settings.watch_days,
                                              settings.alert_days};
  for (std::size_t level = 0; level < kLevels; ++level) {
    result.nominal[level] = static_cast<double>(kYearDays) / intervals[level];
  }
  std::vector<Year> years(static_cast<std::size_t>(options.years));
  run_numbered(options.threads, options.years, [&](int number) {
    years[static_cast<std::size_t>(number)] = watch_year(options, number);
  });
  for (const Year& year : years) {
    for (std::size_t level = 0; level < kLevels; ++level) {
      result.days[level].push_back(year.days[level]);
    }
    result.reports += year.reports;
    result.calibrations += year.calibrations;
  }
  return result;
}

}  // namespace commonwatch::detection
