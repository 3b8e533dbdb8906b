// The bytes of a checkpoint, in order: magic, format, version of the room, canonical settings, the
// minute of the last advance, the next change, the health shown, the flows by name; last a hash of
// all before it. What can be computed again is not in it.
#include <algorithm>
#include <cmath>
#include <utility>

#include "hub/base/byte_stream.h"
#include "hub/health/sources.h"

namespace commonwatch::health {
namespace {

constexpr std::uint64_t kMagic = 0x48544c4145485743;  // "CWHEALTH"
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHealthBytesMin = 8 + 8 + 1 + 8 + 8 + 8 + 4 + 8 + 4 + 4;
constexpr std::size_t kDayBytesMin = 4 + 4 + 1;
constexpr std::size_t kFlowBytesMin = 8 + 1 + 8 + 8 + 8 + 8 + 8 + 4 + 8 + 8 + 1;

void put(ByteWriter& writer, const model::SourceHealth& health) {
  writer.put_text(health.id);
  writer.put_text(health.name);
  writer.put(static_cast<std::uint8_t>(health.state));
  writer.put_instant(health.last_received);
  writer.put_instant(health.last_occurred);
  writer.put_instant(health.watermark);
  writer.put(health.received);
  writer.put_double(health.expected);
  writer.put(health.delay_median_s);
  writer.put(health.delay_p90_s);
}

model::SourceHealth get_health(ByteReader& reader) {
  model::SourceHealth health;
  health.id = reader.get_text();
  health.name = reader.get_text();
  const auto state = reader.get<std::uint8_t>();
  reader.require(state <= static_cast<std::uint8_t>(model::HealthState::kSilent));
  health.state = static_cast<model::HealthState>(state);
  health.last_received = reader.get_instant();
  health.last_occurred = reader.get_instant();
  health.watermark = reader.get_instant();
  health.received = reader.get<std::uint32_t>();
  health.expected = reader.get_double();
  reader.require(std::isfinite(health.expected));
  health.delay_median_s = reader.get<std::uint32_t>();
  health.delay_p90_s = reader.get<std::uint32_t>();
  return health;
}

// Bins with events alone: a phone's day is 20 bytes then instead of 500.
void put(ByteWriter& writer, const DelayCounts& delays) {
  const auto& counts = delays.counts();
  const auto empty = std::count(counts.begin(), counts.end(), 0U);
  writer.put(static_cast<std::uint8_t>(DelayCounts::kBins - static_cast<std::size_t>(empty)));
  for (std::size_t bin = 0; bin < DelayCounts::kBins; ++bin) {
    if (counts[bin] == 0) continue;
    writer.put(static_cast<std::uint8_t>(bin));
    writer.put(counts[bin]);
  }
}

DelayCounts get_delays(ByteReader& reader) {
  DelayCounts delays;
  std::size_t next = 0;
  for (auto left = reader.get<std::uint8_t>(); left > 0 && !reader.failed(); --left) {
    const std::size_t bin = reader.get<std::uint8_t>();
    const auto count = reader.get<std::uint32_t>();
    reader.require(bin >= next && bin < DelayCounts::kBins && count > 0);
    if (!reader.failed()) delays.add(bin, count);
    next = bin + 1;
  }
  return delays;
}

// Hours with events alone, one bit for each before them.
void put(ByteWriter& writer, const Day& day) {
  std::uint32_t hours = 0;
  for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
    if (day.counts[hour] > 0) hours |= 1U << hour;
  }
  writer.put(day.day);
  writer.put(hours);
  for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
    if ((hours >> hour & 1U) == 0) continue;
    writer.put(day.counts[hour]);
    writer.put(day.gaps[hour].minutes);
    writer.put(day.gaps[hour].end_minute);
  }
  put(writer, day.delays);
}

Day get_day(ByteReader& reader) {
  Day day;
  day.day = reader.get<std::int32_t>();
  const auto hours = reader.get<std::uint32_t>();
  reader.require(hours >> kHoursPerDay == 0);
  for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
    if ((hours >> hour & 1U) == 0) continue;
    day.counts[hour] = reader.get<std::uint32_t>();
    day.gaps[hour].minutes = reader.get<std::uint16_t>();
    day.gaps[hour].end_minute = reader.get<std::uint8_t>();
    reader.require(day.counts[hour] > 0 && day.gaps[hour].end_minute < kMinutesPerHour);
  }
  day.delays = get_delays(reader);
  return day;
}

void put(ByteWriter& writer, const Flow& flow) {
  const FlowContent& content = flow.content();
  writer.put(static_cast<std::uint8_t>(content.empty));
  writer.put_instant(content.first_received);
  writer.put_instant(content.last_received);
  writer.put_instant(content.last_occurred);
  writer.put_length(content.days.size());
  for (const Day& day : content.days) put(writer, day);
  const OpenMinute& open = flow.open();
  writer.put(open.minute);
  writer.put(open.count);
  writer.put_instant(open.last_received);
  writer.put_instant(open.last_occurred);
  put(writer, open.delays);
}

FlowContent get_content(ByteReader& reader) {
  FlowContent content;
  content.empty = reader.get_bool();
  content.first_received = reader.get_instant();
  content.last_received = reader.get_instant();
  content.last_occurred = reader.get_instant();
  const std::size_t days = reader.get_length(kDayBytesMin);
  for (std::size_t i = 0; i < days && !reader.failed(); ++i) {
    content.days.push_back(get_day(reader));
    reader.require(i == 0 || content.days[i - 1].day < content.days[i].day);
  }
  reader.require(content.empty == content.days.empty());
  if (reader.failed()) return {};
  // What is learnt and judged counts from the last event's day.
  reader.require(content.empty ||
                 (content.first_received <= content.last_received &&
                  content.days.back().day == day_of(minute_of(content.last_received))));
  return content;
}

OpenMinute get_open(ByteReader& reader) {
  OpenMinute open;
  open.minute = reader.get<std::int64_t>();
  open.count = reader.get<std::uint32_t>();
  open.last_received = reader.get_instant();
  open.last_occurred = reader.get_instant();
  open.delays = get_delays(reader);
  reader.require(open.count == 0 || open.minute == minute_of(open.last_received));
  return open;
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal, "the checkpoint of the sources' health " + what +
                                              "; delete it, the log is folded anew");
}

// Reads up to the settings; the reader then stands behind them.
Result<void> check_head(ByteReader& reader, const std::string& settings) {
  if (reader.get<std::uint64_t>() != kMagic) return refused("is something else");
  if (reader.get<std::uint32_t>() != kFormat || reader.get<std::uint32_t>() != kHealthVersion) {
    return refused("is of another version");
  }
  if (reader.get_text() != settings) return refused("is of other settings");
  return {};
}

}  // namespace

std::string Sources::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(kHealthVersion);
  writer.put_text(settings_.canonical());
  writer.put(now_);
  writer.put(next_change_);
  writer.put_length(health_.size());
  for (const model::SourceHealth& health : health_) put(writer, health);
  writer.put_length(flows_.size());
  for (const auto& [name, flow] : flows_) {
    writer.put_text(name);
    put(writer, flow);
  }
  return writer.finish();
}

Result<void> Sources::restore(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.failed()) return refused("is damaged or cut off");
  if (const auto head = check_head(reader, settings_.canonical()); !head) return head.error();
  const auto now = reader.get<std::int64_t>();
  const auto next_change = reader.get<std::int64_t>();
  reader.require(now >= -kNever && now <= kNever && next_change >= -kNever &&
                 next_change <= kNever);
  std::vector<model::SourceHealth> shown;
  const std::size_t shown_length = reader.get_length(kHealthBytesMin);
  for (std::size_t i = 0; i < shown_length && !reader.failed(); ++i) {
    shown.push_back(get_health(reader));
  }
  Flows flows;
  const std::size_t flows_length = reader.get_length(kFlowBytesMin);
  for (std::size_t i = 0; i < flows_length && !reader.failed(); ++i) {
    const std::string name(reader.get_text());
    reader.require(flows.empty() || flows.rbegin()->first < name);
    Flow flow(settings_.trailing_days, settings_.retired_days);
    FlowContent content = get_content(reader);
    flow.set(std::move(content), get_open(reader));
    if (!reader.failed()) flows.emplace_hint(flows.end(), name, std::move(flow));
  }
  if (!reader.is_whole()) return refused("does not make sense");
  now_ = now;
  next_change_ = next_change;
  health_ = std::move(shown);
  flows_ = std::move(flows);
  last_flow_ = nullptr;
  compose();
  composed_ = false;  // anew at the next advance: a flow may have begun since the last
  return {};
}

}  // namespace commonwatch::health
