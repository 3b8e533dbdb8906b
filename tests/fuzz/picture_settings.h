// What the states that are kept were made by.
#pragma once

#include "hub/pipeline/picture_settings.h"
#include "hub/sharing/publication.h"
#include "hub/sharing/view.h"
#include "tests/fuzz/require.h"
#include "tests/sharing/coalition.h"

namespace commonwatch::fuzz {

inline constexpr const char* kPartners[] = {"county-ems", "outreach"};

// Few windows and the shortest baseline, so that a run costs little.
inline hotspot::Settings small_engine() {
  hotspot::Settings settings;
  settings.windows_hours = {24};
  settings.level_min = 12;
  settings.level_max = 13;
  settings.null_days = 3650;
  settings.trailing_days = 28;
  return settings;
}

inline pipeline::PictureSettings open_settings() {
  return {small_engine(), {}, std::string(model::kOpenAudience)};
}

inline sharing::Settings coalition() {
  sharing::Settings settings = sharing::test::coalition();
  for (sharing::Audience& audience : settings.audiences) {
    if (audience.k > 1) audience.period_days = 7;
  }
  return sharing::normalised(std::move(settings));
}

inline pipeline::PictureSettings public_settings() {
  return {small_engine(), coalition(), "public"};
}

inline sharing::PublicationRules publication_rules() {
  const sharing::Settings settings = coalition();
  const auto classes = sharing::publication_classes(settings);
  require(!classes.empty());
  return sharing::PublicationRules::of(settings, classes.front(), "UTC");
}

}  // namespace commonwatch::fuzz
