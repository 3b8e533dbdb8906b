// The way to a target: tries once to hand a page over.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "hub/base/clock.h"
#include "hub/delivery/settings.h"

namespace commonwatch::delivery {

namespace asio = boost::asio;

struct Message {
  std::string alert_id;
  std::string page_id;
  std::string level;  // `alert`
  std::uint32_t attempt = 1;
  std::string body;  // JSON
};

struct Outcome {
  bool sent = false;
  std::string reason;  // why not, for the operator; never the body or a secret
};

// On the executor of whoever awaits; one instance may send several messages at a time. Limits the
// time itself to nothing: whoever awaits cancels, which ends it at once and leaves no process.
class Transport {
 public:
  virtual ~Transport() = default;
  // `message` outlives the call.
  virtual asio::awaitable<Outcome> send(const Message& message) = 0;
};

// `clock` outlives it; it says the time of a signature.
std::unique_ptr<Transport> make_transport(const Target& target, const Clock& clock);

}  // namespace commonwatch::delivery
