// Whom the hub wakes, and how: what the configuration says of pages.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "hub/alert/paging_plan.h"
#include "hub/base/error.h"

namespace commonwatch::delivery {

// Either a command or a webhook.
struct Target {
  alert::TargetRules rules;
  std::vector<std::string> command;  // argv; the first is an absolute path, no shell in between
  std::string webhook;               // URL; empty: a command
  std::string secret_file;           // of a webhook: what its pages are signed with
  std::string ca_file;               // PEM; empty: the system's authorities
  std::chrono::seconds timeout{20};  // of one attempt
};

struct Settings {
  std::vector<Target> targets;
  Duration retry_first = std::chrono::seconds(10);
  Duration retry_max = std::chrono::minutes(10);
};

// A chain of targets that escalate to each other has at most so many.
inline constexpr std::size_t kEscalationTargetsMax = 5;
// A secret that could be guessed is none.
inline constexpr std::size_t kSecretBytesMin = 16;
inline constexpr std::size_t kSecretBytesMax = 4096;

// What the plan follows.
alert::PagingRules rules_of(const Settings& settings);

// Looks at the files, too: a command that cannot be run, a secret or an authority that cannot be
// read, a URL that is none, a target that escalates to nobody or in a circle. kInvalidRequest, with
// the target's name and what to do. Changes nothing, sends nothing.
Result<void> check(const Settings& settings);

// The secret without the line end. kInvalidRequest: unreadable, too short or too long.
Result<std::string> read_secret(const std::string& file);

}  // namespace commonwatch::delivery
