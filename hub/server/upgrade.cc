#include "hub/server/upgrade.h"

#include <openssl/evp.h>

#include <array>
#include <boost/beast/websocket/rfc6455.hpp>
#include <string>
#include <string_view>

namespace commonwatch::server {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kBinaryProtocol = "commonwatch.v1";
constexpr std::string_view kJsonProtocol = "commonwatch.v1.json";
constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
// Sixteen bytes in base64.
constexpr std::size_t kKeyChars = 24;

std::string_view field_of(const UpgradeRequest& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

// The first subprotocol of the client's list that the hub speaks.
std::optional<wire::Encoding> choose_encoding(std::string_view offered) {
  if (offered.empty()) return wire::Encoding::kBinary;
  while (!offered.empty()) {
    const auto comma = offered.find(',');
    std::string_view name = offered.substr(0, comma);
    offered = comma == std::string_view::npos ? std::string_view() : offered.substr(comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name == kBinaryProtocol) return wire::Encoding::kBinary;
    if (name == kJsonProtocol) return wire::Encoding::kJson;
  }
  return std::nullopt;
}

std::string accept_value(std::string_view key) {
  const std::string text = std::string(key).append(kKeySuffix);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> encoded{};  // 20 bytes are 28 characters
  const int chars = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(chars)};
}

Upgrade refuse(const UpgradeRequest& request, http::status status, std::string why) {
  Upgrade refused{{status, request.version()}, std::nullopt};
  refused.response.set(http::field::content_type, "text/plain; charset=utf-8");
  refused.response.set(http::field::sec_websocket_version, "13");
  refused.response.body() = std::move(why);
  refused.response.prepare_payload();
  return refused;
}

}  // namespace

Upgrade answer_upgrade(const UpgradeRequest& request) {
  if (!boost::beast::websocket::is_upgrade(request)) {
    return refuse(request, http::status::bad_request, "this is no WebSocket upgrade\n");
  }
  if (field_of(request, http::field::sec_websocket_version) != "13") {
    return refuse(request, http::status::upgrade_required,
                  "speak version 13 of the WebSocket protocol (RFC 6455)\n");
  }
  const std::string_view key = field_of(request, http::field::sec_websocket_key);
  if (key.size() != kKeyChars) {
    return refuse(request, http::status::bad_request,
                  "Sec-WebSocket-Key must be 16 bytes in base64\n");
  }
  const std::string_view offered = field_of(request, http::field::sec_websocket_protocol);
  const auto encoding = choose_encoding(offered);
  if (!encoding) {
    return refuse(request, http::status::bad_request,
                  "offer the subprotocol commonwatch.v1 or commonwatch.v1.json\n");
  }
  Upgrade taken{{http::status::switching_protocols, request.version()}, encoding};
  taken.response.set(http::field::upgrade, "websocket");
  taken.response.set(http::field::connection, "Upgrade");
  taken.response.set(http::field::sec_websocket_accept, accept_value(key));
  if (!offered.empty()) {
    const bool binary = *encoding == wire::Encoding::kBinary;
    const std::string_view chosen = binary ? kBinaryProtocol : kJsonProtocol;
    taken.response.set(http::field::sec_websocket_protocol,
                       boost::beast::string_view(chosen.data(), chosen.size()));
  }
  return taken;
}

}  // namespace commonwatch::server
