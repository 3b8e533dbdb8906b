// Whose hub it is: one of a single agency, or of a coalition, in which the police is shown what the
// county's ambulances report, coarser and later, and a health department everything.
#pragma once

#include <string>
#include <vector>

#include "hub/access/account.h"
#include "hub/pipeline/picture_settings.h"

namespace commonwatch::sim {

class Coalition {
 public:
  explicit Coalition(bool is_open) : is_open_(is_open) {}

  bool is_open() const { return is_open_; }
  // From narrow to wide.
  std::vector<std::string> audiences() const;
  // Of each audience one, of its name and with a certificate of its name, which may do everything.
  // An open hub has none.
  std::vector<access::Account> accounts() const;
  // `variant`, 0 to 2: what a reload may change.
  pipeline::PictureSettings settings(int variant) const;

 private:
  bool is_open_;
};

// Who may do everything, for that audience.
access::Principal principal_of(const std::string& audience);

}  // namespace commonwatch::sim
