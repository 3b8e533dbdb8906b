#include "hub/server/operator_client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <limits>

#include "hub/server/operator_address.h"
#include "hub/server/percent.h"

namespace commonwatch::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Local = asio::local::stream_protocol;

Error broken(const std::string& why) {
  return make_error(ErrorCode::kInternal, "the hub went away before it had answered (" + why +
                                              "); look at its log, then ask again");
}

// Nobody listens: there is no socket, or the hub that made it is gone.
bool is_nobody(const boost::system::error_code& error) {
  return error == asio::error::connection_refused ||
         error == boost::system::errc::no_such_file_or_directory;
}

std::string target_of(std::string command) {
  std::replace(command.begin(), command.end(), ' ', '/');
  return "/" + command;
}

template <class Fields>
std::string field(const Fields& fields, const char* name) {
  const auto value = fields[name];
  return {value.data(), value.size()};
}

}  // namespace

Result<std::optional<OperatorReply>> ask_hub(const std::filesystem::path& data,
                                             const std::string& command,
                                             const std::string& arguments,
                                             const std::function<void(std::string_view)>& write) {
  std::error_code missing;
  if (!std::filesystem::is_directory(data, missing)) return std::optional<OperatorReply>();
  const OperatorAddress address(data);
  asio::io_context context;
  Local::socket socket(context);
  boost::system::error_code error;
  socket.connect(address.endpoint(), error);
  if (is_nobody(error)) return std::optional<OperatorReply>();
  if (error) {
    return make_error(ErrorCode::kForbidden,
                      "cannot ask the hub at " + (data / kOperatorSocketName).string() + ": " +
                          error.message() +
                          "; run the command as the hub's own account or as root");
  }
  http::request<http::string_body> request(http::verb::post, target_of(command), 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::content_type, "application/json");
  request.body() = arguments;
  request.prepare_payload();
  http::write(socket, request, error);
  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> head;
  head.body_limit(std::numeric_limits<std::uint64_t>::max());
  if (!error) http::read_header(socket, buffer, head, error);
  if (error) return broken(error.message());
  if (head.get().result() != http::status::ok) {
    http::response_parser<http::string_body> whole(std::move(head));
    http::read(socket, buffer, whole, error);
    std::string said = whole.get().body();
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return make_error(ErrorCode::kForbidden, "the hub refuses: " + said);
  }
  auto on_chunk = [&write](std::uint64_t, beast::string_view body, boost::system::error_code&) {
    write({body.data(), body.size()});
    return body.size();
  };
  head.on_chunk_body(on_chunk);
  while (!error && !head.is_done()) http::read_some(socket, buffer, head, error);
  if (error) return broken(error.message());
  const std::string status = field(head.get(), kStatusTrailer);
  OperatorReply reply;
  const char* const end = status.data() + status.size();
  if (std::from_chars(status.data(), end, reply.status).ptr != end || status.empty()) {
    return broken("no exit status");
  }
  reply.error = decode_percent(field(head.get(), kErrorTrailer)).value_or("");
  return std::optional(std::move(reply));
}

}  // namespace commonwatch::server
