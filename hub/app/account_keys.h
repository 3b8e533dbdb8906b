// [[partner]] and [[viewer]]: one account each, who may connect.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "hub/access/account.h"
#include "hub/sharing/agreement.h"

namespace commonwatch::app {

// Throws Failure: what is wrong, in which line of `file`, what next.
access::Account read_account(const std::filesystem::path& file, const toml::node& node,
                             bool partner);

// What several accounts may not share, and audiences that are not there. Throws Failure.
void check_accounts(const std::vector<access::Account>& accounts,
                    const sharing::Settings& sharing);

// The account as a table of the file, its grants written out; tokens only as their hashes.
std::string print_account(const access::Account& account);

}  // namespace commonwatch::app
