#include "hub/model/ids.h"

#include <algorithm>

#include "hub/model/sip_hash.h"

namespace commonwatch::model {
namespace {

constexpr std::size_t kNamePartBytesMax = 64;

bool is_name_part(std::string_view part) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !part.empty() && part.size() <= kNamePartBytesMax && part.front() != '.' &&
         std::all_of(part.begin(), part.end(), allowed);
}

// Steele, Lea, Flood (2014), SplitMix64: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

}  // namespace

EngineEpoch make_engine_epoch(LogEpoch log, std::string_view audience, std::uint64_t digest,
                              std::uint32_t generation) {
  SipHash hash({log.value(), digest});
  hash.update(audience);
  return EngineEpoch(mix(hash.finish()[0] ^ generation) | 1U);
}

std::uint64_t digest_of(std::string_view settings) {
  SipHash hash({0, 0});
  hash.update(settings);
  return hash.finish()[0];
}

Version TickLength::at_or_after(Instant instant) const {
  const std::int64_t length = length_.count();
  const std::int64_t micros = to_micros(instant);
  return Version(static_cast<std::uint64_t>(micros <= 0 ? 0 : (micros + length - 1) / length));
}

Version TickLength::at_or_before(Instant instant) const {
  const std::int64_t micros = to_micros(instant);
  return Version(static_cast<std::uint64_t>(micros <= 0 ? 0 : micros / length_.count()));
}

Instant TickLength::instant_of(Version version) const {
  return instant_from_micros(static_cast<std::int64_t>(version.value()) * length_.count());
}

std::optional<SourceName> SourceName::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  if (!is_name_part(text.substr(0, slash)) || !is_name_part(text.substr(slash + 1))) {
    return std::nullopt;
  }
  return SourceName(std::string(text));
}

// A capital letter: no partner can be called that.
SourceName SourceName::hub() { return SourceName("HUB/log"); }

std::string_view SourceName::partner() const {
  return std::string_view(text_).substr(0, text_.find('/'));
}

}  // namespace commonwatch::model
