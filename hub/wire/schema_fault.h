// Finds what in a message is not in the schema, and names it by its path. Only called once
// something is known to be wrong, or for JSON: it is slow and thorough.
//
// Paths are the field names of the .proto files joined by dots, without indices
// (`overdose.persons.sex`), as everywhere in the hub.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/error.h"

namespace commonwatch::wire {

// The first unknown field (kUnknownField; its number ends the path) or unknown value of an
// enumeration (kUnknownValue), at any depth.
std::optional<Error> find_schema_fault(const google::protobuf::Message& message);

// The same for JSON that is to become a message of this type: unknown names, unknown values of
// enumerations, and (kEventMalformed) an object, array or null where the schema has something else.
// Whether texts and numbers fit their field is left to the conversion.
std::optional<Error> find_schema_fault(const boost::json::value& json,
                                       const google::protobuf::Descriptor& type);

// Turns JSON that has no schema fault into `message`. kEventMalformed names the field.
std::optional<Error> convert_json(std::string_view text, google::protobuf::Message& message);

}  // namespace commonwatch::wire
