#include "hub/server/operator_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <future>
#include <set>
#include <thread>
#include <utility>

#include "hub/pipeline/async.h"
#include "hub/server/operator_address.h"
#include "hub/server/percent.h"
#include "hub/server/respond.h"
#include "hub/session/signal.h"
#include "hub/telemetry/log.h"

namespace commonwatch::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Local = asio::local::stream_protocol;
using pipeline::Executor;
using Stream = beast::basic_stream<Local, Executor>;

constexpr auto kAwaitTuple = asio::as_tuple(pipeline::kAwait);
constexpr std::uint32_t kHeaderBytesMax = 8U << 10U;
constexpr std::uint64_t kArgumentsBytesMax = 1U << 20U;
// For a request to come in whole, and for a reader to take a piece of the answer.
constexpr auto kPatience = std::chrono::seconds(60);

// The command's side of one connection: writes on the connection's thread, and waits for it.
class ChunkOutput final : public OperatorOutput {
 public:
  ChunkOutput(Stream& stream, const std::atomic<bool>& stopping)
      : stream_(stream), stopping_(stopping) {}

  bool write(std::string_view text) override {
    if (text.empty()) return is_wanted();
    if (!is_wanted()) return false;
    std::promise<bool> written;
    asio::co_spawn(stream_.get_executor(), send(http::make_chunk(asio::buffer(text))),
                   [&written](const std::exception_ptr& failure, bool sent) {
                     written.set_value(!failure && sent);
                   });
    if (!written.get_future().get()) gone_ = true;
    return !gone_;
  }
  bool is_wanted() const override { return !gone_ && !stopping_; }

  // Ends a write that waits for the reader.
  void cut() { stream_.cancel(); }

  // The peer sends nothing behind its request: what can be read is its end.
  Task<void> watch() {
    co_await stream_.socket().async_wait(asio::socket_base::wait_read, kAwaitTuple);
    gone_ = true;
  }

  template <class Buffers>
  Task<bool> send(Buffers buffers) {
    stream_.expires_after(kPatience);
    const auto [error, size] = co_await asio::async_write(stream_, buffers, kAwaitTuple);
    co_return !error;
  }

 private:
  Stream& stream_;
  const std::atomic<bool>& stopping_;
  std::atomic<bool> gone_{false};
};

Result<uid_t> peer_of(Local::socket::native_handle_type socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return make_error(ErrorCode::kForbidden, "the system does not tell who asks");
  }
  if (peer.uid != 0 && peer.uid != ::geteuid()) {
    return make_error(ErrorCode::kForbidden,
                      "only root and the hub's own account may; run the command as one of them");
  }
  return peer.uid;
}

std::string command_of(std::string target) {
  target.erase(0, 1);
  std::replace(target.begin(), target.end(), '/', ' ');
  return target;
}

}  // namespace

class OperatorSocket::Impl {
 public:
  Impl(const std::filesystem::path& data, OperatorHandler handler)
      : path_(data / kOperatorSocketName), handler_(std::move(handler)), acceptor_(context_) {
    const OperatorAddress address(data);
    ::unlink(address.path().c_str());
    boost::system::error_code error;
    acceptor_.open(Local(), error);
    if (!error) acceptor_.bind(address.endpoint(), error);
    if (!error && ::chmod(address.path().c_str(), S_IRUSR | S_IWUSR) != 0) {
      error.assign(errno, boost::system::system_category());
    }
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      throw Failure(make_error(ErrorCode::kInternal,
                               "cannot listen on " + path_.string() + ": " + error.message() +
                                   "; the data directory must allow sockets"));
    }
    asio::co_spawn(context_, accept_loop(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }

  void refuse_new() {
    if (stopping_.exchange(true)) return;
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
    asio::post(context_, [this] {
      boost::system::error_code closed;
      acceptor_.close(closed);
    });
  }

  void stop() {
    if (!thread_.joinable()) return;
    refuse_new();
    // Whoever does not read holds his command up no longer.
    asio::post(context_, [this] {
      for (ChunkOutput* output : writing_) output->cut();
    });
    // A command that waits for its turn ends at once: the handler is not called any more.
    commands_.join();
    // What was answered goes out, unless nobody reads it.
    while (open_ != 0 && std::chrono::steady_clock::now() < last_write_by()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    context_.stop();
    thread_.join();
  }

 private:
  std::chrono::steady_clock::time_point last_write_by() {
    if (!last_write_by_)
      last_write_by_ = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    return *last_write_by_;
  }

  Task<void> accept_loop() {
    session::Timer pause(context_.get_executor());
    for (;;) {
      Local::socket::rebind_executor<Executor>::other socket(context_);
      const auto [error] = co_await acceptor_.async_accept(socket, kAwaitTuple);
      if (!acceptor_.is_open()) co_return;
      if (error) {
        telemetry::log_warning(
            "server", "the operator's socket cannot take a connection: " + error.message());
        pause.expires_after(std::chrono::milliseconds(100));
        co_await pause.async_wait(kAwaitTuple);
        continue;
      }
      ++open_;
      asio::co_spawn(
          context_, answer(Stream(std::move(socket))), [this](const std::exception_ptr& failure) {
            --open_;
            if (failure) {
              telemetry::log_error("server", "an operator's connection ended by an error");
            }
          });
    }
  }

  Task<void> answer(Stream stream) {
    const auto request = co_await read_request(stream);
    if (!request) {
      telemetry::log_warning("server", "the operator's socket: " + request.error().message);
      co_await refuse(stream, request.error().message + "\n");
    } else if (!stopping_) {
      co_await run(stream, *request);
    }
  }

  Task<Result<OperatorRequest>> read_request(Stream& stream) {
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(kArgumentsBytesMax);
    stream.expires_after(kPatience);
    const auto [error, size] = co_await http::async_read(stream, buffer, parser, kAwaitTuple);
    // Not before it is read: a peer that still writes would be cut off before it reads why.
    const auto uid = peer_of(stream.socket().native_handle());
    if (!uid) co_return uid.error();
    const auto& request = parser.get();
    const auto target = parse_target({request.target().data(), request.target().size()});
    if (error || request.method() != http::verb::post || !target) {
      co_return make_error(ErrorCode::kMalformedMessage,
                           "a command is POST /COMMAND with a JSON object as its body");
    }
    OperatorRequest read;
    read.command = command_of(target->path);
    read.arguments = request.body();
    read.uid = *uid;
    co_return read;
  }

  Task<void> run(Stream& stream, const OperatorRequest& request) {
    http::response<http::empty_body> head(http::status::ok, 11);
    head.set(http::field::content_type, "text/plain; charset=utf-8");
    head.set(http::field::trailer, std::string(kStatusTrailer) + ", " + kErrorTrailer);
    head.keep_alive(false);
    head.chunked(true);
    http::response_serializer<http::empty_body> serializer(head);
    stream.expires_after(kPatience);
    const auto [error, size] = co_await http::async_write_header(stream, serializer, kAwaitTuple);
    if (error) co_return;
    stream.expires_never();
    ChunkOutput output(stream, stopping_);
    session::Signal watched(stream.get_executor());
    asio::co_spawn(stream.get_executor(), output.watch(),
                   [&watched](const std::exception_ptr&) { watched.raise(); });
    const auto work = [this, &output, &request] { return call(request, output); };
    writing_.insert(&output);
    const auto reply =
        co_await pipeline::run_on_pool<OperatorReply>(commands_, context_.get_executor(), work);
    writing_.erase(&output);
    http::fields trailer;
    trailer.set(kStatusTrailer, std::to_string(reply.status));
    if (!reply.error.empty()) trailer.set(kErrorTrailer, encode_percent(reply.error));
    co_await output.send(http::make_chunk_last(trailer));
    boost::system::error_code ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_both, ignored);
    co_await watched.wait();
  }

  OperatorReply call(const OperatorRequest& request, OperatorOutput& output) {
    if (stopping_) return {1, "the hub stops; ask again when it runs"};
    try {
      return handler_(request, output);
    } catch (const std::exception& failure) {
      telemetry::log_error("server", "command " + request.command + ": " + failure.what());
      return {1, failure.what()};
    }
  }

  Task<void> refuse(Stream& stream, std::string why) {
    http::response<http::string_body> response(http::status::forbidden, 11);
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.body() = std::move(why);
    response.keep_alive(false);
    response.prepare_payload();
    stream.expires_after(kPatience);
    co_await http::async_write(stream, response, kAwaitTuple);
  }

  std::filesystem::path path_;
  OperatorHandler handler_;
  asio::io_context context_{1};
  asio::basic_socket_acceptor<Local, Executor> acceptor_;
  asio::thread_pool commands_{kCommandsMax};
  std::atomic<bool> stopping_{false};
  std::atomic<int> open_{0};
  std::set<ChunkOutput*> writing_;  // commands that run
  std::optional<std::chrono::steady_clock::time_point> last_write_by_;
  std::thread thread_;
};

OperatorSocket::OperatorSocket(const std::filesystem::path& data, OperatorHandler handler)
    : impl_(std::make_unique<Impl>(data, std::move(handler))) {}
OperatorSocket::~OperatorSocket() { stop(); }
void OperatorSocket::refuse_new() { impl_->refuse_new(); }
void OperatorSocket::stop() { impl_->stop(); }

}  // namespace commonwatch::server
