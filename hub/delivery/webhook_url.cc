#include "hub/delivery/webhook_url.h"

#include <algorithm>
#include <charconv>

namespace commonwatch::delivery {
namespace {

Error refuse(const std::string& why) {
  return make_error(ErrorCode::kInvalidRequest, "webhook: " + why, "webhook");
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host(std::string_view host, bool bracketed) {
  constexpr std::string_view kName =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  constexpr std::string_view kAddress = "0123456789abcdefABCDEF:.";
  return !host.empty() &&
         host.find_first_not_of(bracketed ? kAddress : kName) == std::string_view::npos;
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

bool take_prefix(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Result<WebhookUrl> WebhookUrl::parse(std::string_view text) {
  WebhookUrl url;
  if (!is_printable(text)) return refuse("holds a space or a character that is not ASCII");
  if (take_prefix(text, "http://")) {
    url.tls = false;
  } else if (!take_prefix(text, "https://")) {
    return refuse("write it as https://host/path");
  }
  const auto path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  if (path < text.size()) url.target = text.substr(path);
  if (url.target.find('#') != std::string::npos) return refuse("has a fragment (#); leave it out");
  if (url.target.front() == '?') url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) {
    return refuse("holds a name or password; pages are signed with secret_file instead");
  }
  const bool bracketed = take_prefix(authority, "[");
  const auto host_end =
      bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return refuse("a bracket of its host is not closed");
  url.host = authority.substr(0, host_end);
  authority.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (!is_host(url.host, bracketed)) return refuse("its host is none");
  url.port = url.tls ? "443" : "80";
  if (!authority.empty()) {
    url.port = authority.substr(1);
    if (authority.front() != ':' || !is_port(url.port)) return refuse("its port is none");
  }
  if (!url.tls && !url.is_loopback()) {
    return refuse(
        "http:// is for this machine alone (127.0.0.1); everyone between could read "
        "along; use https://");
  }
  return url;
}

bool WebhookUrl::is_loopback() const {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

std::string WebhookUrl::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

}  // namespace commonwatch::delivery
