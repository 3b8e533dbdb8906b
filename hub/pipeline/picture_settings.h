// What a picture is made by: the engine's settings, and whose picture it is.
#pragma once

#include <string>

#include "hub/hotspot/settings.h"
#include "hub/model/ids.h"
#include "hub/sharing/agreement.h"

namespace commonwatch::pipeline {

struct PictureSettings {
  hotspot::Settings hotspot;
  sharing::Settings sharing;  // normalised
  std::string audience = std::string(model::kOpenAudience);

  // The same for another audience of these.
  PictureSettings of(std::string_view other) const;
  // Ids of all audiences, from narrow to wide; of an open hub: `all`.
  std::vector<std::string> audiences() const;
  // Everything that the picture depends on, and nothing else: what is agreed of others, or with
  // partners that share nothing here, is not in it. One `key = value` a line, sorted within parts.
  std::string canonical() const;
};

}  // namespace commonwatch::pipeline
