// A page as a POST of application/json, with Commonwatch-Page-Id and Commonwatch-Signature
// (signature.h). A status of 200 to 299 is sent; a redirect is not followed: it could lead to
// somewhere that the operator did not mean.
//
// The secret is read anew for each page, so that it can be changed while the hub runs.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "hub/delivery/transport.h"
#include "hub/delivery/webhook_url.h"

namespace commonwatch::delivery {

class Webhook final : public Transport {
 public:
  // Throws Failure if the URL or the authorities cannot be read.
  Webhook(const Target& target, const Clock& clock);
  asio::awaitable<Outcome> send(const Message& message) override;

 private:
  WebhookUrl url_;
  std::string secret_file_;
  asio::ssl::context tls_;
  const Clock& clock_;
};

}  // namespace commonwatch::delivery
