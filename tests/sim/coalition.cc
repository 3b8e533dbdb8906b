#include "tests/sim/coalition.h"

namespace commonwatch::sim {
namespace {

constexpr const char* kPolice = "police";
constexpr const char* kHealth = "health";
constexpr const char* kPurpose = "response";

sharing::Term everything(const char* audience) {
  sharing::Term term = sharing::everything(audience);
  term.purposes = {kPurpose};
  return term;
}

sharing::Settings agreed(int variant) {
  sharing::Settings settings;
  sharing::Audience police;
  police.id = kPolice;
  police.content = sharing::Content::kHotspots;
  police.cell_level = 14;
  police.delay = std::chrono::minutes(5 * variant);
  sharing::Audience health;
  health.id = kHealth;
  health.content = sharing::Content::kEvents;
  health.persons = true;
  settings.audiences = {police, health};
  for (const char* partner : {"county-ems", "outreach"}) {
    sharing::Agreement agreement{partner, 1,     *parse_rfc3339("2026-01-01T00:00:00Z"),
                                 "mou",   false, {everything(kHealth)}};
    if (std::string(partner) == "county-ems") {
      agreement.terms.push_back(everything(kPolice));
    }
    settings.agreements.push_back(std::move(agreement));
  }
  return sharing::normalised(std::move(settings));
}

}  // namespace

std::vector<std::string> Coalition::audiences() const {
  if (is_open_) return {std::string(model::kOpenAudience)};
  return {kPolice, kHealth};
}

access::Principal principal_of(const std::string& audience) {
  access::Principal principal = access::anyone();
  principal.name = audience;
  principal.audience = audience;
  principal.purpose = kPurpose;
  return principal;
}

std::vector<access::Account> Coalition::accounts() const {
  std::vector<access::Account> accounts;
  if (is_open_) return accounts;
  for (const std::string& audience : audiences()) {
    accounts.push_back({principal_of(audience), "other", {}, {audience}});
  }
  return accounts;
}

pipeline::PictureSettings Coalition::settings(int variant) const {
  hotspot::Settings hotspot;
  hotspot.null_days = 3650;
  hotspot.level_min = 12;
  hotspot.level_max = 13;
  hotspot.windows_hours = {6, 12};
  hotspot.exposure_days_min = 14;
  hotspot.count_min = 3 + variant;
  return {hotspot, is_open_ ? sharing::Settings() : agreed(variant), audiences().back()};
}

}  // namespace commonwatch::sim
