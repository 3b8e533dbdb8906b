// Values as people write them on a command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "clients/cli/options.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::cli {

// `200ms`, `90s`, `15m`, `24h`, `7d`; a bare number is seconds.
std::optional<Milliseconds> parse_duration(std::string_view text);
// RFC 3339, a date (midnight UTC), or a span before `now`: `-2h`; `now`.
std::optional<Instant> parse_time(std::string_view text, Instant now);
// `100` or `100/s`; above 0.
std::optional<double> parse_rate(std::string_view text);
// `max` is 0; otherwise a factor above 0, at most 1,000,000.
std::optional<double> parse_speed(std::string_view text);

// The area as the hub takes it; empty if none was asked for. Throws InputError with the option at
// fault.
v1::Area make_area(const AreaOptions& options);

google::protobuf::Timestamp to_timestamp(Instant instant);
Instant from_timestamp(const google::protobuf::Timestamp& timestamp);
// `2016-03-11T09:09:00Z`.
std::string time_text(const google::protobuf::Timestamp& timestamp);
// The same, cut to the second: for columns.
std::string second_text(const google::protobuf::Timestamp& timestamp);

}  // namespace commonwatch::cli
