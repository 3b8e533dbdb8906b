// One reader a format. Each takes a fresh window.
#pragma once

#include <memory>
#include <string>

#include "clients/cli/input/byte_source.h"
#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/mapping.h"

namespace commonwatch::cli {

// `name` of the input is for messages.
std::unique_ptr<EventReader> make_csv_reader(InputWindow window, Mapping mapping,
                                             const std::string& name, bool follow);
std::unique_ptr<EventReader> make_ndjson_reader(InputWindow window, const std::string& name,
                                                bool follow);
std::unique_ptr<EventReader> make_protobuf_reader(InputWindow window, const std::string& name,
                                                  bool follow);

// The error of skip_to() when no record ends at `position`.
InputError position_error(const std::string& name, std::uint64_t position);

}  // namespace commonwatch::cli
