// One GET of the hub's HTTP side.
#pragma once

#include <string>

#include "clients/cpp/connection.h"

namespace commonwatch::client {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

// What a status other than 200 means, by the hub's Error where the body holds one.
Fault fault_of_answer(const HttpAnswer& answer);

// Blocks at most the timeout. `target` begins with a slash.
Result<HttpAnswer> http_get(const ConnectOptions& options, const std::string& target);

}  // namespace commonwatch::client
