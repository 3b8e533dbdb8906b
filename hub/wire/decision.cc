#include "hub/wire/decision.h"

#include <cmath>
#include <optional>
#include <string>

namespace commonwatch::wire {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kRecordIdBytesMax = 128;

Error invalid(std::string field, const std::string& expected) {
  std::string message = field + " must be " + expected + "; correct it and ask again";
  return make_error(ErrorCode::kInvalidRequest, std::move(message), std::move(field));
}

bool has_bytes(const std::string& text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max;
}

void write_record(const model::RecordName& from, v1::RecordName& to) {
  to.set_source(from.source.text());
  to.set_record_id(from.record_id);
}

Result<model::RecordName> read_record(const v1::RecordName& from, const std::string& path) {
  const auto source = model::SourceName::parse(from.source());
  if (!source) return invalid(path + ".source", "partner/source");
  if (!has_bytes(from.record_id(), kRecordIdBytesMax)) {
    return invalid(path + ".record_id", "1 to 128 bytes");
  }
  return model::RecordName{*source, from.record_id()};
}

Result<model::Cell> read_cell(const v1::SiteDecision& from) {
  if (from.has_location()) {
    const v1::Vertex& point = from.location();
    const bool is_on_earth =
        std::abs(point.latitude()) <= 90 && std::abs(point.longitude()) <= 180;  // a NaN is not
    if (!is_on_earth) return invalid("decide.site.location", "a point in degrees WGS 84");
    return model::Cell::at({point.latitude(), point.longitude()}, model::kLeafLevel);
  }
  const model::Cell cell(from.cell());
  if (!cell.is_valid() || cell.level() != model::kLeafLevel) {
    return invalid("decide.site.cell",
                   "an S2 cell of level " + std::to_string(model::kLeafLevel) + ", or a location");
  }
  return cell;
}

}  // namespace

void write_pair(const model::PairDecision& from, v1::PairDecision& to) {
  write_record(from.first, *to.mutable_first());
  write_record(from.second, *to.mutable_second());
  to.set_verdict(static_cast<v1::PairVerdict>(from.verdict));
}

void write_site(const model::SiteDecision& from, v1::SiteDecision& to) {
  to.set_cell(from.cell.id());
  to.set_kind(static_cast<v1::SiteKind>(from.kind));
  to.set_name(from.name);
}

Result<model::PairDecision> read_pair(const v1::PairDecision& from) {
  auto first = read_record(from.first(), "decide.pair.first");
  if (first.has_error()) return first.error();
  auto second = read_record(from.second(), "decide.pair.second");
  if (second.has_error()) return second.error();
  if (*first == *second) return invalid("decide.pair.second", "another record than the first");
  if (!v1::PairVerdict_IsValid(from.verdict()) ||
      from.verdict() == v1::PAIR_VERDICT_UNSPECIFIED) {
    return invalid("decide.pair.verdict", "linked, split or by rules");
  }
  return model::PairDecision{std::move(*first), std::move(*second),
                             static_cast<model::PairVerdict>(from.verdict())};
}

Result<model::SiteDecision> read_site(const v1::SiteDecision& from) {
  const auto cell = read_cell(from);
  if (cell.has_error()) return cell.error();
  if (!v1::SiteKind_IsValid(from.kind()) || from.kind() == v1::SITE_KIND_UNSPECIFIED) {
    return invalid("decide.site.kind", "a facility, a placeholder or ordinary");
  }
  const bool is_facility = from.kind() == v1::SITE_KIND_FACILITY;
  if (is_facility && !has_bytes(from.name(), kNameBytesMax)) {
    return invalid("decide.site.name", "the facility's name, 1 to 64 bytes");
  }
  if (!is_facility && !from.name().empty()) {
    return invalid("decide.site.name", "empty: only a facility has a name");
  }
  return model::SiteDecision{*cell, static_cast<model::SiteKind>(from.kind()), from.name()};
}

}  // namespace commonwatch::wire
