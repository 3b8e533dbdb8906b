#include "hub/delivery/webhook.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "hub/delivery/signature.h"

// GCC 12 does not see that a coroutine's frame comes from the operator new beside that delete.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace commonwatch::delivery {
namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kAnswerHeaderBytesMax = 16U << 10U;

Outcome failed(const std::string& step, const error_code& error) {
  return {false, step + ": " + error.message()};
}

// The body of the answer is of no interest.
template <class Stream>
asio::awaitable<Outcome> post(Stream& stream, const Request& request) {
  const auto [unsent, sent] = co_await http::async_write(stream, request, kAwaitTuple);
  if (unsent) co_return failed("sending", unsent);
  boost::beast::flat_buffer buffer(kAnswerHeaderBytesMax);
  http::response_parser<http::empty_body> answer;
  answer.header_limit(kAnswerHeaderBytesMax);
  const auto [unread, read] = co_await http::async_read_header(stream, buffer, answer, kAwaitTuple);
  if (unread) co_return failed("no answer", unread);
  const unsigned status = answer.get().result_int();
  if (status >= 200 && status < 300) co_return Outcome{true, {}};
  co_return Outcome{false, "answered with status " + std::to_string(status) +
                               (status >= 300 && status < 400
                                    ? "; redirects are not followed, configure where it leads"
                                    : "")};
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// Names the host that the certificate has to be for.
void expect_host(asio::ssl::stream<tcp::socket>& stream, const std::string& host) {
  // A macro of OpenSSL with a C cast in it.
  if (!is_address(host)) {
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
  }
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
}

asio::ssl::context make_tls(const Target& target) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  error_code error;
  if (target.ca_file.empty()) {
    tls.set_default_verify_paths(error);
  } else {
    tls.load_verify_file(target.ca_file, error);
  }
  if (error) {
    throw Failure(make_error(ErrorCode::kInvalidRequest,
                             "page target " + target.rules.name +
                                 ": cannot read the certificate authorities of " +
                                 (target.ca_file.empty() ? "the system" : target.ca_file) + ": " +
                                 error.message() + "; it is to be a PEM file"));
  }
  return tls;
}

Request make_request(const WebhookUrl& url, const Message& message, const std::string& signature) {
  Request request(http::verb::post, url.target, 11);
  request.set(http::field::host, url.authority());
  request.set(http::field::user_agent, "commonwatch-hub");
  request.set(http::field::content_type, "application/json");
  request.set("Commonwatch-Page-Id", message.page_id);
  request.set("Commonwatch-Signature", signature);
  request.keep_alive(false);
  request.body() = message.body;
  request.prepare_payload();
  return request;
}

}  // namespace

Webhook::Webhook(const Target& target, const Clock& clock)
    : url_(WebhookUrl::parse(target.webhook).value()),
      secret_file_(target.secret_file),
      tls_(make_tls(target)),
      clock_(clock) {}

asio::awaitable<Outcome> Webhook::send(const Message& message) {
  const auto secret = read_secret(secret_file_);
  if (!secret) co_return Outcome{false, secret.error().message};
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [unknown, found] = co_await resolver.async_resolve(url_.host, url_.port, kAwaitTuple);
  if (unknown) co_return failed("no address of " + url_.host, unknown);
  tcp::socket socket(executor);
  const auto [refused, peer] = co_await asio::async_connect(socket, found, kAwaitTuple);
  if (refused) co_return failed("no connection to " + url_.authority(), refused);
  const Request request = make_request(url_, message, sign(*secret, clock_.wall(), message.body));
  if (!url_.tls) {
    if (!peer.address().is_loopback()) {
      co_return Outcome{false, url_.host + " is not this machine; use https://"};
    }
    co_return co_await post(socket, request);
  }
  asio::ssl::stream<tcp::socket> secure(std::move(socket), tls_);
  expect_host(secure, url_.host);
  const auto [untrusted] =
      co_await secure.async_handshake(asio::ssl::stream_base::client, kAwaitTuple);
  if (untrusted) co_return failed("TLS with " + url_.authority(), untrusted);
  co_return co_await post(secure, request);
}

}  // namespace commonwatch::delivery
