// [publication], [[audience]], [[agreement]] and [[share]]: who is shown what.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "hub/app/configuration.h"
#include "hub/app/table.h"

namespace commonwatch::app {

std::vector<Key<Configuration>> publication_keys();
const Table<sharing::Audience>& audience_table();
const Table<ConfiguredAgreement>& agreement_table();
const Table<ConfiguredShare>& share_table();

// `node` is what stands under the name in the file. Throw Failure: what is wrong, in which line.
std::vector<sharing::Audience> read_audiences(const std::filesystem::path& file,
                                              const toml::node& node);
std::vector<ConfiguredAgreement> read_agreements(const std::filesystem::path& file,
                                                 const toml::node& node);
std::vector<ConfiguredShare> read_shares(const std::filesystem::path& file, const toml::node& node);

// Puts the tables together: without [[audience]], those that a privacy officer would sign; which
// partners are under Part 2 is said by their accounts. A hub with neither audiences nor agreements
// stays open. Throws Failure: a rule of sharing/agreement.h is broken, or the population file.
sharing::Settings make_sharing(const Configuration& configuration);

}  // namespace commonwatch::app
