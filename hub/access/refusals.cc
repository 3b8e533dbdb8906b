#include "hub/access/refusals.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace commonwatch::access {
namespace {

constexpr std::size_t kPrefixBytes = 8;  // of an IPv6 address

Instant minute_of(Instant at) { return std::chrono::floor<std::chrono::minutes>(at); }

}  // namespace

void Refusals::add(const std::string& address, ErrorCode reason, Instant at) {
  std::pair key(minute_of(at), address);
  if (held_.size() >= addresses_max_ && held_.count(key) == 0) key.second = kOtherAddresses;
  Count& held = held_[std::move(key)];
  ++held.count;
  held.last = reason;
}

std::vector<FoldedRefusals> Refusals::take_ended(Instant now) {
  std::vector<FoldedRefusals> ended;
  for (auto it = held_.begin(); it != held_.end();) {
    if (it->first.first == minute_of(now)) {
      ++it;
      continue;
    }
    ended.push_back({it->first.first, it->first.second, it->second.count, it->second.last});
    it = held_.erase(it);
  }
  return ended;
}

std::vector<FoldedRefusals> Refusals::take_all() {
  std::vector<FoldedRefusals> all;
  for (const auto& [key, held] : held_) {
    all.push_back({key.first, key.second, held.count, held.last});
  }
  held_.clear();
  return all;
}

std::string address_of(const std::string& peer) {
  std::string address = peer.substr(0, peer.rfind(':'));
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  std::fill(bytes.begin() + kPrefixBytes, bytes.end(), static_cast<unsigned char>(0));
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace commonwatch::access
