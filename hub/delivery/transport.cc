#include "hub/delivery/transport.h"

#include "hub/delivery/command.h"
#include "hub/delivery/webhook.h"

namespace commonwatch::delivery {

std::unique_ptr<Transport> make_transport(const Target& target, const Clock& clock) {
  if (target.webhook.empty()) return std::make_unique<Command>(target.command);
  return std::make_unique<Webhook>(target, clock);
}

}  // namespace commonwatch::delivery
