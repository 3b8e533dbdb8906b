// The settings, checked and brought into one form.
#pragma once

#include "hub/hotspot/engine.h"

namespace commonwatch::hotspot {

// Levels and windows sorted, each once. Throws Failure (kInvalidRequest) that names the setting if
// one is out of range: this is start-up.
Settings normalised(Settings settings);

}  // namespace commonwatch::hotspot
