#include "hub/server/handshake.h"

#include <openssl/evp.h>

#include <array>
#include <string>
#include <string_view>

#include "hub/server/respond.h"
#include "hub/wire/server_message.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

constexpr std::string_view kBinaryProtocol = "commonwatch.v1";
constexpr std::string_view kJsonProtocol = "commonwatch.v1.json";
constexpr std::string_view kVersion = "13";
constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Sixteen bytes in base64: 22 characters, and two that fill up.
constexpr std::size_t kKeyCharacters = 22;

std::string_view header(const Request& request, http::field field) {
  const auto value = request[field];
  return {value.data(), value.size()};
}

bool is_key(std::string_view text) {
  return text.size() == kKeyCharacters + 2 && text.substr(kKeyCharacters) == "==" &&
         text.find_first_not_of(kBase64) == kKeyCharacters;
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

Response respond_upgrade_required(const Request& request, const std::string& message) {
  Response response = respond(
      request, http::status::upgrade_required, "application/json",
      wire::encode_http(make_error(ErrorCode::kUnsupported, message), {}, wire::Encoding::kJson));
  const bool stays = response.keep_alive();
  response.set(http::field::connection, stays ? "upgrade" : "upgrade, close");
  response.set(http::field::upgrade, "websocket");
  response.set(http::field::sec_websocket_version, {kVersion.data(), kVersion.size()});
  return response;
}

// 400, though the code may be one that HTTP requests are answered otherwise for.
Response respond_bad_request(const Request& request, ErrorCode code, const std::string& message) {
  return respond(request, http::status::bad_request, "application/json",
                 wire::encode_http(make_error(code, message), {}, wire::Encoding::kJson));
}

}  // namespace

Response respond_no_upgrade(const Request& request) {
  if (request.method() != http::verb::get) return respond_method(request, "GET");
  return respond_upgrade_required(
      request,
      "the stream is a WebSocket: ask for it with Connection: Upgrade, Upgrade: websocket "
      "and HTTP/1.1");
}

std::optional<Response> find_handshake_fault(const Request& request) {
  if (request.count(http::field::host) == 0) {
    return respond_bad_request(request, ErrorCode::kInvalidRequest,
                               "the handshake has no Host; name the hub there");
  }
  if (header(request, http::field::sec_websocket_version) != kVersion) {
    return respond_upgrade_required(request, "this hub speaks WebSocket version 13 only");
  }
  if (!is_key(header(request, http::field::sec_websocket_key))) {
    return respond_bad_request(request, ErrorCode::kInvalidRequest,
                               "Sec-WebSocket-Key must be 16 random bytes in base64");
  }
  if (!choose_encoding(header(request, http::field::sec_websocket_protocol))) {
    return respond_bad_request(request, ErrorCode::kUnsupported,
                               "this hub speaks the subprotocols commonwatch.v1 and "
                               "commonwatch.v1.json; offer one of them");
  }
  return std::nullopt;
}

Acceptance accept_handshake(const Request& request) {
  const std::string_view offered = header(request, http::field::sec_websocket_protocol);
  const auto encoding = choose_encoding(offered);
  Acceptance taken{{http::status::switching_protocols, request.version()}, encoding.value()};
  taken.response.set(http::field::upgrade, "websocket");
  taken.response.set(http::field::connection, "Upgrade");
  taken.response.set(http::field::sec_websocket_accept,
                     accept_value(header(request, http::field::sec_websocket_key)));
  if (!offered.empty()) {
    const bool binary = *encoding == wire::Encoding::kBinary;
    const std::string_view chosen = binary ? kBinaryProtocol : kJsonProtocol;
    taken.response.set(http::field::sec_websocket_protocol, {chosen.data(), chosen.size()});
  }
  return taken;
}

}  // namespace commonwatch::server
