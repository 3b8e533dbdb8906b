// Invariants checked: what the server reads of a request itself. A target is a path or none, and
// one that is encoded anew reads the same; a range lies within its file; a name that is served
// leads nowhere out of its directory; an upgrade is answered with a fault or accepted; an address
// reads back from its text. The input is, line by line: target, Range, Accept-Encoding,
// If-None-Match, Sec-WebSocket-Key, Sec-WebSocket-Protocol.
#include <array>
#include <string>

#include "hub/access/admission.h"
#include "hub/access/origin.h"
#include "hub/server/file_request.h"
#include "hub/server/handshake.h"
#include "hub/server/listener.h"
#include "hub/server/percent.h"
#include "hub/server/respond.h"
#include "hub/server/static_directory.h"
#include "tests/fuzz/require.h"

namespace {

namespace http = boost::beast::http;
using namespace commonwatch;
using fuzz::require;

std::array<std::string, 6> lines_of(std::string_view text) {
  std::array<std::string, 6> lines;
  for (std::string& line : lines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Every byte but letters and digits.
std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += plain ? std::string(1, c) : hex;
  }
  return encoded;
}

void check_target(const std::string& text) {
  require(server::decode_percent(encode(text)) == text);
  require(server::decode_percent(server::encode_percent(text)) == text);
  const auto target = server::parse_target(text);
  if (!target) return;
  std::string again = "/" + encode(target->path.substr(1)) + "?";
  for (const auto& [key, value] : target->query) again += encode(key) + "=" + encode(value) + "&";
  const auto read = server::parse_target(again);
  require(read && read->path == target->path && read->query == target->query);
  // Nothing that is a file there: a directory, nor what lies above it.
  static const server::StaticDirectory directory("/proc/self/task");
  require(!directory.open(target->path.substr(1)));
  server::content_type_of(target->path);
  server::is_hashed_name(target->path.substr(1));
}

void check_range(const std::string& range) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    const auto outcome = server::read_range(range, size);
    if (outcome.verdict == server::RangeVerdict::kNotSatisfiable) continue;
    require(outcome.range.first <= size && outcome.range.length <= size - outcome.range.first);
    const bool part = outcome.verdict == server::RangeVerdict::kPart;
    require(part ? outcome.range.length > 0 : outcome.range == server::ByteRange{0, size});
  }
}

void check_headers(const std::array<std::string, 6>& lines) {
  for (const server::Coding& coding : server::kCodings) server::accepts(lines[2], coding.name);
  require(
      server::accepts("*;q=0, " + std::string(server::kCodings[0].name), server::kCodings[0].name));
  server::is_held(lines[3], "\"12-34\"");
  require(server::is_held("\"12-34\"," + lines[3], "\"12-34\""));
  if (const auto address = server::ListenAddress::parse(lines[2])) {
    const auto again = server::ListenAddress::parse(address->text());
    require(again && again->host == address->host && again->port == address->port);
  }
  require(access::address_key(lines[3]).size() <= lines[3].size() + 3);
  access::is_origin(lines[2]);
}

void check_upgrade(const std::array<std::string, 6>& lines) {
  server::Request request(http::verb::get, "/v1/stream", 11);
  request.set(http::field::host, "hub");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, lines[4]);
  if (!lines[5].empty()) request.set(http::field::sec_websocket_protocol, lines[5]);
  if (const auto fault = server::find_handshake_fault(request)) {
    require(fault->result_int() >= 400 && !fault->body().empty());
    return;
  }
  const auto taken = server::accept_handshake(request);
  require(taken.response.result() == http::status::switching_protocols);
  require(taken.response[http::field::sec_websocket_accept].size() == 28);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lines = lines_of(fuzz::text_of(data, size));
  check_target(lines[0]);
  check_range(lines[1]);
  check_headers(lines);
  check_upgrade(lines);
  return 0;
}
