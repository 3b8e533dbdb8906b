#include "clients/cli/json_text.h"

#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>
#include <stdexcept>

namespace commonwatch::cli {

std::string json_line(const google::protobuf::Message& message) {
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  if (!status.ok()) throw std::runtime_error("cannot be written as JSON: " + status.ToString());
  return text;
}

std::string json_string(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

}  // namespace commonwatch::cli
