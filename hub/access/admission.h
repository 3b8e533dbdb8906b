// How much one address may ask for before the hub knows who it is, and one principal after. Pure:
// time comes in, and is the time since boot. Any thread.
//
// An address is an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber has.
// Only what costs work before anybody is known is counted against an address: handshakes, requests
// that need no token, wrong tokens. Whoever shares an address with an attacker competes for
// handshakes, and comes in with the right token once it has one.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "hub/access/remembered.h"
#include "hub/access/token_bucket.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"

namespace commonwatch::access {

// What stands for the address in tables and logs: `192.0.2.1`, `2001:db8:1:2::/64`. A text that is
// no address stands for itself.
std::string address_key(std::string_view address);

class Admission {
 public:
  // A connection's place among those of its address or principal; given back by its end.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : Place() { swap(other); }
    Place& operator=(Place&& other) noexcept {
      Place taken(std::move(other));
      swap(taken);
      return *this;
    }
    ~Place();

   private:
    friend class Admission;
    using Release = void (Admission::*)(const std::string&);
    Place(Admission* admission, Release release, std::string key)
        : admission_(admission), release_(release), key_(std::move(key)) {}
    void swap(Place& other) noexcept {
      std::swap(admission_, other.admission_);
      std::swap(release_, other.release_);
      std::swap(key_, other.key_);
    }
    Admission* admission_ = nullptr;
    Release release_ = nullptr;
    std::string key_;
  };

  // Outlived by the limits, outlives every place.
  explicit Admission(const Limits& limits);

  // Errors of all: kRateLimited, with the limit.

  // A connection, before its handshake.
  Result<Place> admit_connection(const std::string& address, Duration now);
  // One HTTP request that needs no token.
  Result<void> take_request(const std::string& address, Duration now);
  // A wrong token: refused as such, or, when there were too many, for that; then the connection is
  // to be closed. From then on a handshake or request of the address counts ten times, until its
  // failures have worn off.
  Result<void> count_failure(const std::string& address, Duration now);
  // A try at an enrolment code. Codes are short: what counts here is every try, right or wrong, of
  // the address and of all together.
  Result<void> take_enrolment(const std::string& address, Duration now);
  // A session of a principal.
  Result<Place> admit_principal(const std::string& principal);
  // What it asks over HTTP, and in a session what the audit log records.
  // `cost`: as so many.
  Result<void> take_principal_request(const std::string& principal, Duration now, double cost = 1);

  // Addresses and principals that are remembered.
  std::size_t remembered() const;

 private:
  struct Address {
    std::uint32_t held = 0;  // connections
    TokenBucket handshakes;
    TokenBucket requests;
    TokenBucket failures;
    TokenBucket enrolments;
  };
  struct Known {
    std::uint32_t held = 0;  // sessions
    TokenBucket requests;
  };
  Result<void> take(TokenBucket Address::*bucket, Address* address, const std::string& key,
                    Duration now);
  void release_address(const std::string& key);
  void release_principal(const std::string& key);

  const Limits& limits_;
  mutable std::mutex mutex_;
  Remembered<Address> addresses_;
  Remembered<Known> principals_;
  TokenBucket enrolments_;
};

}  // namespace commonwatch::access
