// One configured account. Values; any thread.
#pragma once

#include <string>
#include <vector>

#include "hub/access/principal.h"

namespace commonwatch::access {

struct Account {
  Principal principal;
  // Of a partner: ems, health, police, hospital, lab, outreach, naloxone, other.
  std::string kind;
  // Of tokens that were made elsewhere: SHA-256 in lower-case hex.
  std::vector<std::string> token_sha256;
  // Names of client certificates: the subject's common name or an alternative name, exactly.
  std::vector<std::string> certificates;
};

}  // namespace commonwatch::access
