#include "hub/access/enrolment.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "hub/access/digest.h"
#include "hub/access/grant.h"

namespace commonwatch::access {
namespace {

// 31 letters and digits: none that looks like another one when it is read from a screen.
constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
constexpr std::size_t kCodeChars = 8;
constexpr std::string_view kNameAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kNameChars = 10;
// Of the codes that may wait, each principal has one of so many parts.
constexpr std::uint32_t kPrincipalParts = 10;

std::uint32_t principal_codes_max(const Limits& limits) {
  return std::max(limits.enrolment_codes_max / kPrincipalParts, 1U);
}

// Uniform: a byte beyond the last whole multiple of the alphabet is drawn again.
std::string draw(std::string_view alphabet, std::size_t chars) {
  const std::size_t usable = 256 - 256 % alphabet.size();
  std::string text;
  while (text.size() < chars) {
    const auto byte = static_cast<unsigned char>(random_bytes(1).front());
    if (byte < usable) text += alphabet[byte % alphabet.size()];
  }
  return text;
}

std::string normalise(std::string_view code) {
  std::string text;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string device_name(const Enrolment& enrolment, std::string_view random) {
  return enrolment.partner + "/" + enrolment.group + "-" + std::string(random);
}

}  // namespace

Result<EnrolmentCode> Enrolments::create(const Enrolment& enrolment, Instant now) {
  const std::string longest(kNameChars, 'x');
  if (!model::SourceName::parse(device_name(enrolment, longest))) {
    return make_error(ErrorCode::kInvalidRequest,
                      "a group is at most " + std::to_string(64 - kNameChars - 1) +
                          " of a-z 0-9 - _ . ; choose another name",
                      "group");
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const Waiting& one) { return one.expires <= now; });
  if (waiting_.size() >= limits_.enrolment_codes_max) {
    return make_error(
        ErrorCode::kRateLimited,
        std::to_string(waiting_.size()) + " codes wait to be used; wait until some have expired");
  }
  const auto own = std::ranges::count_if(waiting_, [&](const Waiting& one) {
    return one.enrolment.created_by == enrolment.created_by;
  });
  if (own >= principal_codes_max(limits_)) {
    return make_error(ErrorCode::kRateLimited,
                      std::to_string(own) + " codes of " + enrolment.created_by +
                          " wait to be used; wait until some are used or have expired");
  }
  const std::string code = draw(kAlphabet, kCodeChars);
  const Instant expires = now + std::chrono::milliseconds(limits_.enrolment_code_ms);
  waiting_.push_back({code, expires, enrolment});
  return EnrolmentCode{code.substr(0, kCodeChars / 2) + "-" + code.substr(kCodeChars / 2), expires};
}

Result<Enrolment> Enrolments::redeem(std::string_view code, Instant now) {
  const std::string wanted = normalise(code);
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const Waiting& one) { return one.expires <= now; });
  auto found = waiting_.end();
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
    if (is_equal(it->code, wanted)) found = it;
  }
  if (found == waiting_.end()) {
    return make_error(
        ErrorCode::kUnauthenticated,
        "the code is unknown, was used, or has expired; ask your agency for a new one", "code");
  }
  Enrolment enrolment = std::move(found->enrolment);
  waiting_.erase(found);
  return enrolment;
}

model::SourceName make_device_name(const Enrolment& enrolment) {
  return *model::SourceName::parse(device_name(enrolment, draw(kNameAlphabet, kNameChars)));
}

}  // namespace commonwatch::access
