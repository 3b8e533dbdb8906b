#include "bench/detection/calls.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "bench/detection/bad_input.h"
#include "bench/detection/text_file.h"
#include "hub/model/time_zone.h"

namespace commonwatch::detection {
namespace {

constexpr std::string_view kHeader = "timeStamp,title,lat,lng";
constexpr std::string_view kTitle = "EMS: OVERDOSE";
constexpr const char* kTimeZone = "America/New_York";
constexpr std::size_t kOverdosesMin = 100;
// 60 km in degrees of latitude.
constexpr double kFarDegrees = 0.54;

std::string_view take_field(std::string_view& rest) {
  const std::size_t at = rest.find(',');
  const std::string_view field = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return field;
}

// The moment at which clocks show this; where they do so twice, the first.
Instant to_utc(Instant shown, const model::TimeZone& zone) {
  const auto hour = [](Instant at) {
    return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
  };
  for (const int behind : {4, 5}) {
    const Instant utc = shown + std::chrono::hours(behind);
    if (zone.local_hour(hour(utc)) == hour(shown)) return utc;
  }
  return shown + std::chrono::hours(5);
}

double read_degrees(std::string_view field, const std::string& where) {
  double degrees = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), degrees);
  if (error != std::errc() || end != field.data() + field.size() || std::abs(degrees) > 180) {
    throw BadInput(where + ": \"" + std::string(field.substr(0, 40)) +
                   "\" is not a latitude or longitude; write degrees");
  }
  return degrees;
}

Overdose read_line(std::string_view line, const std::string& where, const model::TimeZone& zone) {
  std::string time(take_field(line));
  if (time.size() == 19) time[10] = 'T';
  const auto shown = parse_rfc3339(time + "Z");
  if (!shown) {
    throw BadInput(where + ": \"" + time.substr(0, 40) +
                   "\" is not a time; write 2016-03-11 09:09:00");
  }
  take_field(line);
  const double latitude = read_degrees(take_field(line), where);
  return {to_utc(*shown, zone), {latitude, read_degrees(take_field(line), where)}};
}

double middle(std::vector<double> values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void drop_far(std::vector<Overdose>& overdoses) {
  std::vector<double> latitudes;
  std::vector<double> longitudes;
  for (const Overdose& overdose : overdoses) {
    latitudes.push_back(overdose.where.latitude);
    longitudes.push_back(overdose.where.longitude);
  }
  const double latitude = middle(std::move(latitudes));
  const double longitude = middle(std::move(longitudes));
  const double east = std::cos(latitude * M_PI / 180);
  std::erase_if(overdoses, [&](const Overdose& overdose) {
    return std::hypot(overdose.where.latitude - latitude,
                      (overdose.where.longitude - longitude) * east) > kFarDegrees;
  });
}

}  // namespace

std::vector<Overdose> read_overdoses(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  const auto zone = model::TimeZone::load(kTimeZone);
  if (!zone) throw std::runtime_error(zone.error().message);
  if (!text.starts_with(kHeader)) {
    throw BadInput(path.string() + " does not begin with the columns " + std::string(kHeader) +
                   "; give a file of emergency calls");
  }
  std::vector<Overdose> overdoses;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    ++number;
    std::string_view fields = line;
    take_field(fields);
    if (number == 1 || take_field(fields) != kTitle) continue;
    overdoses.push_back(
        read_line(line, path.string() + ", line " + std::to_string(number), *zone));
  }
  if (overdoses.size() >= kOverdosesMin) drop_far(overdoses);
  if (overdoses.size() < kOverdosesMin) {
    throw BadInput(path.string() + " holds " + std::to_string(overdoses.size()) + " calls of " +
                   std::string(kTitle) + "; give a year of at least " +
                   std::to_string(kOverdosesMin));
  }
  return overdoses;
}

}  // namespace commonwatch::detection
