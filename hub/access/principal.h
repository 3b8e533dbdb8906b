// Who is connected, and what they may do. Values; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/access/grant.h"
#include "hub/base/error.h"
#include "hub/model/ids.h"

namespace commonwatch::access {

// What an operation touches; what is not set is not looked at.
struct Touched {
  const model::SourceName* source = nullptr;
  std::string_view audience;
  // The field of the request, for the error.
  std::string_view field;
};

struct Principal {
  std::string name;
  std::string audience;
  // The partner that it belongs to; empty: none.
  std::string partner;
  std::vector<Grant> grants;
  // Why it is connected this time: a code of the agreements, as hello or the request said it, else as
  // its account says; empty: nobody did. Grants may be bound to purposes, and the audit log names it.
  std::string purpose;
  // Its partner is under 42 CFR Part 2: it publishes no event about a person.
  bool part2 = false;

  // kForbidden, with what is missing and whom to ask.
  Result<void> may(Operation operation, const Touched& touched = {}) const;
  // Whether events may be replayed that are selected by these partners and sources: every one must
  // lie within a grant's sources. No selection is all sources.
  Result<void> may_replay_events(std::span<const std::string> partners,
                                 std::span<const std::string> sources) const;

  friend bool operator==(const Principal&, const Principal&) = default;
};

// The principal of a hub without accounts: may do everything.
Principal anyone();

}  // namespace commonwatch::access
