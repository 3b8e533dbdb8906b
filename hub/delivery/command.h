// A page as a program that is run: the body on standard input; CW_ALERT_ID, CW_PAGE_ID, CW_LEVEL
// and CW_ATTEMPT added to the hub's own environment. Exit status 0: sent.
//
// It runs in a process group of its own, with no other open file of the hub, and is ended with its
// group when nobody awaits it any more. Of what it prints the last line goes into the reason of a
// failure; the rest is thrown away.
#pragma once

#include <string>
#include <vector>

#include "hub/delivery/transport.h"

namespace commonwatch::delivery {

class Command final : public Transport {
 public:
  explicit Command(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
  asio::awaitable<Outcome> send(const Message& message) override;

 private:
  std::vector<std::string> arguments_;
};

}  // namespace commonwatch::delivery
