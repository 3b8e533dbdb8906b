// What is known of a client before it has said anything.
#pragma once

#include <string>

#include "hub/access/credential.h"

namespace commonwatch::session {

struct Arrival {
  std::string address;    // without the port
  bool is_local = false;  // on this machine
  bool tls = false;
  access::Certificate certificate;
  // The token of the upgrade request, if it brought one.
  std::string bearer;
};

}  // namespace commonwatch::session
