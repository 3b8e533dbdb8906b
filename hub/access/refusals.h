// Refusals before anybody is known, folded: one count an address and minute, so that a flood leaves
// a record and not a full disk. Has no clock; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"

namespace commonwatch::access {

// The address of those that came when as many addresses were held as may be.
inline constexpr const char* kOtherAddresses = "others";

struct FoldedRefusals {
  Instant minute{};  // its beginning
  std::string address;
  std::uint64_t count = 0;
  ErrorCode last{};  // why the last one was refused
  friend bool operator==(const FoldedRefusals&, const FoldedRefusals&) = default;
};

class Refusals {
 public:
  // `addresses_max`: addresses that are held apart, over all minutes that were not taken.
  explicit Refusals(std::size_t addresses_max) : addresses_max_(addresses_max) {}

  void add(const std::string& address, ErrorCode reason, Instant at);
  // What is held of every minute but the one of `now`, in order of minute and address.
  std::vector<FoldedRefusals> take_ended(Instant now);
  // All of it.
  std::vector<FoldedRefusals> take_all();

 private:
  struct Count {
    std::uint64_t count = 0;
    ErrorCode last{};
  };

  const std::size_t addresses_max_;
  std::map<std::pair<Instant, std::string>, Count> held_;
};

// The address of `ADDRESS:PORT` or `[V6]:PORT`, so that one machine is one address whatever port it
// calls from; of IPv6 the /64, which one machine has to itself.
std::string address_of(const std::string& peer);

}  // namespace commonwatch::access
