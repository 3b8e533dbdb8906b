// Messages in proto3 JSON, one a line.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace commonwatch::cli {

// Without line breaks and without fields that have their default value.
std::string json_line(const google::protobuf::Message& message);
// A JSON string, quoted and escaped.
std::string json_string(const std::string& text);

}  // namespace commonwatch::cli
