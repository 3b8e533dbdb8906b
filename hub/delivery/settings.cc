#include "hub/delivery/settings.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "hub/delivery/webhook_url.h"
#include "hub/model/ids.h"

namespace commonwatch::delivery {
namespace {

Error refuse(const Target& target, const std::string& why) {
  return make_error(ErrorCode::kInvalidRequest, "page target " + target.rules.name + ": " + why,
                    "page");
}

Error refuse(const std::string& why) { return make_error(ErrorCode::kInvalidRequest, why, "page"); }

bool is_file(const std::string& path, int access_mode) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) &&
         ::access(path.c_str(), access_mode) == 0;
}

Result<void> check_command(const Target& target) {
  const std::string& program = target.command.front();
  if (!program.starts_with('/')) {
    return refuse(target, "command begins with the absolute path of a program, not " + program);
  }
  if (!is_file(program, X_OK)) {
    return refuse(target, "there is no program " + program +
                              " that this account may run; check path and mode (chmod +x)");
  }
  if (!target.secret_file.empty() || !target.ca_file.empty()) {
    return refuse(target, "secret_file and ca_file are for webhooks; a command needs neither");
  }
  return {};
}

Result<void> check_webhook(const Target& target) {
  const auto url = WebhookUrl::parse(target.webhook);
  if (!url) return refuse(target, url.error().message);
  if (target.secret_file.empty()) {
    return refuse(target,
                  "secret_file is missing: every page is signed, so that the receiver "
                  "can tell it from a forged one");
  }
  const auto secret = read_secret(target.secret_file);
  if (!secret) return refuse(target, secret.error().message);
  if (!target.ca_file.empty() && !is_file(target.ca_file, R_OK)) {
    return refuse(target, "cannot read ca_file " + target.ca_file);
  }
  return {};
}

Result<void> check_rules(const Target& target) {
  const alert::TargetRules& rules = target.rules;
  if (!model::SourceName::parse("page/" + rules.name)) {
    return refuse("a page target has a name of 1 to 64 of a-z 0-9 - _ . , not \"" + rules.name +
                  "\"");
  }
  if (rules.quiet && rules.quiet->from_minute == rules.quiet->to_minute) {
    return refuse(target, "quiet_hours begin and end at the same time; leave them out");
  }
  if (rules.attempts_max == 0) return refuse(target, "attempts_max is at least 1");
  if (target.timeout < std::chrono::seconds(1)) return refuse(target, "timeout_s is at least 1");
  if (target.command.empty() == target.webhook.empty()) {
    return refuse(target, "give either command or webhook");
  }
  return target.webhook.empty() ? check_command(target) : check_webhook(target);
}

const Target* find(const Settings& settings, const std::string& name) {
  const auto found = std::find_if(settings.targets.begin(), settings.targets.end(),
                                  [&](const Target& target) { return target.rules.name == name; });
  return found == settings.targets.end() ? nullptr : &*found;
}

Result<void> check_escalation(const Settings& settings, const Target& first) {
  std::set<std::string> chain;
  for (const Target* target = &first; !target->rules.escalate_to.empty();) {
    chain.insert(target->rules.name);
    const Target* next = find(settings, target->rules.escalate_to);
    if (!next) {
      return refuse(*target, "escalate_to names " + target->rules.escalate_to +
                                 ", which is no target; add a [[page]] of that name");
    }
    if (chain.contains(next->rules.name)) {
      return refuse(*target, "escalate_to leads in a circle; the last target escalates to nobody");
    }
    if (chain.size() >= kEscalationTargetsMax) {
      return refuse(first, "escalates over more than " + std::to_string(kEscalationTargetsMax) +
                               " targets; shorten the chain");
    }
    target = next;
  }
  return {};
}

}  // namespace

alert::PagingRules rules_of(const Settings& settings) {
  alert::PagingRules rules;
  rules.retry_first = settings.retry_first;
  rules.retry_max = settings.retry_max;
  for (const Target& target : settings.targets) rules.targets.push_back(target.rules);
  return rules;
}

Result<void> check(const Settings& settings) {
  std::set<std::string> names;
  for (const Target& target : settings.targets) {
    if (auto sound = check_rules(target); !sound) return sound;
    if (!names.insert(target.rules.name).second) {
      return refuse(target, "there are two of this name; every target has its own");
    }
  }
  for (const Target& target : settings.targets) {
    if (auto sound = check_escalation(settings, target); !sound) return sound;
  }
  return {};
}

Result<std::string> read_secret(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return refuse("cannot read secret_file " + file + "; check path and mode");
  std::string secret(kSecretBytesMax + 1, '\0');
  in.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(in.gcount()));
  if (secret.size() > kSecretBytesMax) {
    return refuse("secret_file " + file + " has more than " + std::to_string(kSecretBytesMax) +
                  " bytes");
  }
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < kSecretBytesMin) {
    return refuse("secret_file " + file + " holds fewer than " + std::to_string(kSecretBytesMin) +
                  " bytes; make one with: openssl rand -hex 32");
  }
  return secret;
}

}  // namespace commonwatch::delivery
