// One stored event as a row: for people, as CSV, as a GeoJSON feature.
#pragma once

#include <string>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::cli {

std::string event_head();
std::string event_row(const v1::ReplayedEvent& replayed);

// RFC 4180, without line end.
std::string csv_head();
std::string csv_row(const v1::ReplayedEvent& replayed);

// RFC 7946; the geometry is null for what has no location.
std::string geojson_feature(const v1::ReplayedEvent& replayed);

}  // namespace commonwatch::cli
