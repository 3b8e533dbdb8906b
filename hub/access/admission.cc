#include "hub/access/admission.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace commonwatch::access {
namespace {

// What a handshake or request counts while the address keeps failing.
constexpr double kFailingCost = 10;
// Seconds of the rate that may come at once.
constexpr double kBurstSeconds = 2;

Rate per_second(std::uint32_t count) { return {count * kBurstSeconds, static_cast<double>(count)}; }
Rate per_minute(std::uint32_t count) { return {static_cast<double>(count), count / 60.0}; }

Error refuse(std::string message) {
  return make_error(ErrorCode::kRateLimited, std::move(message));
}

Error table_is_full() {
  return refuse("the hub serves as many addresses as it may; try again later");
}

}  // namespace

std::string address_key(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
  char printed[INET6_ADDRSTRLEN] = {};
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    inet_ntop(AF_INET, &v6.s6_addr[12], printed, sizeof printed);
    return printed;
  }
  std::memset(&v6.s6_addr[8], 0, 8);
  inet_ntop(AF_INET6, &v6, printed, sizeof printed);
  return std::string(printed) + "/64";
}

Admission::Place::~Place() {
  if (admission_) (admission_->*release_)(key_);
}

Admission::Admission(const Limits& limits)
    : limits_(limits), addresses_(limits.addresses_max), principals_(limits.addresses_max) {}

Result<void> Admission::take(TokenBucket Address::*bucket, Address* address,
                             const std::string& key, Duration now) {
  if (!address) return table_is_full();
  const bool failing =
      !address->failures.has(1, per_minute(limits_.address_failures_per_minute_max), now);
  const Rate rate = per_second(limits_.address_requests_per_second_max);
  if ((address->*bucket).take(failing ? kFailingCost : 1, rate, now)) return {};
  return refuse(key + " asks more than " + std::to_string(limits_.address_requests_per_second_max) +
                " times a second; slow down");
}

Result<Admission::Place> Admission::admit_connection(const std::string& address, Duration now) {
  const std::lock_guard lock(mutex_);
  const std::string key = address_key(address);
  Address* const found = addresses_.find_or_add(key);
  if (found && found->held >= limits_.address_connections_max) {
    return refuse(key + " holds " + std::to_string(limits_.address_connections_max) +
                  " connections; end one first");
  }
  if (auto taken = take(&Address::handshakes, found, key, now); !taken) return taken.error();
  addresses_.hold(key);
  return Place(this, &Admission::release_address, key);
}

Result<void> Admission::take_request(const std::string& address, Duration now) {
  const std::lock_guard lock(mutex_);
  const std::string key = address_key(address);
  return take(&Address::requests, addresses_.find_or_add(key), key, now);
}

Result<void> Admission::count_failure(const std::string& address, Duration now) {
  const std::lock_guard lock(mutex_);
  const std::string key = address_key(address);
  Address* const found = addresses_.find_or_add(key);
  if (!found) return table_is_full();
  if (found->failures.take(1, per_minute(limits_.address_failures_per_minute_max), now)) return {};
  return refuse("too many wrong tokens came from " + key + ": more than " +
                std::to_string(limits_.address_failures_per_minute_max) +
                " a minute; wait a minute, and check the token");
}

Result<void> Admission::take_enrolment(const std::string& address, Duration now) {
  const std::lock_guard lock(mutex_);
  const std::string key = address_key(address);
  Address* const found = addresses_.find_or_add(key);
  if (!found) return table_is_full();
  const double count = limits_.address_enrolments_max;
  const double seconds = limits_.enrolment_code_ms / 1000.0;
  if (!found->enrolments.take(1, {count, count / seconds}, now)) {
    return refuse("too many codes were tried from " + key + "; wait some minutes");
  }
  if (!enrolments_.take(1, per_minute(limits_.enrolments_per_minute_max), now)) {
    return refuse("too many codes are tried at this hub; wait some minutes");
  }
  return {};
}

Result<Admission::Place> Admission::admit_principal(const std::string& principal) {
  const std::lock_guard lock(mutex_);
  Known* const found = principals_.find_or_add(principal);
  if (!found) return table_is_full();
  if (found->held >= limits_.principal_connections_max) {
    return refuse(principal + " holds " + std::to_string(limits_.principal_connections_max) +
                  " connections; end one first");
  }
  principals_.hold(principal);
  return Place(this, &Admission::release_principal, principal);
}

Result<void> Admission::take_principal_request(const std::string& principal, Duration now,
                                               double cost) {
  const std::lock_guard lock(mutex_);
  Known* const found = principals_.find_or_add(principal);
  if (!found) return table_is_full();
  const Rate rate = per_second(limits_.principal_requests_per_second_max);
  if (found->requests.take_costly(cost, rate, now)) return {};
  return refuse(principal + " asks more than " +
                std::to_string(limits_.principal_requests_per_second_max) +
                " times a second; slow down");
}

void Admission::release_address(const std::string& key) {
  const std::lock_guard lock(mutex_);
  addresses_.release(key);
}

void Admission::release_principal(const std::string& key) {
  const std::lock_guard lock(mutex_);
  principals_.release(key);
}

std::size_t Admission::remembered() const {
  const std::lock_guard lock(mutex_);
  return addresses_.size() + principals_.size();
}

}  // namespace commonwatch::access
